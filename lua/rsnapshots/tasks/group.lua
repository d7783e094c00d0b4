--- Functions that run side by side over one client's connections, each written as if it were alone.
--
--     local group = client:group{ concurrency = 16 }
--     for _, volume in ipairs(volumes) do
--       group:spawn(function()
--         local snapshot = assert(client:create{ volume_id = volume })
--         return assert(snapshot:wait_until_complete(600))
--       end)
--     end
--     for task in group:results() do print(task.index, task.ok, task.value or task.error) end
--
-- They are coroutines: one runs while the others wait for the service. They run only while you wait
-- for `results` or `next`.
-- @classmod Group

local check = require "rsnapshots.support.check"
local compat = require "rsnapshots.support.compat"
local errors = require "rsnapshots.error"

local Group = { __name = "rsnapshots.Group" }
Group.__index = Group

local CONCURRENCY = 8

local KEYS = { concurrency = "concurrency" }

--- Made by client:group.
-- @local
function Group.new(scheduler, options)
  options = check.fields(options, KEYS, "group")
  return setmetatable({
    scheduler = scheduler,
    lane = scheduler.core:lane(options.concurrency or CONCURRENCY),
    waiting = {}, first = 1, last = 0, -- a queue of the tasks that have not begun
    running = {}, -- in the order in which they began
    latest = {}, -- by key: the last task with that key, which the next one waits for
    count = 0,
  }, Group)
end

local function enqueue(self, job)
  self.last = self.last + 1
  self.waiting[self.last] = job
end

local function check_group(self, example)
  check.receiver(getmetatable(self) == Group, "group", "group:" .. example)
end

-- Adds a task. Tasks with the same key run one after another.
local function add(self, body, key)
  check_group(self, "spawn(body)")
  check.type(body, "function", "the task")
  if self.cancelled then
    check.fail("the group is closed")
  end
  self.count = self.count + 1
  local job = { body = body, index = self.count, key = key }
  local before = self.latest[key]
  self.latest[key] = job
  if before then
    before.next = job
  else
    enqueue(self, job)
  end
  return job.index
end

--- Adds a task. A task may add others.
-- @tparam function body the first value that it returns is the task's value. The task fails if
-- it returns nil and an error, as the client's methods do, or if it raises an error
-- @treturn integer its index, which counts from 1
function Group:spawn(body)
  return errors.result(add(self, body, {})) -- a key that no other task has
end

--- Adds a task that begins when the earlier ones with the same key are over.
-- @param key
-- @tparam function body
-- @treturn integer its index
function Group:spawn_serial(key, body)
  if key == nil then
    check.fail "key must not be nil"
  end
  return errors.result(add(self, body, key))
end

-- ---------------------------------------------------------------- running

-- Moves the next task with the same key into the queue.
local function pass_on(self, job)
  if job.next then
    enqueue(self, job.next)
  else
    self.latest[job.key] = nil
  end
end

local function result_of(job, task)
  local result = { index = job.index, ok = task.ok, value = task.value }
  if not task.ok then
    result.value, result.error = nil, task.value
    result.traceback = not errors.is(task.value) and task.traceback or nil
  elseif task.value == nil and errors.is(task.problem) then
    result.ok, result.error = false, task.problem
  end
  return result
end

-- Starts as many tasks as may run at once.
local function start(self)
  while self.first <= self.last and #self.running < self.lane:limit() do
    local job = self.waiting[self.first]
    self.waiting[self.first], self.first = nil, self.first + 1
    job.task = self.scheduler:task(job.body, self.lane)
    self.running[#self.running + 1] = job
  end
end

-- Lets a task go on. After the client was closed, no task begins.
local function resume(self, job)
  if self.scheduler.closed and not job.has_begun then
    job.task:cancel()
    job.task.value = errors.closed()
    return
  end
  job.has_begun = true
  job.task:resume()
end

-- Lets every task that is ready go on, until one is over. Returns its result.
local function advance(self)
  for i, job in ipairs(self.running) do
    local task = job.task
    if task:is_ready() then
      resume(self, job)
      if self.cancelled then
        return nil
      elseif task.done then
        table.remove(self.running, i)
        pass_on(self, job)
        return result_of(job, task)
      end
    end
  end
  return nil
end

local function await(self)
  local stop = math.huge
  for _, job in ipairs(self.running) do
    stop = math.min(stop, job.task.stop)
  end
  self.scheduler:pause(stop, function()
    for _, job in ipairs(self.running) do
      if job.task:is_ready() then
        return true
      end
    end
    return #self.running == 0 -- cancelled in the meantime
  end)
end

local function await_result(self)
  start(self)
  local result = advance(self)
  while not result and #self.running > 0 do
    start(self) -- tasks that another task has added
    await(self)
    result = advance(self)
  end
  return result
end

--- Waits until one more task is over.
-- @treturn table `ok`, `value`, `error`, `index` (and `traceback`, if it raised an error that is
-- not this library's); nil when all are over
function Group:next()
  check_group(self, "next()")
  return errors.result(self.scheduler:with_lock(self,
    "the group is being waited for by another coroutine", await_result))
end

--- An iterator over the tasks as they end, for `for`. In Lua 5.4, leaving the loop cancels the
-- tasks that have not ended.
function Group:results()
  check_group(self, "results()")
  return function() return self:next() end, nil, nil, self
end

-- Without a `for`, whose iterator cannot yield in 5.1.
local function visit_all(self, visit)
  local result = self:next()
  while result do
    visit(result)
    result = self:next()
  end
end

--- Calls a function with each result. An error that it raises ends the group.
-- @local
function Group:each(visit)
  check_group(self, "each(visit)")
  local ok, problem = compat.protected(visit_all, self, visit)
  if not ok then
    self:cancel()
    error(problem, 0)
  end
end

--- Ends all tasks and their requests at once. A create that was under way may have taken
-- effect. A second call does nothing.
function Group:cancel()
  check_group(self, "cancel()")
  self.cancelled = true
  local running = self.running
  self.running, self.waiting, self.first, self.last, self.latest = {}, {}, 1, 0, {}
  for _, job in ipairs(running) do
    job.task:cancel()
  end
  self.scheduler:step() -- wakes those who wait for the group
end

function Group:__close()
  if #self.running > 0 or self.first <= self.last then
    self:cancel()
  end
end

--- Tells how many requests may be under way at the moment: `concurrency`, or fewer while the
-- service limits the rate.
function Group:limit()
  check_group(self, "limit()")
  return self.lane:limit()
end

check.public(Group)

return Group
