--- Waiting in a host that can only sleep. It cannot wait for somebody else's descriptor, so this
-- checks it again and again.
--
--     local sleeping = require "rsnapshots.loop.sleeping"
--     local client = rsnapshots.connect{ wait = sleeping(host.sleep) }
--
-- The sleeps grow from one check to the next: an answer that comes soon is seen within a
-- millisecond or two, and a slow one costs a check every 20 ms.
-- @module rsnapshots.loop.sleeping

local core = require "rsnapshots.core"

local GROWTH, LONGEST = 0.001, 0.02 -- seconds

--- The module is this function, which makes a `wait`.
-- @function sleeping
-- @tparam function sleep called with seconds (0.001 to 0.02); others run in the meantime
-- @treturn function `wait(fd, events, seconds)`
return function(sleep)
  return function(fd, events, seconds)
    local step, stop = 0, core.now() + seconds
    local left = seconds
    repeat -- sleep at least once: the descriptor may be ready for a coroutine that sleeps
      step = math.min(step + GROWTH, LONGEST)
      sleep(math.max(math.min(step, left), GROWTH))
      left = stop - core.now()
    until left <= 0 or core.poll(fd, events, 0)
  end
end
