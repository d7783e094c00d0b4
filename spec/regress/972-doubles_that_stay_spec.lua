-- Kind: rotate removes a double of its slot, and the delete is taken back. Nobody waited for its
-- end, so the double stayed with "1 kept" and exit status 0.
local served = require "spec.support.served_command"

local DOUBLE = "ffffffff-0000-0000-0000-000000000000" -- the greater id goes

describe("a double of a slot", function()
  local cloud, sim

  before_each(function()
    cloud = served.cloud()
    sim = cloud.sim
    sim:add_volume { name = "web" }
    assert.equal(0, select(3, cloud:run "rotate --volume web --keep-last 5"))
  end)

  after_each(function()
    cloud:close()
  end)

  local function add_double(more)
    local first = sim.store.snapshots[1]
    local metadata = first.metadata:copy()
    for key, value in pairs(more) do
      metadata:set(key, value)
    end
    sim.store:add_snapshot { volume = sim:find_volume "web", name = first.name,
      metadata = metadata, id = DOUBLE }
  end

  it("whose delete is taken back is reported", function()
    add_double { rc_delete_busy = "1" }
    local out, err, status = cloud:run "rotate --volume web --keep-last 5"
    assert.equal(1, status, out)
    assert.truthy(err:find("(" .. DOUBLE .. "): reverted: ", 1, true), err)
    assert.truthy(out:find(", 2 kept, 0 removed, 1 could not be\n", 1, true), out)
  end)

  it("is read again before its delete, and stays if it was held meanwhile", function()
    add_double {}
    local handle, listings = sim.handle, 0
    sim.handle = function(self, request)
      local reply, plan = handle(self, request)
      listings = listings + (request.path:find "/snapshots/detail" and 1 or 0)
      if listings == 3 then -- the last before doubles are removed
        sim:find_snapshot(DOUBLE).metadata:set("rsnapshots:hold", "forever")
      end
      return reply, plan
    end
    local _, err, status = cloud:run "rotate --volume web --keep-last 5"
    assert.equal(3, status, err)
    assert.truthy(err:find("changed since it was listed", 1, true), err)
    assert.equal("available", sim:find_snapshot(DOUBLE).status)
  end)
end)
