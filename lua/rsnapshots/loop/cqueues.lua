--- Waiting in a cqueues loop: other coroutines of the controller run meanwhile.
--
--     local client = rsnapshots.connect{ wait = require "rsnapshots.loop.cqueues" }
-- @module rsnapshots.loop.cqueues

local closing = require "rsnapshots.loop.closing"

local ok, cqueues = pcall(require, "cqueues")
if not ok then
  error("rsnapshots.loop.cqueues needs cqueues (luarocks install cqueues): " .. cqueues, 0)
end

--- Waits as docs/loops.md says. Outside of a controller it blocks.
-- @function wait
local function wait(fd, events, seconds)
  cqueues.poll({ pollfd = fd, events = events }, seconds)
end

closing[cqueues.cancel] = true

return wait
