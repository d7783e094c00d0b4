-- Kind: a policy that is read once has the time of its reading, and whatever is made after that is
-- in its future. A rotate that waits for hours must plan by the clock.
local retention = require "rsnapshots.retention"

describe("a policy that was read long ago", function()
  it("plans by the time that it is given then", function()
    local read = assert(retention.read_policy { keep_within = "1d", now = 1000000 })
    local snapshots = {}
    for i, time in ipairs { 900000, 1000000, 2000000 } do
      snapshots[i] = { id = tostring(i), volume_id = "v", status = "AVAILABLE",
        created_time = time, metadata = retention.mark "x" }
    end
    assert.equal(1, #assert(retention.plan(snapshots, read)):removals())
    local plan = assert(retention.plan(snapshots, retention.at(read, 2000000)))
    assert.same({ 2000000, 2 }, { plan.groups[1].reference, #plan:removals() })
  end)
end)
