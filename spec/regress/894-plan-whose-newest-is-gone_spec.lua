-- Kind: what a plan removes is looked at again, and what it keeps is not. When the snapshot that it
-- kept had gone since, a plan from a file removed the rest, and the volume had none left.
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

describe("a plan from a file", function()
  local cloud, ids

  before_each(function()
    cloud = served.cloud()
    for _, name in ipairs { "web", "db" } do
      cloud.sim:add_volume { name = name }
    end
    ids = cloud:nights(3, { volume_id = "web" })
    cloud:nights(3, { volume_id = "db", prefix = "d" })
    local _, err, status = cloud:run "prune --keep-last 1 --plan-out plan.json --quiet"
    assert.same({ "", 0 }, { err, status })
  end)

  after_each(function()
    cloud:close()
  end)

  local function apply(kept)
    local _, err, status = cloud:run "prune --plan plan.json --yes"
    assert.equal(kept, cloud:good_names())
    return err, status
  end

  it("removes nothing of a group whose newest good snapshot is gone", function()
    cloud.sim.store:remove_snapshot(cloud.sim:find_snapshot(ids[3]))
    local err, status = apply "d3 n1 n2"
    assert.equal(3, status)
    for i = 1, 2 do
      local words = ("n%d (%s): conflict: snapshot %s stays: %s, the newest good one that the plan "
        .. "keeps, is gone: make a new plan\n"):format(i, ids[i], ids[i], ids[3])
      assert.truthy(err:find(words, 1, true), err)
    end
  end)

  it("removes nothing where it is not good any more", function()
    cloud.sim:find_snapshot(ids[3]).status = "error"
    local err, status = apply "d3 n1 n2"
    assert.equal(3, status)
    assert.truthy(err:find("the newest good one that the plan keeps, is error now: make a new plan",
      1, true), err)
  end)

  it("removes what it says where all is well, and asks once for a group", function()
    local before = #cloud.sim.requests
    assert.same({ "", 0 }, { apply "d3 n3" })
    local asked = 0
    for i = before + 1, #cloud.sim.requests do
      local path = cloud.sim.requests[i].path
      asked = asked + (path:find(ids[3], 1, true) and 1 or 0)
    end
    assert.equal(1, asked)
  end)

  it("is as it was if it was written before it named the newest", function()
    cloud.sim.store:remove_snapshot(cloud.sim:find_snapshot(ids[3]))
    local snapshots = assert(cloud.sim:connect():list():all())
    local document = retention.to_document(assert(retention.plan(snapshots,
      { keep_last = 1, max_remove = "unlimited" })))
    for _, group in ipairs(document.groups) do
      assert.is_string(group.newest)
      group.newest = nil
    end
    assert.equal(3, #assert(retention.from_document(document)):removals())
  end)
end)
