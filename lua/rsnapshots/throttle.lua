--- How many requests a group has under way: fewer when the service says that
-- there are too many, and more again when it no longer does.
local core = require "rsnapshots.core"

local Throttle = { __name = "rsnapshots.Throttle" }
Throttle.__index = Throttle

--- Makes a throttle.
-- @tparam int most requests at once
function Throttle.new(most)
  return setmetatable({
    most = most, limit = most, under_way = 0,
    entered = {}, -- when each came in
    successes = 0, -- since the limit last changed
    changed = -math.huge, -- when it was last lowered
    opens = -math.huge, -- until then nothing is sent
  }, Throttle)
end

--- May one more be sent now?
function Throttle:is_open()
  return self.under_way < self.limit and core.now() >= self.opens
end

--- When it is worth asking again.
function Throttle:opens_at()
  return self.opens
end

--- One is being sent.
-- @param whose anything to know it by
function Throttle:enter(whose)
  self.under_way = self.under_way + 1
  self.entered[whose] = core.now()
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
function Throttle:drop(whose)
  if self.entered[whose] then
    self.entered[whose] = nil
    self.under_way = self.under_way - 1
  end
end

--- It came back.
-- @param whose
-- @tparam[opt] Error err its failure
function Throttle:leave(whose, err)
  local entered = self.entered[whose]
  self:drop(whose)
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
