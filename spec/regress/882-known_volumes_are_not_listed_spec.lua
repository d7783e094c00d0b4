-- delete_all lists to learn the volumes of bare ids. It did so, too, for an id whose Snapshot,
-- which knows its volume, is in the same list.
local connect = require "spec.support.connect"

describe("delete_all of a Snapshot and its id", function()
  it("does not list", function()
    local client, sim = connect.new()
    local ids = sim:add_snapshots(2)
    local first, second = assert(client:get(ids[1])), assert(client:get(ids[2]))
    sim:clear_requests()
    local results, failures = client:delete_all { ids[1], first, second, ids[2] }
    client:close()
    sim:close()
    assert.equal(0, failures)
    assert.equal(4, #results)
    assert.equal(2, #sim.requests)
    for _, request in ipairs(sim.requests) do
      assert.equal("DELETE", request.method)
    end
  end)
end)
