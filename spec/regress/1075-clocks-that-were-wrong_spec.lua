-- Kind: the clock of the host is ahead of the service's for a run, as after a start with a wrong
-- battery clock, and is right again in the next. Holds and the time for failed snapshots ended too
-- early. On the day that the wrong clock had named, rotate found that day's snapshot, as a repeat
-- must, and did not say that it is of another night.
local process = require "spec.support.process"
local served = require "spec.support.served_command"

local DAY = 86400

describe("rotate whose clock is wrong", function()
  local cloud, right, today

  before_each(function()
    today = 0
    cloud = served.cloud { now = function() return served.now() + today * DAY end }
    cloud.sim:add_volume { name = "web" }
    right = cloud.environment
  end)

  after_each(function()
    cloud:close()
  end)

  -- Runs rotate on a host where it is so many days later than the specs began.
  local function rotate(day, keep)
    cloud.environment = ('%sLUA_INIT="$LUA_INIT;"%s\n'):format(right, process.quote(([[
      local before = os.time
      os.time = function(date) return date and before(date) or before() + (%d) end]]):format(
        day * DAY)))
    local out, err, status = cloud:run("rotate --volume web --policy-name nightly --slot day "
      .. "--max-remove unlimited --keep-last " .. (keep or 9))
    assert.equal(0, status, err)
    return out, err
  end

  it("says that the snapshot of a day that it named is of another night", function()
    assert.matches("^web: made nightly", rotate(2))
    today = 2
    local out, err = rotate(2)
    assert.matches("^web: found nightly", out)
    assert.matches("nightly.* is the snapshot of .*, and was made at another time: is the clock "
      .. "right%?", err)
  end)

  for _, days in ipairs { 3, -3 } do
    it(("makes one a day if it stays wrong: %d days"):format(days), function()
      for day = 0, 1 do
        today = day
        assert.matches("^web: made nightly", rotate(day + days))
        local out, err = rotate(day + days)
        assert.matches("^web: found nightly", out)
        assert.matches("is the clock right%?", err)
      end
      assert.equal(2, #cloud.sim.store.snapshots)
    end)
  end

  it("keeps what is held until a day that has not come", function()
    cloud:nights(1, { volume_id = "web", metadata = { ["rsnapshots:policy"] = "nightly",
      ["rsnapshots:hold"] = os.date("!%Y-%m-%d", math.floor(served.now()) + 30 * DAY) } })
    cloud.sim:add_snapshots(1, { volume_id = "web", prefix = "failed", status = "error",
      metadata = { ["rsnapshots:policy"] = "nightly" } })
    rotate(400, 1)
    assert.matches("^n1 nightly", cloud:good_names())
    assert.equal(3, #cloud.sim.store.snapshots)
  end)
end)
