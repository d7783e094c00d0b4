-- Kind: the newest good snapshot of a plan is gone when the plan is applied, and the plan is not
-- from a file: a question was left unanswered over night, or listings showed what was deleted. The
-- rest was removed, and the volume had none left.
local connect = require "spec.support.connect"
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"
local shown = require "spec.support.shown"

describe("a plan whose newest good snapshot is gone", function()
  it("removes nothing of that group where a program applies it later", function()
    local client, sim = connect.new()
    sim:add_snapshots(3, { volume_id = sim.volume_id })
    local plan = assert(retention.plan(client:list():all(), { keep_last = 1, all = true }))
    assert.equal(2, #plan:removals())
    sim.store:remove_snapshot(sim:find_snapshot(plan[1].snapshot.id))
    local results, failures = retention.apply(client, plan)
    assert.equal(2, failures)
    for _, result in ipairs(results) do
      assert.is_true(result.changed)
      assert.matches("the newest good one that the plan keeps, is gone", tostring(result.error))
    end
    assert.equal(2, #sim.store.snapshots)
    client:close()
    sim:close()
  end)

  it("removes nothing in prune, where listings still show it", function()
    local cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
    cloud:nights(3)
    local kept
    cloud.sim.quirks[1] = shown.pages(function(body)
      local rows = body:get "snapshots"
      for _, row in ipairs(rows) do
        kept = row:get "name" == "n3" and row:copy() or kept
      end
      rows[#rows + 1] = rows[3] == nil and kept or nil
    end)
    cloud:run "prune --keep-last 1 --dry-run"
    cloud.sim.store:remove_snapshot(cloud.sim:find_snapshot(kept:get "id"))
    local _, err, status = cloud:run "prune --keep-last 1 --yes"
    assert.equal("n1 n2", cloud:good_names())
    assert.equal(3, status)
    assert.matches("n1 %(%S+%): conflict: snapshot %S+ stays: .-, is gone: make a new plan", err)
    cloud:close()
  end)
end)
