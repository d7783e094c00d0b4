-- Kind: rotate removes what is to stay. What it took for a double was not looked at first: one that
-- another host was still making could not be removed, and our run failed; one that somebody holds
-- was removed. And where the service's clock had been ahead, what rotate had just made was not the
-- newest by its time, and went at once; the next run in the slot made another.
local served = require "spec.support.served_command"

local OTHERS = "ffffffff-ffff-ffff-ffff-ffffffffffff" -- greater than any of ours

describe("a double in a slot", function()
  local cloud, sim, web

  before_each(function()
    cloud = served.cloud()
    sim = cloud.sim
    web = sim:add_volume { name = "web" }
  end)

  after_each(function()
    cloud:close()
  end)

  local function double(fields)
    local ours = sim.store.snapshots[1]
    fields.volume, fields.name, fields.id = sim.store.volume_by_id[web], ours.name, OTHERS
    local metadata = ours.metadata:copy()
    if fields.hold then
      metadata:set("rsnapshots:hold", fields.hold)
    end
    fields.metadata, fields.hold = metadata, nil
    sim.store:add_snapshot(fields)
  end

  local function rotate()
    local out, err, status = cloud:run "rotate --volume web --keep-last 1"
    assert.same({ "", 0 }, { err, status }, out)
    return out
  end

  before_each(function()
    assert.matches("^web: made ", rotate())
  end)

  it("stays while another host makes it", function()
    double { status = "creating" }
    assert.matches("^web: found [^,]+, 2 kept, 0 removed\n", rotate())
    assert.equal(2, #sim.store.snapshots)
  end)

  it("stays while it is held", function()
    double { status = "available", hold = "2999-01-01" }
    assert.matches("^web: found [^,]+, 2 kept, 0 removed\n", rotate())
    assert.equal("available", sim:find_snapshot(OTHERS).status)
  end)

  it("goes when its hold is over", function()
    double { status = "available", hold = "2001-01-01" }
    rotate()
    assert.is_nil(sim:find_snapshot(OTHERS))
  end)

  it("stays if the service deletes it only with its group", function()
    double { status = "available", group_snapshot_id = "g" }
    assert.matches("^web: found [^,]+, 2 kept, 0 removed\n", rotate())
  end)
end)

describe("the snapshot of this slot", function()
  -- Where older ones are dated after it.
  local function cloud_of_tomorrow()
    local cloud = served.cloud()
    finally(function() cloud:close() end)
    cloud.sim:add_volume { name = "web" }
    cloud:nights(3, { volume_id = "web", age = -2 * 86400 }) -- now and in the next two days
    return cloud
  end

  it("stays, whatever the rules say", function()
    local cloud = cloud_of_tomorrow()
    for _, word in ipairs { "made", "found" } do
      local out, err, status = cloud:run "rotate --policy-name nightly --volume web --keep-last 2"
      assert.same({ "", 0 }, { err, status })
      assert.matches(("^web: %s nightly%%-[^,]+, 3 kept, %d removed\n"):format(word,
        word == "made" and 1 or 0), out)
    end
    assert.matches("^n2 n3 nightly%-", cloud:good_names())
  end)

  it("stays in a dry run", function()
    local cloud = cloud_of_tomorrow()
    local dry = "rotate --policy-name nightly --volume web --keep-last 2 --dry-run"
    assert.matches(": would make one for [^,]+, 3 kept, 1 removed\n", (cloud:run(dry)))
    cloud:run(dry:gsub(" %-%-dry.*", ""))
    assert.matches(": [^,]+, 3 kept, 0 removed\n", (cloud:run(dry)))
  end)
end)
