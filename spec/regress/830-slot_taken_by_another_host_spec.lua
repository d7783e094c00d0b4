-- Kind: two hosts make a snapshot of one slot, and the other one removes ours as a double before we
-- have seen it complete, or while we remove it ourselves. The slot had its snapshot, and yet the
-- run failed.
local served = require "spec.support.served_command"

local OTHERS = "00000000-0000-0000-0000-000000000000"

describe("rotate where another host works on the same slot", function()
  local cloud, sim, web

  local function open(options)
    cloud = served.cloud(options)
    sim = cloud.sim
    web = sim:add_volume { name = "web" }
  end

  after_each(function()
    cloud:close()
  end)

  -- The first time that a request is one of these: what the other host does before it is answered.
  local function before_first(method, pattern, act)
    local handle, is_done = sim.handle, false
    sim.handle = function(self, request)
      if not is_done and request.method == method and request.path:find(pattern) then
        is_done = act() ~= false
      end
      return handle(self, request)
    end
  end

  local function add_others(status)
    local ours = sim.store.snapshots[#sim.store.snapshots]
    sim.store:add_snapshot { volume = sim.store.volume_by_id[web], name = ours.name,
      metadata = ours.metadata:copy(), id = OTHERS, status = status }
    return ours
  end

  local function rotate()
    local out, err, status = cloud:run "rotate --volume web --keep-last 5"
    assert.same({ "", 0 }, { err, status }, out)
    for _, record in ipairs(sim.store.snapshots) do
      assert.equal(record.id == OTHERS and "available" or "deleting", record.status)
    end
    assert.equal("available", sim:find_snapshot(OTHERS).status)
    return out
  end

  it("takes the other host's snapshot where ours is gone before it is complete", function()
    open { create_seconds = 0.2 }
    before_first("GET", "/snapshots/[%x-]+$", function()
      sim.store:remove_snapshot(add_others "available")
    end)
    assert.matches("^web: found rotate%-[%dT-]+, 1 kept, 0 removed\n", rotate())
  end)

  it("takes it also where ours is shown as deleted", function()
    open { create_seconds = 0.2 }
    local ours
    before_first("GET", "/snapshots/[%x-]+$", function()
      ours = add_others "available"
      ours.status = "deleted"
    end)
    assert.same({ "", 0 }, { select(2, cloud:run "rotate --volume web --keep-last 5") })
    assert.equal("deleted", ours.status)
    assert.equal("available", sim:find_snapshot(OTHERS).status)
  end)

  it("takes it also where ours is being deleted", function()
    open { create_seconds = 60, delete_seconds = 0.2 }
    before_first("GET", "/snapshots/[%x-]+$", function()
      sim.store:delete_snapshot(add_others "available")
    end)
    rotate()
  end)

  it("lets a double go that the other host deletes in the same instant", function()
    open { delete_seconds = 0.2 }
    before_first("GET", "/snapshots/detail$", function()
      if #sim.store.snapshots == 0 then
        return false
      end
      add_others "available"
      return true
    end)
    before_first("DELETE", "/snapshots/[%x-]+$", function()
      for _, record in ipairs(sim.store.snapshots) do
        if record.id ~= OTHERS then
          sim.store:delete_snapshot(record)
        end
      end
    end)
    rotate()
  end)

  it("fails where the slot has no snapshot any more", function()
    open { create_seconds = 0.2 }
    before_first("GET", "/snapshots/[%x-]+$", function()
      sim.store:remove_snapshot(sim.store.snapshots[1])
    end)
    local _, err, status = cloud:run "rotate --volume web --keep-last 5"
    assert.equal(5, status)
    assert.matches("not_found", err)
  end)
end)
