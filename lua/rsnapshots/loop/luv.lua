--- Waiting in a libuv loop (luv, Neovim): its other events go on meanwhile.
--
--     local client = rsnapshots.connect{ wait = require "rsnapshots.loop.luv" }
--
-- Calls from a coroutine yield to whoever resumed it, and the loop resumes them. Calls from
-- elsewhere run the loop until they are done, which libuv allows only while it is not running.
-- @module rsnapshots.loop.luv

local closing = require "rsnapshots.loop.closing"
local compat = require "rsnapshots.support.compat"

local ok, uv = pcall(require, "luv")
if not ok then
  error("rsnapshots.loop.luv needs luv (luarocks install luv): " .. uv, 0)
end

local debug = compat.debug

-- libuv allows one poll handle per descriptor: fd -> its handle and the waiters, each with its
-- timer.
local watched = {}

local is_yieldable = compat.is_yieldable

local function wake_all(watch)
  local waiters = watch.waiters
  watch.waiters = {}
  for wake in pairs(waiters) do
    wake()
  end
end

-- Calls `wake` whenever the descriptor is ready, until `forget`.
local function await(fd, events, wake, timer)
  local watch = watched[fd]
  if not watch then
    watch = { handle = assert(uv.new_poll(fd)), waiters = {} }
    watched[fd] = watch
    assert(watch.handle:start(events, function() wake_all(watch) end))
  end
  watch.waiters[wake] = timer
end

local function forget(fd, wake)
  local watch = watched[fd]
  if watch then
    watch.waiters[wake] = nil
    if next(watch.waiters) == nil then
      watched[fd] = nil
      watch.handle:close()
    end
  end
end

-- Calls `resume` once, when the descriptor is ready or the time has passed. Returns a function that
-- cancels this.
local function arrange(fd, events, seconds, resume)
  local timer, over = assert(uv.new_timer()), false
  local wake
  local function call_off()
    if over then
      return false
    end
    over = true
    timer:close()
    if fd then
      forget(fd, wake)
    end
    return true
  end
  function wake()
    if call_off() then
      resume()
    end
  end
  assert(timer:start(math.ceil(seconds * 1000), 0, wake))
  if fd then
    await(fd, events, wake, timer)
  end
  return call_off
end

local function run_loop(fd, events, seconds)
  if uv.loop_mode and uv.loop_mode() then
    error("rsnapshots: within a callback of the loop a call must be made in a coroutine, where "
      .. "that can yield", 0)
  end
  local over = false
  arrange(fd, events, seconds, function() over = true end)
  while not over do
    uv.run "once"
  end
end

-- Those who still stand there were closed, and have nothing to wait for. The next descriptor with
-- that number has a handle of its own.
local function leave(fd)
  local watch = watched[fd]
  if watch then
    watched[fd] = nil
    watch.handle:close()
    for wake, timer in pairs(watch.waiters) do
      timer:start(0, 0, wake)
    end
  end
end

closing[leave] = true

local WORDS = "rsnapshots: this coroutine waits for an answer, and libuv's loop resumes it: a "
  .. "generator (coroutine.wrap) cannot call the client within a coroutine of the loop"

local function refuse()
  error(WORDS, 2)
end

-- What a coroutine yields while it waits. It goes to whoever resumed the coroutine: if that is a
-- `for` over a generator, nil would look like the generator's end.
local WAITING = setmetatable({}, { __index = refuse, __newindex = refuse, __call = refuse,
  __concat = refuse, __lt = refuse, __le = refuse, __len = refuse, __pairs = refuse,
  __tostring = function() return WORDS end })

--- Waits as docs/loops.md says.
-- @function wait
return function(fd, events, seconds)
  local thread, is_main = coroutine.running()
  if not thread or is_main or (is_yieldable and not is_yieldable()) then
    return run_loop(fd, events, seconds)
  end
  local call_off = arrange(fd, events, seconds, function()
    if coroutine.status(thread) ~= "suspended" then -- it was closed, or ended without us
      return
    end
    local fine, problem = coroutine.resume(thread)
    if not fine then
      error(debug and debug.traceback(thread, tostring(problem)) or problem, 0)
    end
  end)
  coroutine.yield(WAITING)
  call_off() -- somebody else may have resumed it
end
