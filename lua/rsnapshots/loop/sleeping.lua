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

--- Makes a `wait`: what the module is.
-- @function sleeping
-- @tparam function sleep called with seconds (0.001 to 0.02); others run meanwhile
-- @treturn function `wait(fd, events, seconds)`
return function(sleep)
  return function(fd, events, seconds)
    local step, stop = 0, core.now() + seconds
    local left = seconds
    repeat -- sleeps at least once: the descriptor may be ready for another coroutine, who sleeps
      step = math.min(step + GROWTH, LONGEST)
      sleep(math.max(math.min(step, left), GROWTH))
      left = stop - core.now()
    until left <= 0 or core.poll(fd, events, 0)
  end
end
