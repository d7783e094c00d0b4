-- Kind: a snapshot that another run had deleted, and that the service still shows as DELETED, was
-- said to have changed and to stay.
local connect = require "spec.support.connect"
local retention = require "rsnapshots.retention"

describe("a plan", function()
  it("takes what is DELETED by then for removed", function()
    local client, sim = connect.new()
    sim:add_snapshots(2, { volume_id = sim.volume_id })
    local plan = assert(retention.plan(client:list():all(), { keep_last = 1, all = true }))
    local entry = plan:removals()[1]
    sim:find_snapshot(entry.snapshot.id).status = "deleted"
    sim:clear_requests()
    local results, failed = retention.apply(client, plan)
    assert.equal(0, failed)
    assert.equal("deleted", results[1].value)
    assert.equal(2, #sim.requests) -- for the newest, and for this one
    client:close()
    sim:close()
  end)
end)
