--- Whether a failed attempt is worth another, and how long to wait before it.
local core = require "rsnapshots.core"

local retry = {}

local FIRST = 0.5 -- seconds
local LONGEST = 20

-- Statuses that a repetition may cure, for requests that may be repeated.
local PASSING = { [502] = true, [503] = true, [504] = true }

-- Full jitter: the clock's fraction helps where nobody seeded math.random.
local function random()
  return (math.random() + core.now() * 997) % 1
end

local function is_safe(spec)
  return spec.method ~= "POST" or spec.idempotent
end

--- Did the attempt surely leave nothing behind? Then even a create is repeated.
local function left_nothing(err)
  return err.kind == "rate_limited" or (not err.sent and not err.status)
end

local function is_passing(spec, err)
  if err.kind == "rate_limited" then
    return true
  elseif err.kind == "conflict" then
    return spec.retry_conflict or false
  elseif err.kind == "network" or err.kind == "timeout" then
    return true -- also in the middle of an answer
  end
  return PASSING[err.status] or (err.status == 500 and spec.method == "GET") or false
end

--- May this request be sent again after this failure?
-- @tparam table spec the request
-- @tparam Error err its failure, with `sent` where the service may have seen it
function retry.allowed(spec, err)
  return is_passing(spec, err) and (is_safe(spec) or left_nothing(err))
end

--- Seconds to wait before attempt `attempt` + 1.
function retry.delay(attempt, err)
  local longest = math.min(LONGEST, FIRST * 2 ^ (attempt - 1))
  local jittered = random() * longest
  return err.retry_after and math.max(err.retry_after, jittered) or jittered
end

return retry
