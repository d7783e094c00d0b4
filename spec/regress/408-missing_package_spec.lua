-- Where lua-cjson or lyaml was missing there was Lua's list of paths instead of a word about what
-- to install.
local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"

describe("a package that is missing is named, with its rock and Debian's package:", function()
  local HERE = (process.run "pwd"):match "[^\n]+"

  -- What a script prints in a process that does not find a module.
  local function without(module, script)
    local folder = process.directory()
    process.write(folder .. "/clouds.yaml", "clouds: {}\n")
    process.write(folder .. "/script.lua", ([[
      package.path = "%s/lua/?.lua;%s/lua/?/init.lua;" .. package.path
      package.cpath = "%s/%s/lib/?.so;" .. package.cpath
      package.preload["%s"] = function() error("module '%s' not found", 0) end
    ]]):format(HERE, HERE, HERE, compat.build, module, module) .. script)
    local output = process.run(("cd %s && env -i HOME=%s XDG_CONFIG_DIRS=/none $(command -v %s) "
      .. "script.lua"):format(folder, folder, process.interpreter()))
    process.run("rm -rf " .. process.quote(folder))
    return output
  end

  it("lua-cjson", function()
    local output = without("cjson", [[
      print(select(2, pcall(function()
        local rsnapshots = require "rsnapshots"
        local client = rsnapshots.connect { endpoint = "http://127.0.0.1:1/v2/p", token = "t" }
        return client:create { volume_id = "v" }
      end)))
    ]])
    assert.matches("the module cjson is missing: `luarocks install lua-cjson`, or Debian's package "
      .. "lua-cjson", output, 1, true)
  end)

  it("lyaml", function()
    local output = without("lyaml", [[print(select(2, require("rsnapshots").connect()))]])
    assert.matches("^config: %./clouds%.yaml cannot be read: the module lyaml is missing: "
      .. "`luarocks install lyaml`, or Debian's package lua%-yaml %(JSON needs nothing%)", output)
  end)
end)
