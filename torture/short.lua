-- A short tour of everything, for memcheck.
package.path = "./?.lua;" .. package.path
local connect = require "spec.support.connect"

local client, sim = connect.new()
sim:add_snapshots(5, {})
local made = assert(client:create { volume_id = sim.volume_id, name = "x", metadata = { a = "b" } })
made = assert(made:wait_until_complete { interval = 0.05 })
assert(made:update { name = "y" })
assert(made:set_metadata { c = "d" })
assert(#assert(client:list({ page_size = 2 }):all()) == 6)
for name, value in pairs(made) do
  assert(name and value ~= nil)
end
assert(made:to_table().id == made.id)
assert(made:delete())
assert(made:wait_until_deleted { interval = 0.05 })
sim:fault { method = "GET", path = "/snapshots", status = 200, body = "{", times = math.huge }
assert(select(2, client:get "x").kind == "decode")
client:close()
sim:close()
