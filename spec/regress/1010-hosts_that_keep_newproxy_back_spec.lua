--- Kind: a global that is not there in every Lua. Where reading one raises an error (strict.lua),
-- listings of volumes and of manageable snapshots raised one.
local process = require "spec.support.process"

local SCRIPT = [[
package.path, package.cpath = %q, %q
local simulator = require "rsnapshots.simulator"
local sim = assert(simulator.new())
sim:add_volume { name = "web" }
for name in pairs(package.loaded) do
  if name:find "^rsnapshots" and not name:find "simulator" then
    package.loaded[name] = nil
  end
end
setmetatable(_G, { __index = function(_, name) error("undeclared: " .. name, 2) end })
local rsnapshots = require "rsnapshots"
local options = sim:credentials { api_version = 3 }
options.wait = sim.wait
local client = rsnapshots.assert(rsnapshots.connect(options))
print(client:volumes({ name = "web" }):all()[1].name)
client:close()
sim:close()
]]

describe("a host where globals have to be declared", function()
  it("can list volumes #separate", function()
    local folder = process.directory()
    finally(function() process.run("rm -rf " .. process.quote(folder)) end)
    process.write(folder .. "/script.lua", SCRIPT:format(package.path, package.cpath))
    local output, status = process.run(("%s %s/script.lua"):format(
      process.quote(process.interpreter()), process.quote(folder)))
    assert.same({ "web\n", 0 }, { output, status })
  end)
end)
