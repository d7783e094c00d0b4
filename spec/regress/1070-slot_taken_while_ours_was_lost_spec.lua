-- Kind: the create of rotate was answered by a 504 of a proxy, and another host removed the
-- snapshot as a duplicate of its own. The slot had its snapshot, and yet the run failed as
-- "uncertain".
local process = require "spec.support.process"
local reply = require "rsnapshots.simulator.http.answer"
local served = require "spec.support.served_command"

local OTHERS = "00000000-0000-0000-0000-000000000000"

-- The create is given up after 4 seconds, not after 60.
local SOON = [[
  local original = require
  function require(name)
    local found = original(name)
    if name == "rsnapshots.connect.options" then
      found.defaults.timeout = 4
    end
    return found
  end]]

describe("rotate whose create is lost", function()
  local cloud, sim, web

  before_each(function()
    cloud = served.cloud()
    cloud.environment = ('%sLUA_INIT="$LUA_INIT;"%s\n'):format(cloud.environment,
      process.quote(SOON))
    sim = cloud.sim
    web = sim:add_volume { name = "web" }
  end)

  after_each(function() cloud:close() end)

  -- Creates take effect, and what the other host does comes before the answer, which is a 504.
  local function lose_creates(act)
    local handle = sim.handle
    sim.handle = function(self, request)
      local answer, plan = handle(self, request)
      if request.method == "POST" and request.path:find "/snapshots$" then
        act(sim.store.snapshots[#sim.store.snapshots])
        return reply.new(504, ""), plan
      end
      return answer, plan
    end
  end

  it("takes the snapshot that another host made meanwhile", function()
    lose_creates(function(ours)
      if not sim:find_snapshot(OTHERS) then
        sim.store:add_snapshot { volume = sim.store.volume_by_id[web], name = ours.name,
          metadata = ours.metadata:copy(), id = OTHERS }
        sim:find_snapshot(OTHERS).metadata:set("rsnapshots:once", "theirs")
      end
      sim.store:remove_snapshot(ours)
    end)
    local out, err, status = cloud:run "rotate --volume web --keep-last 5"
    assert.same({ "", 0 }, { err, status }, out)
    assert.matches("^web: found rotate%-[%dT-]+, 1 kept, 0 removed\n", out)
    assert.equal("available", sim:find_snapshot(OTHERS).status)
  end)

  it("says that nobody can tell where there is none", function()
    lose_creates(function(ours) sim.store:remove_snapshot(ours) end)
    local out, err, status = cloud:run "rotate --volume web --keep-last 5"
    assert.equal(1, status)
    assert.matches("uncertain: ", err, 1, true)
    assert.matches("^web: nothing made, nothing removed, failed\n", out)
  end)
end)
