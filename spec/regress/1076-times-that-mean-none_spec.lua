-- Kind: a gateway that does not know when a snapshot was made writes the beginning of its calendar
-- or of 1970. All snapshots seemed to be of one day, and all but one of them went.
local core = require "rsnapshots.core"
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"
local shown = require "spec.support.shown"

local NONE = { "1970-01-01T00:00:00.000000", "1970-01-01T01:00:00", "1969-12-31 16:00:00",
  "0001-01-01T00:00:00Z", "0000-00-00 00:00:00", 0 }

describe("a time that means none", function()
  it("is unknown, so the snapshot stays", function()
    for _, when in ipairs(NONE) do
      local snapshots = {}
      for i = 1, 5 do
        snapshots[i] = { id = "id" .. i, volume_id = "v", status = "AVAILABLE",
          created_time = type(when) == "number" and when or core.timestamp(when),
          metadata = retention.mark "nightly" }
      end
      local plan = assert(retention.plan(snapshots, { keep_daily = 7 }))
      assert.equal(0, plan.counts.removed, tostring(when))
      assert.same({ "time unknown" }, plan[1].reasons)
      assert.same({ "the times of 5 snapshots of v cannot be read, and they stay" }, plan.warnings)
    end
  end)

  it("does not hide the slot's snapshot from rotate", function()
    local cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
    cloud:nights(4, { volume_id = "web" })
    for _, when in ipairs(NONE) do
      cloud.sim.quirks[1] = shown.snapshots(function(snapshot)
        snapshot:set("created_at", when)
      end)
      local rotate = "rotate --volume web --policy-name nightly --keep-daily 2"
      local made = cloud:run(rotate)
      local out, _, status = cloud:run(rotate)
      assert.equal(0, status)
      assert.matches(when == NONE[1] and "^web: made nightly.*, 5 kept, 0 removed\n"
        or "^web: found nightly.*, 5 kept, 0 removed\n", made)
      assert.matches("^web: found nightly.*, 5 kept, 0 removed\n", out)
    end
    cloud:close()
  end)
end)
