--- Waiting until something is complete, or gone: polls, and the pauses between them.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local tables = require "rsnapshots.support.tables"

local wait = {}

local DEFAULT_TIMEOUT = 600
local FIRST_INTERVAL, LAST_INTERVAL, GROWTH = 1, 5, 1.5

local LONGEST = 60 -- seconds between two polls at most, whatever the service asks for

local LAST_POLL = 0.5 -- the last poll is made so many seconds before the deadline
local SHORTEST = 0.1 -- seconds: if less time is left, there is no further poll

-- A replica of the service may be some seconds behind. STALE: for how many seconds a snapshot may
-- stay AVAILABLE after its delete was accepted. MISSES: how many times in a row a known snapshot
-- has to be missing to end the wait.
local STALE, MISSES = 4, 3

-- After so many useless answers in a row (a maintenance page, half a body), a wait ends.
local ODD_ANSWERS = 5

local KEYS = { timeout = "number", interval = "seconds", on_progress = "function" }

--- Checks a wait's options: a number of seconds, or a table. A wrong one raises an error.
-- @tparam[opt] table kinds of the options, by name, if there are more than the usual ones
-- @treturn table a copy; `timeout` is math.huge for no limit
function wait.options(options, kinds)
  if type(options) == "number" then
    options = { timeout = options }
  end
  local checked = tables.fill({ timeout = DEFAULT_TIMEOUT },
    check.fields(options, kinds or KEYS, "wait"))
  local timeout = checked.timeout
  if timeout ~= timeout or (timeout < 0 and timeout ~= -1) then
    check.fail("timeout must be a number of seconds, or -1 for no limit")
  end
  checked.timeout = timeout == -1 and math.huge or timeout
  return checked
end

--- What `wait` may be in another verb's options: nil and false for none, true, or a wait's options.
-- @return checked options, nil for none
function wait.option(value)
  local kind = type(value)
  if value ~= nil and kind ~= "boolean" and kind ~= "number" and kind ~= "table" then
    check.fail("wait must be true, a number of seconds, or a table of options, not a " .. kind)
  end
  return value and wait.options(value ~= true and value or nil) or nil
end

-- ------------------------------------------------------------------- tests
--
-- A test is a function that is called with what each poll finds. It returns true (over), false (not
-- yet), or nil and an error (never), and remembers what it saw.

local function is_error(snapshot)
  return snapshot.status == "ERROR" or snapshot.status == "ERROR_DELETING"
end

local function failed(snapshot)
  return errors.fail("failed", ("snapshot %s went to %s"):format(snapshot.id, snapshot.status))
end

-- "100%", or in other services' forms: "100", "100.0 %".
local function is_whole(progress)
  return progress ~= nil and progress:match "^ *([0-9]+)%.?0* *%%? *$" == "100"
end

-- Is it complete? The status decides. Version 1 also says "100%" while CREATING.
local function complete_test(by_progress)
  return function(snapshot)
    if is_error(snapshot) or snapshot.status == "DELETED" then
      return failed(snapshot)
    end
    return snapshot.status == "AVAILABLE"
      or (by_progress and snapshot.status == "CREATING" and is_whole(snapshot.progress))
  end
end

-- Is it gone? After its delete was accepted, it may stay AVAILABLE for `patience` seconds.
local function gone_test(accepted, patience)
  local seen_deleting, since, polls = false, nil, 0
  patience = math.min(STALE, patience)
  return function(snapshot, now)
    local status = snapshot.status
    if status == "DELETED" then
      return true
    elseif is_error(snapshot) then
      return failed(snapshot)
    end
    seen_deleting = seen_deleting or status == "DELETING"
    if status ~= "AVAILABLE" then
      since, polls = nil, 0
      return false
    end
    since, polls = since or now, polls + 1
    if not (seen_deleting or accepted) or polls < 3 or now - since < patience then
      return false
    end
    return errors.fail("reverted", ("snapshot %s was to be deleted and is AVAILABLE again: "
      .. "something may depend on it"):format(snapshot.id))
  end
end

-- ------------------------------------------------------------------ watching

local Watch = {}
Watch.__index = Watch

--- A watch: what one wait is for.
-- @string kind "snapshot" or "volume", also the error's field for the last one seen
-- @tparam[opt] boolean known did it certainly exist?
function wait.watch(kind, id, test, known)
  return setmetatable({ kind = kind, id = id, test = test, known = known, odd = 0, misses = 0 },
    Watch)
end

--- The watch of a snapshot.
-- @param state the client's
-- @tparam string|Snapshot given the caller's argument
-- @tparam table options already checked
-- @tparam[opt] boolean deleted true: until it is gone; otherwise until it is complete
function wait.watch_snapshot(state, id, given, options, deleted)
  local test = deleted and gone_test(state:remembers("deleted", id), options.timeout / 2)
    or complete_test(state.public.api_version == 1)
  local known = core.is_snapshot(given) or state:remembers("created", id)
  local watch = wait.watch("snapshot", id, test, known)
  watch.until_gone = deleted
  return watch
end

-- May the wait go on after a failure? If the snapshot certainly existed, a replica may just not
-- have it yet.
local function tolerates(self, err)
  if err.kind == "decode" then
    self.odd = self.odd + 1
    return self.odd < ODD_ANSWERS
  elseif err.kind == "not_found" then
    self.misses = self.misses + 1
    return self.known and self.misses < MISSES
  end
  return errors.is_passing(err)
end

--- Applies what one poll found: a snapshot or volume, or an error.
-- @return whether the wait is over; then its value (true if gone), or nil and an error
function Watch:judge(found, err, now)
  local over, problem
  if found then
    self.odd, self.misses, self.known = 0, 0, true
    self.last, self.failure = found, nil
    over, problem = self.test(found, now)
  elseif self.until_gone and errors.is_gone(err) then
    over = true
  elseif tolerates(self, err) then
    self.failure = err.kind == "timeout" and self.failure or err -- the last poll has little time
    return false
  else
    problem = err
  end
  if problem then
    problem[self.kind] = problem[self.kind] or self.last
    return true, nil, problem
  end
  return over, over and (self.until_gone or found) or nil
end

--- To be called when a listing lacks it: if it is seen again, that may be by a replica that is
-- behind, so how long it has been AVAILABLE counts from then on.
function Watch:miss()
  self.test {}
end

--- The error when the time is up.
function Watch:timed_out(options)
  local last = self.last
  local seen = last and ("; last seen %s"):format(last.status or "without a status") or ""
  local met = self.failure and "; its last look failed: " .. self.failure.message or ""
  local message = ("the wait for %s %s ended after %s seconds%s%s"):format(self.kind, self.id,
    ascii.written(options.timeout), seen, met)
  return errors.new("timeout", message, { [self.kind] = last, cause = self.failure })
end

-- Seconds until the next poll; nil: the time is up. One poll is made just before the deadline, none
-- after it.
local function pause(options, polls, err, left)
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

--- Polls until the wait is over, or the time is up.
-- @param session the session whose clock is used, and which waits
-- @tparam table options from wait.options
-- @tparam function poll `poll(deadline)` returns whether the wait is over and, if not, perhaps an
-- error
-- @treturn boolean whether it was over in time
function wait.poll(session, options, poll)
  local stop = session.core:now() + options.timeout
  for polls = 1, math.huge do
    local over, err = poll(options.timeout > 0 and stop or nil)
    if over then
      return true
    end
    local seconds = pause(options, polls, err, stop - session.core:now())
    if not seconds then
      return false
    end
    session:sleep(seconds)
  end
end

--- Waits for one watch.
-- @tparam function get `get(deadline)` returns its current state; nil and an error
-- @return the watch's value; nil and an error
function wait.run(session, options, watch, get)
  local value, problem
  local in_time = wait.poll(session, options, function(deadline)
    local found, err = get(deadline)
    if found and options.on_progress then
      options.on_progress(found)
    end
    local over
    over, value, problem = watch:judge(found, err, session.core:now())
    return over, err
  end)
  if not in_time then
    return nil, watch:timed_out(options)
  end
  return value, problem
end

return wait
