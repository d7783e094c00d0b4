--- Waiting until a snapshot is complete, or gone.
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"

local waiter = {}

local DEFAULT_TIMEOUT = 600
local FIRST_INTERVAL, LAST_INTERVAL, GROWTH = 1, 5, 1.5

local LONGEST = 60 -- seconds between two looks, whatever the service wants

local LAST_POLL = 0.5 -- seconds before the deadline
local SHORTEST = 0.1 -- less than that left is nothing left

local KEYS = { timeout = true, interval = true, on_progress = true }


--- Checks a wait's options: a number of seconds, or a table. A wrong one raises.
function waiter.options(options)
  if options == nil then
    options = {}
  elseif type(options) == "number" then
    options = { timeout = options }
  end
  check.type(options, "table", "the wait's options")
  check.keys(options, KEYS, "wait")
  check.optional(options.timeout, "number", "timeout")
  check.seconds(options.interval, "interval")
  check.optional(options.on_progress, "function", "on_progress")
  local timeout = options.timeout or DEFAULT_TIMEOUT
  if timeout ~= timeout or (timeout < 0 and timeout ~= -1) then
    check.fail("timeout must be a number of seconds, or -1 for no limit")
  end
  return {
    timeout = timeout == -1 and math.huge or timeout,
    interval = options.interval, on_progress = options.on_progress,
  }
end

local function is_error(snapshot)
  return snapshot.status == "ERROR" or snapshot.status == "ERROR_DELETING"
end

local function failed(snapshot)
  return errors.new("failed", ("snapshot %s went to %s"):format(snapshot.id, snapshot.status),
    { snapshot = snapshot })
end

--- Makes the test for being complete: true, false, or nil and an error when it
-- never will be. It remembers what it saw: a snapshot that is AVAILABLE at 0 %
-- twice running is one whose maker reports no progress, as Cinder's managed ones.
function waiter.complete_test()
  local idle = 0
  return function(snapshot)
    if is_error(snapshot) then
      return nil, failed(snapshot)
    end
    local available, progress = snapshot.status == "AVAILABLE", snapshot.progress
    idle = available and progress == "0%" and idle + 1 or 0
    return progress == "100%" or (available and (progress == nil or idle > 1))
  end
end

--- Makes the test for being gone, which remembers what it saw.
-- @tparam boolean accepted did this client's delete get accepted?
function waiter.gone_test(accepted)
  local seen_deleting, available = false, 0
  return function(snapshot)
    local status = snapshot.status
    if status == "DELETED" then
      return true
    elseif is_error(snapshot) then
      return nil, failed(snapshot)
    elseif status == "DELETING" then
      seen_deleting = true
    end
    available = status == "AVAILABLE" and available + 1 or 0
    if available > 0 and (seen_deleting or (accepted and available > 1)) then
      return nil, errors.new("reverted", ("snapshot %s was to be deleted and is AVAILABLE again: "
        .. "something may depend on it"):format(snapshot.id), { snapshot = snapshot })
    end
    return false
  end
end

--- The error of a wait whose time is over.
function waiter.timed_out(options, snapshot, cause)
  local state = snapshot and ("; last seen %s"):format(snapshot.status or "without a status") or ""
  local message = ("the wait was over after %g seconds%s"):format(options.timeout, state)
  return errors.new("timeout", message, { snapshot = snapshot, cause = cause })
end

--- How long until the next poll: one is made just before the deadline, none
-- after it. nil: it is over.
-- @tparam table options
-- @tparam int polls so far
-- @tparam ?Error err the last one's failure
-- @tparam number left seconds until the deadline
function waiter.pause(options, polls, err, left)
  if left <= SHORTEST then
    return nil
  end
  local seconds = options.interval
    or math.min(LAST_INTERVAL, FIRST_INTERVAL * GROWTH ^ (polls - 1))
  if err and err.retry_after then
    seconds = math.max(seconds, math.min(err.retry_after, LONGEST))
  end
  return math.min(seconds, left - math.min(LAST_POLL, left / 2))
end

--- Polls until it is over.
-- @tparam table options as waiter.options gives them
-- @tparam function get `get(deadline)` gives a fresh snapshot, or nil and an error
-- @tparam function sleep `sleep(seconds)`
-- @tparam function test true: over; false: not yet; nil and an error: never
-- @tparam[opt] function gone what a 404 gives
-- @return the snapshot (or what `gone` gives); nil and an error
function waiter.run(options, get, sleep, test, gone)
  local stop = core.now() + options.timeout
  local polls, last = 0, nil
  while true do
    polls = polls + 1
    local snapshot, err = get(options.timeout > 0 and stop or nil)
    if snapshot then
      last = snapshot
      if options.on_progress then
        options.on_progress(snapshot)
      end
      local over, problem = test(snapshot)
      if over then
        return snapshot
      elseif problem then
        return nil, problem
      end
    elseif err.kind == "not_found" and gone then
      return gone()
    elseif not errors.is_passing(err) then
      err.snapshot = err.snapshot or last
      return nil, err
    end
    local seconds = waiter.pause(options, polls, err, stop - core.now())
    if not seconds then
      return nil, waiter.timed_out(options, last, err)
    end
    sleep(seconds)
  end
end

return waiter
