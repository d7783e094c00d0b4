--- The environment of a spec: while it is replaced, os.getenv knows these variables and no others.
local environment = { variables = {} }

local getenv = os.getenv

function environment.replace()
  os.getenv = function(name) return environment.variables[name] end -- luacheck: ignore
end

function environment.restore()
  os.getenv = getenv -- luacheck: ignore
end

return environment
