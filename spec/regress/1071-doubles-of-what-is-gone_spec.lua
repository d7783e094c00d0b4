-- Kind: listings still show a snapshot of the slot that is gone already. rotate took its own new
-- snapshot for a double of that one, and removed it: the slot had none, and the exit status was 0.
-- Where the listing before the create showed it, the run failed and made none.
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"
local shown = require "spec.support.shown"

local LOWEST = "00000000-0000-0000-0000-000000000000"

describe("rotate where listings still show a snapshot of the slot that is gone", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
  end)

  after_each(function()
    cloud:close()
  end)

  -- Listings that have shown a snapshot of rotate have its row for ever, perhaps with another id.
  local function keep_row(id)
    local kept
    cloud.sim.quirks[1] = shown.pages(function(body)
      local rows, is_shown = body:get "snapshots", false
      for _, row in ipairs(rows) do
        if not kept and row:get("name"):find "^rotate" then
          kept = row:copy()
          kept:set("id", id or row:get "id")
        end
        is_shown = is_shown or kept and row:get "id" == kept:get "id"
      end
      rows[#rows + 1] = not is_shown and kept or nil
    end)
  end

  local function rotate()
    local out, err, status = cloud:run "rotate --volume web --keep-last 5"
    assert.same({ "", 0 }, { err, status })
    return out
  end

  it("keeps its own", function()
    keep_row(LOWEST)
    assert.matches("^web: made rotate", rotate())
    assert.matches("^rotate%-%S+$", cloud:good_names())
  end)

  it("counts on its own, whatever else listings show", function()
    local rules = assert(retention.read_policy { keep_last = 1 })
    local snapshots = {}
    for i, id in ipairs { "old", "own", "other" } do
      snapshots[i] = { id = id, volume_id = "v", status = "AVAILABLE", created_time = 1e9 + i,
        metadata = retention.mark "nightly" }
    end
    for _, stays in ipairs { "own", "unknown" } do
      local plan = assert(retention.plan(snapshots, retention.at(rules, 2e9, stays)))
      assert.equal(stays == "own" and "own" or "other", plan.groups[1].newest)
    end
  end)

  it("makes one of its own", function()
    keep_row()
    rotate()
    cloud.sim.store:remove_snapshot(cloud.sim.store.snapshots[1])
    assert.matches("^web: made rotate", rotate())
    assert.matches("^rotate%-%S+$", cloud:good_names())
  end)
end)
