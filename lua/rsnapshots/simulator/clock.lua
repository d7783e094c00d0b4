--- The simulator's clock: real time, plus what `advance` adds to it.
-- @module rsnapshots.simulator.clock

local socket = require "socket"

local Clock = { __name = "rsnapshots.simulator.Clock" }
Clock.__index = Clock

local clock = {}

--- @tparam[opt] function now another clock than the machine's
function clock.new(now)
  local self = setmetatable({ skipped = 0 }, Clock)
  local base = now or socket.gettime
  --- The current time, by which states move, tokens age and answers are dated.
  function self.now() return base() + self.skipped end
  --- The same for delays, which end even if `now` stands still.
  function self.ticks() return socket.gettime() + self.skipped end
  return self
end

--- Moves the clock forward.
-- @tparam number seconds
function Clock:advance(seconds)
  self.skipped = self.skipped + seconds
end

return clock
