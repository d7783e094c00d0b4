--- A clock that client and simulator share in one process. Waiting takes no time: the clock moves
-- forward instead.
-- @module rsnapshots.simulator.shared_clock

local skipping = require "rsnapshots.loop.skipping"

local shared_clock = {}

-- While a request is unanswered, a wait this short is for one of libcurl's own timers, which
-- skipping cannot end.
local SHORT = 0.25 -- seconds

-- Moves the clock to the next thing that is due, or to the end of a wait. Returns false at the end.
local function move_on(sim, deadline)
  local due = sim.server:due()
  local is_last = not due or due > deadline
  sim:advance(math.max(0, (is_last and deadline or due) - sim.clock.ticks()))
  return not is_last
end

-- Waits by the shared clock. Returns true if the descriptor became ready.
local function wait(sim, fd, events, seconds)
  local deadline = sim.clock.ticks() + seconds
  local ready, busy
  repeat
    ready, busy = sim.server:poll(fd, events)
    if not (ready or busy) and seconds < SHORT and sim.server:is_owing() then
      return sim.server:wait(fd, events, deadline - sim.clock.ticks())
    end
  until ready or not busy and not move_on(sim, deadline)
  return ready or false
end

--- The `wait` of clients that share the simulator's clock. Unless there is a client whose clock can
-- be moved (see rsnapshots.loop.skipping), it waits in real time.
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
