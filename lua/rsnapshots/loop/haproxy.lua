--- Waiting in HAProxy: its traffic and its other Lua go on meanwhile.
--
--     local client = rsnapshots.connect{ wait = require "rsnapshots.loop.haproxy" }
--
-- HAProxy's Lua waits for HAProxy's own sockets only, so this sleeps between checks
-- (rsnapshots.loop.sleeping). While HAProxy starts, where nothing else runs, it blocks.
-- Make calls in HAProxy's coroutines (services, actions, tasks). HAProxy does not sleep in those
-- made by coroutine.create, and calls there raise an error. Groups and listings need no coroutine
-- of your own.
-- @module rsnapshots.loop.haproxy

local core = require "rsnapshots.core"
local sleeping = require "rsnapshots.loop.sleeping"

local haproxy = rawget(_G, "core")
if type(haproxy) ~= "table" or not haproxy.msleep then
  error("rsnapshots.loop.haproxy works within HAProxy only", 0)
end

-- If msleep cannot sleep, it returns silently. HAProxy's clock stands still while it is busy; that
-- may explain one sleep that is too short, but not many in a row.
local LONG, VAIN = 0.005, 20 -- seconds, sleeps

local vain = 0 -- how many calls in a row did not sleep

local wait = sleeping(function(seconds)
  local began = core.now()
  haproxy.msleep(math.floor(seconds * 1000 + 0.5))
  if seconds >= LONG then
    vain = core.now() - began < 0.001 and vain + 1 or 0
    if vain >= VAIN then
      vain = 0
      error("rsnapshots: HAProxy does not sleep in a coroutine made by coroutine.create: "
        .. "make the call outside of it, or in a client:group()", 0)
    end
  end
end)

--- Waits as docs/loops.md says.
-- @function wait
return function(fd, events, seconds)
  local _, is_main = coroutine.running()
  if is_main then
    core.poll(fd, events, seconds)
  else
    wait(fd, events, seconds)
  end
end
