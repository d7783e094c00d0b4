--- Waiting until something is complete, or gone: looks, and the pauses between them.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"

local wait = {}

local DEFAULT_TIMEOUT = 600
local FIRST_INTERVAL, LAST_INTERVAL, GROWTH = 1, 5, 1.5

local LONGEST = 60 -- seconds between two looks, whatever the service wants

local LAST_LOOK = 0.5 -- seconds before the deadline
local SHORTEST = 0.1 -- less than that left is nothing left

-- A replica may be some seconds behind: so long a snapshot whose delete was accepted may still
-- be AVAILABLE, and so often in a row one that was there may not be found.
local STALE, MISSES = 4, 3

-- So many answers in a row that are none (a maintenance page, half a body) end a wait.
local ODD_ANSWERS = 5

local KEYS = { timeout = true, interval = true, on_progress = true }

--- Checks a wait's options: a number of seconds, or a table. A wrong one raises.
function wait.options(options)
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

--- What `wait` may be in another verb's options: nil and false for none, true, or a wait's
-- options.
-- @return checked options, nil for none
function wait.option(value)
  if value == nil or value == false then
    return nil
  end
  return wait.options(value ~= true and value or nil)
end

-- ------------------------------------------------------------------- tests
--
-- A test is asked after each look. It gives true (over), false (not yet), or nil and an error
-- (never), and remembers what it saw.

local function is_error(snapshot)
  return snapshot.status == "ERROR" or snapshot.status == "ERROR_DELETING"
end

local function failed(snapshot)
  return errors.new("failed", ("snapshot %s went to %s"):format(snapshot.id, snapshot.status),
    { snapshot = snapshot })
end

--- Makes the test for being complete: the status decides. Version 1 also says "100%" while
-- CREATING.
-- @tparam boolean by_progress is that so?
function wait.complete_test(by_progress)
  return function(snapshot)
    if is_error(snapshot) then
      return nil, failed(snapshot)
    end
    return snapshot.status == "AVAILABLE"
      or (by_progress and snapshot.status == "CREATING" and snapshot.progress == "100%")
  end
end

--- Makes the test for being gone.
-- @tparam boolean accepted did this client's delete get accepted?
-- @tparam number patience seconds for which it may still be AVAILABLE then, at most
function wait.gone_test(accepted, patience)
  local seen_deleting, since, looks = false, nil, 0
  patience = math.min(STALE, patience)
  return function(snapshot, now)
    local status = snapshot.status
    if status == "DELETED" then
      return true
    elseif is_error(snapshot) then
      return nil, failed(snapshot)
    end
    seen_deleting = seen_deleting or status == "DELETING"
    if status ~= "AVAILABLE" then
      since, looks = nil, 0
      return false
    end
    since, looks = since or now, looks + 1
    if not (seen_deleting or accepted) or looks < 3 or now - since < patience then
      return false
    end
    return nil, errors.new("reverted", ("snapshot %s was to be deleted and is AVAILABLE again: "
      .. "something may depend on it"):format(snapshot.id), { snapshot = snapshot })
  end
end

--- Does an error say, for certain, that it is gone?
function wait.is_gone(err)
  return err.kind == "not_found" and not err.unrouted
end

--- Makes the test for failures: may a wait go on after this one?
-- @tparam boolean known is it sure that the snapshot was there? Then a replica may not have it yet.
function wait.tolerance(known)
  local odd, misses = 0, 0
  return function(err)
    if not err then
      odd, misses, known = 0, 0, true
      return true
    elseif err.kind == "decode" then
      odd = odd + 1
      return odd < ODD_ANSWERS
    elseif err.kind == "not_found" then
      misses = misses + 1
      return known and misses < MISSES
    end
    return errors.is_passing(err)
  end
end

-- ------------------------------------------------------------------- pauses

--- The error of a wait whose time is over.
-- @tparam table options
-- @tparam string name what was waited for: "snapshot ID"
-- @tparam ?table last what was seen last
-- @tparam ?Error cause the last look's failure
function wait.timed_out(options, name, last, cause)
  local state = last and ("; last seen %s"):format(last.status or "without a status") or ""
  local message = ("the wait for %s ended after %s seconds%s"):format(name,
    ascii.written(options.timeout), state)
  return errors.new("timeout", message, { snapshot = last, cause = cause })
end

--- How long until the next look: one is made just before the deadline, none
-- after it. nil: it is over.
-- @tparam table options
-- @tparam int looks so far
-- @tparam ?Error err the last one's failure
-- @tparam number left seconds until the deadline
function wait.pause(options, looks, err, left)
  if left <= SHORTEST then
    return nil
  end
  local seconds = options.interval
    or math.min(LAST_INTERVAL, FIRST_INTERVAL * GROWTH ^ (looks - 1))
  if err and err.retry_after then
    seconds = math.max(seconds, math.min(err.retry_after, LONGEST))
  end
  return math.min(seconds, left - math.min(LAST_LOOK, left / 2))
end

--- Looks until it is over.
-- @param session whose clock and waiting it is
-- @tparam table options as wait.options gives them
-- @tparam table what `name` for messages; `look(deadline)` gives what is there, or nil and an
-- error; `test(found, now)` as above; `goes_on(err)`: may the wait go on after that failure?;
-- `is_gone(err)`: does it end the wait well? (nil: never)
-- @return what was found last, true if it is gone; nil and an error
function wait.run(session, options, what)
  local stop = session:now() + options.timeout
  local looks, last = 0, nil
  while true do
    looks = looks + 1
    local found, err = what.look(options.timeout > 0 and stop or nil)
    if found then
      what.goes_on(nil)
      last = found
      if options.on_progress then
        options.on_progress(found)
      end
      local over, problem = what.test(found, session:now())
      if over or problem then
        return over and found or nil, problem
      end
    elseif what.is_gone and what.is_gone(err) then
      return true
    elseif not what.goes_on(err) then
      err.snapshot = err.snapshot or last
      return nil, err
    end
    local seconds = wait.pause(options, looks, err, stop - session:now())
    if not seconds then
      return nil, wait.timed_out(options, what.name, last, err)
    end
    session:sleep(seconds)
  end
end

return wait
