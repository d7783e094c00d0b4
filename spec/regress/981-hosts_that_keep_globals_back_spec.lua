--- Kind: globals that a host does not have. Where reading one raises an error (strict.lua), the
-- module could not be loaded. Without `debug`, a task that raised took the others of its group
-- with it.
local process = require "spec.support.process"

local SCRIPT = [[
package.path, package.cpath = %q, %q
local simulator = require "rsnapshots.simulator"
for name in pairs(package.loaded) do
  if name:find "^rsnapshots" and not name:find "simulator" then
    package.loaded[name] = nil
  end
end
_G.debug, package.loaded.debug = nil, nil
setmetatable(_G, {
  __index = function(_, name) error("undeclared: " .. name, 2) end,
  __newindex = function(_, name) error("assigned to: " .. name, 2) end,
})
local rsnapshots = require "rsnapshots"
local sim = assert(simulator.new())
sim:add_snapshots(3)
local options = sim:credentials { api_version = 3 }
options.wait = sim.wait
local client = rsnapshots.assert(rsnapshots.connect(options))
local group, texts = client:group(), {}
group:spawn(function() error("mine", 0) end)
group:spawn(function() return client:count() end)
group:spawn(function() return #client:list():all() end)
for task in group:results() do
  texts[task.index] = tostring(task.value or task.error)
end
print(table.concat(texts, " "))
print(select(2, pcall(client.list, client, { staus = "x" })))
print(select(2, client:get "x").kind)
client:close()
sim:close()
]]

describe("a host without debug, where globals have to be declared", function()
  it("can use the module #separate", function()
    local folder = process.directory()
    finally(function() process.run("rm -rf " .. process.quote(folder)) end)
    process.write(folder .. "/script.lua", SCRIPT:format(package.path, package.cpath))
    local output, status = process.run(("%s %s/script.lua"):format(
      process.quote(process.interpreter()), process.quote(folder)))
    assert.equal(0, status, output)
    assert.equal("mine 3 3", output:match "^[^\n]*", output)
    assert.matches("\n[^\n]*did you mean '?status", output)
    assert.matches("\nnot_found\n", output)
  end)
end)
