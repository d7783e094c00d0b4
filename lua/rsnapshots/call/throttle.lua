--- How many requests a group has under way: fewer when the service says that
-- there are too many, and more again when it no longer does.
local core = require "rsnapshots.core"

local Throttle = { __name = "rsnapshots.Throttle" }
Throttle.__index = Throttle

local WEAK = { __mode = "k" }

--- Makes a throttle.
-- @tparam int most requests at once
function Throttle.new(most)
  return setmetatable({
    most = most, limit = most, under_way = 0,
    ahead = setmetatable({}, WEAK), -- those under way besides that nobody sees to meanwhile
    entered = setmetatable({}, WEAK), -- when each came in
    successes = 0, -- since the limit last changed
    changed = -math.huge, -- when it was last lowered
    opens = -math.huge, -- until then nothing is sent
  }, Throttle)
end

local function count(self)
  local sum = self.under_way
  for task in pairs(self.ahead) do
    if task.done or (task.request and task.request:done()) then
      self.ahead[task] = nil
    else
      sum = sum + 1
    end
  end
  return sum
end

--- May one more be sent now?
function Throttle:is_open()
  return count(self) < self.limit and core.now() >= self.opens
end

--- When it is worth asking again.
function Throttle:opens_at()
  return self.opens
end

--- One is being sent.
-- @tparam Task task whose; where it is `ahead`, its `request` tells when it is back
function Throttle:enter(task)
  self.entered[task] = core.now()
  if task.ahead then
    self.ahead[task] = true
  else
    self.under_way = self.under_way + 1
  end
end

-- Half as many, once for all that were under way together.
local function slow_down(self, entered, seconds)
  local now = core.now()
  self.opens = math.max(self.opens, now + seconds)
  if entered > self.changed then
    self.limit = math.max(1, math.floor(self.limit / 2))
    self.changed, self.successes = now, 0
  end
end

--- It never came back; nothing where it did.
function Throttle:drop(task)
  if not self.entered[task] then
    return
  end
  self.entered[task] = nil
  if task.ahead then
    self.ahead[task] = nil
  else
    self.under_way = self.under_way - 1
  end
end

--- It came back.
-- @tparam Task task
-- @tparam[opt] Error err its failure
function Throttle:leave(task, err)
  local entered = self.entered[task]
  self:drop(task)
  if err then
    if err.kind == "rate_limited" then
      slow_down(self, entered, err.retry_after or 0)
    end
    return
  end
  self.successes = self.successes + 1
  if self.successes >= self.limit and self.limit < self.most then
    self.limit, self.successes = self.limit + 1, 0
  end
end

return Throttle
