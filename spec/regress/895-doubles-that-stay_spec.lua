-- Kind: what is removed as a double is not looked at first. One that another host was still making
-- could not be removed, and our run failed; one that somebody holds was removed.
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
