--- A clock that client and simulator share, in one process: what both would only wait for takes no
-- time, since the clock moves on instead.
-- @module rsnapshots.simulator.shared_clock

local skipping = require "rsnapshots.loop.skipping"

local shared_clock = {}

-- Waits for a time that both know. True where the descriptor became ready before.
local function wait(sim, fd, events, seconds)
  local server, ticks = sim.server, sim.clock.ticks
  local deadline = ticks() + seconds
  repeat
    local ready, busy = server:poll(fd, events)
    if ready then
      return true
    end
    local due = server:due()
    if not busy and not server:is_stalling() and (due or deadline) <= deadline then
      sim:advance(math.max(0, (due or deadline) - ticks()))
    elseif not busy then
      return server:wait(fd, events, deadline - ticks())
    end
  until ticks() >= deadline and not server:due()
  return false
end

--- The `wait` of clients that share the simulator's clock. While there is none whose clock can be
-- moved (see rsnapshots.loop.skipping) time passes as ever.
-- @param sim the simulator
-- @treturn function `wait(fd, events, seconds)`
-- @treturn table the set of the sessions that wait with it
function shared_clock.new(sim)
  local sessions = setmetatable({}, { __mode = "k" })
  local function hook(fd, events, seconds)
    if next(sessions) == nil then
      return sim.server:wait(fd, events, seconds)
    end
    return wait(sim, fd, events, seconds)
  end
  skipping[hook] = sessions
  return hook, sessions
end

return shared_clock
