--- Decides who waits for what. Nothing else in this library blocks.
--
-- `pause` waits for a call, or for time to pass. In a task of a group it yields to whoever runs the
-- task. Elsewhere it calls the `wait` hook, where several coroutines of the host may wait for the
-- same descriptor; without a hook, the core polls.
local check = require "rsnapshots.support.check"
local compat = require "rsnapshots.support.compat"
local closing = require "rsnapshots.loop.closing"
local core = require "rsnapshots.core"
local poll = require "rsnapshots.loop.poll"

local debug = compat.debug

local Scheduler = { __name = "rsnapshots.Scheduler" }
Scheduler.__index = Scheduler

local WEAK = { __mode = "k" }
local WEAK_BOTH = { __mode = "kv" } -- a task refers to its coroutine

-- While there are several waiters, each of them checks this often whether it can go on, in case the
-- alarm does not reach it.
local RECHECK = 1 -- seconds

-- A waiter that could go on but does not for this long never will: its coroutine was forgotten.
local PATIENCE = 1 -- seconds

--- Makes a scheduler.
-- @param session the core's
-- @tparam ?function wait `wait(fd, events, seconds)`; nil: a poll, which blocks
function Scheduler.new(session, wait)
  return setmetatable({
    core = session, wait = wait ~= poll and wait or nil,
    waiters = setmetatable({}, WEAK), -- those that are in the hook
    -- tasks: by coroutine, as soon as there is one
  }, Scheduler)
end

-- Removes waiters that no longer wait: their coroutine is dead, or goes on elsewhere (in 5.1, after
-- their `wait` raised an error).
local function forget_lost(self)
  local me = coroutine.running() or "main"
  for waiter in pairs(self.waiters) do
    local thread = waiter.thread
    if thread == me or (thread ~= "main" and core.is_dead(thread)) then
      self.waiters[waiter] = nil
    end
  end
end

local function close_core(self)
  if not self.told then
    self.told = true
    for tell in pairs(closing) do
      tell(self.fd)
    end
  end
  self.core:close()
end

--- Ends every call and every wait. The connections are closed as soon as nobody waits for the
-- descriptor.
function Scheduler:close()
  if self.closed then
    return
  end
  self.fd = self.core:pollfd()
  self.closed = true
  self.core:shut()
  core.atomic(forget_lost, self)
  if next(self.waiters) then
    self.core:alarm(true)
  else
    close_core(self)
  end
end

-- --------------------------------------------------------------- the hook

-- A host may let a coroutine yield between any two instructions (HAProxy does, every 10,000).
-- Within core.atomic no waiter comes or leaves.

local function ring_all(self, me)
  local on, now = false, self.core:now()
  for waiter in pairs(self.waiters) do
    if waiter ~= me and waiter.ready(waiter.what) then
      waiter.since = waiter.since or now
      if now - waiter.since > PATIENCE then
        self.waiters[waiter] = nil
      else
        on = true
      end
    end
  end
  if on ~= (self.ringing or false) then
    self.ringing = on
    self.core:alarm(on)
  end
end

-- Wakes the waiters that can go on because of what `me` just did.
local function ring(self, me)
  if self.ringing or core.has_others(self.waiters, me) then
    core.atomic(ring_all, self, me)
  end
end

--- Does what can be done without waiting.
-- @tparam[opt] table me the waiter that does it
function Scheduler:step(me)
  if not self.closed then
    self.core:step()
    ring(self, me)
  end
end

local function leave(self, me)
  self.waiters[me] = nil
  if not self.closed then
    ring(self)
  elseif not next(self.waiters) then
    close_core(self)
  end
end

local function await(self, me, stop)
  while not (self.closed or me.ready(me.what)) do
    local fd, seconds = self.core:due(stop)
    if not fd then
      return
    end
    self.wait(fd, "r", core.has_others(self.waiters, me) and math.min(seconds, RECHECK) or seconds)
    self:step(me)
  end
end

-- Waits with the hook.
local function wait_in_hook(self, stop, ready, what)
  local me = { ready = ready, what = what, thread = coroutine.running() or "main" }
  if next(self.waiters) then
    core.atomic(forget_lost, self)
  end
  self.waiters[me] = true
  local ok, problem = compat.protected(await, self, me, stop)
  leave(self, me)
  if not ok then
    error(problem, 0)
  end
end

-- ------------------------------------------------------------------ tasks

local PAUSE = {} -- what a task yields when it pauses

local Task = {}
Task.__index = Task

local close, is_yieldable = compat.close_coroutine, compat.is_yieldable

--- Makes a task: a function in its own coroutine, which does not run yet.
-- @tparam[opt] Lane lane limits its requests
function Scheduler:task(body, lane)
  local function run() -- in 5.1, a C function cannot be a coroutine
    return body()
  end
  local task = setmetatable({
    scheduler = self, thread = coroutine.create(run), lane = lane,
    stop = 0, children = setmetatable({}, WEAK),
  }, Task)
  local parent = self:current()
  if parent then
    parent.children[task] = true
  end
  self.tasks = self.tasks or setmetatable({}, WEAK_BOTH)
  self.tasks[task.thread] = task
  return task
end

--- The running task; nil if there is none.
function Scheduler:current()
  return self.tasks and self.tasks[coroutine.running() or "main"]
end

--- Can it go on?
function Task:is_ready()
  return self.done or self.ready == nil or self.ready(self.request)
    or self.scheduler.core:now() >= self.stop or self.scheduler.closed or false
end

local function finish(self, ok, value, problem)
  self.done, self.ok, self.value, self.problem = true, ok, value, problem
  if self.request then
    self.request:close() -- no one else waits for it
  end
  self.ready, self.request = nil, nil
end

--- Lets it go on until it pauses or ends: then it is `done`, and `ok`, `value`
-- and `problem` are what it returned, or `value` is the error that it raised.
function Task:resume()
  local ok, value, stop, ready = coroutine.resume(self.thread)
  if self.done then -- it has cancelled itself
    self:cancel()
  elseif coroutine.status(self.thread) == "dead" then
    self.traceback = not ok and debug and debug.traceback(self.thread) or nil
    finish(self, ok, value, stop)
  elseif rawequal(value, PAUSE) then
    self.stop, self.ready = stop, ready
  else
    self:cancel()
    finish(self, false, "rsnapshots: a task can only wait for calls of this client, and it "
      .. "yielded something else")
  end
end

--- Ends the task where it is, and its request.
function Task:cancel()
  for child in pairs(self.children) do
    child:cancel()
  end
  if close and coroutine.status(self.thread) == "suspended" then
    close(self.thread)
  end
  finish(self, false)
end

-- ---------------------------------------------------------------- waiting

local function lock(self, thing, message)
  local me, owner = coroutine.running() or "main", thing.owner
  if owner and owner ~= me then
    local task = self.tasks and self.tasks[owner]
    if not (task and task.done) and (owner == "main" or not core.is_dead(owner)) then
      check.fail(message)
    end
  end
  thing.owner = me
end

--- Calls a function with a thing that only one coroutine at a time may use. Raises an error if
-- another coroutine that can still go on has locked it. The lock ends with the function, even if
-- that raises an error.
-- @return its first two results
function Scheduler:with_lock(thing, message, use)
  lock(self, thing, message)
  local ok, value, problem = compat.protected(use, thing)
  thing.owner = nil
  if not ok then
    error(value, 0)
  end
  return value, problem
end

--- To be called before a request is sent: raises an error in a task that cannot yield at this place
-- (in 5.1, within a `for`).
-- @treturn ?Lane the running task's
function Scheduler:prepare()
  local task = self:current()
  if task and not is_yieldable then
    coroutine.yield(PAUSE, 0)
  end
  return task and task.lane
end

local function yield_until(self, task, stop, ready, request)
  task.request = request
  while not (self.closed or ready(request) or self.core:now() >= stop) do
    coroutine.yield(PAUSE, stop, ready)
  end
  task.request = nil
end

--- Waits until something is ready, a point in time has come, or the client is closed.
-- @tparam number stop on the session's clock
-- @tparam function ready a test of the request that changes nothing
-- @param[opt] request what is waited for, with a method `close`
function Scheduler:pause(stop, ready, request)
  local task = self:current()
  if task and not (is_yieldable and not is_yieldable()) then
    yield_until(self, task, stop, ready, request)
  elseif self.wait then
    wait_in_hook(self, stop, ready, request)
  else -- in a poll: nobody else runs in the meantime, so nobody has to be woken
    repeat until self.core:wait(stop, ready, request)
  end
end

return Scheduler
