--- The environment of a spec: while it is replaced, os.getenv knows these variables and no others.
local process = require "spec.support.process"

local environment = { variables = {} }

local getenv, folder = os.getenv, nil

function environment.replace()
  os.getenv = function(name) return environment.variables[name] end -- luacheck: ignore
end

--- The same, with an empty folder for files.
-- @treturn string its path, until `restore`
function environment.replace_with_folder()
  environment.replace()
  folder = process.directory()
  return folder
end

function environment.restore()
  os.getenv = getenv -- luacheck: ignore
  if folder then
    process.run("rm -rf " .. process.quote(folder))
    folder = nil
  end
end

return environment
