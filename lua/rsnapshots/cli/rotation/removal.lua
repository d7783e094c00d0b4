--- Applies plans in a command: reports what went, what stayed and why, and gives the exit status.
-- @module rsnapshots.cli.rotation.removal

local core = require "rsnapshots.core"
local lookup = require "rsnapshots.cli.run.lookup"
local retention = require "rsnapshots.retention"
local status = require "rsnapshots.cli.run.status"
local tables = require "rsnapshots.support.tables"
local waiting = require "rsnapshots.cli.run.waiting"

local removal = {}

local STEP = 20 -- seconds of waiting after which a signal is heeded
local INTERVAL = 5 -- seconds between two looks after the first step
local TIMEOUT = 600 -- seconds after which deleted snapshots must be gone

--- A new outcome: `removed`, `failed`, `left`, `going` (counts; a signal leaves some, also some
-- whose delete was accepted), `changed` (did a snapshot change?), `first` (the exit status of the
-- first failure).
function removal.outcome()
  return { removed = 0, failed = 0, left = 0, going = 0, changed = false }
end

--- What a signal left unfinished, for people: `, 3 left, 2 being deleted`; "" if that is nothing.
function removal.unfinished(outcome)
  return (outcome.left > 0 and (", %d left"):format(outcome.left) or "")
    .. (outcome.going > 0 and (", %d being deleted"):format(outcome.going) or "")
end

--- Prints a plan's warnings.
-- @tparam Context context
-- @tparam Plan plan
function removal.warn(context, plan)
  for _, warning in ipairs(plan.warnings) do
    context:note("warning: " .. warning)
  end
end

-- Counts the snapshots of each policy that is not among the known ones.
local function count_orphans(plans, known)
  local counts, names = {}, {}
  for _, plan in ipairs(plans) do
    for name, count in pairs(plan.others) do
      if not known[name] then
        names[#names + 1] = not counts[name] and name or nil
        counts[name] = (counts[name] or 0) + count
      end
    end
  end
  table.sort(names)
  return counts, names
end

--- Warns about snapshots whose policy is not known here: perhaps nothing removes them any more.
-- @tparam Context context
-- @tparam {Plan,...} plans
-- @tparam table known the names of the known policies, as keys
function removal.warn_of_orphans(context, plans, known)
  local counts, names = count_orphans(plans, known)
  for _, name in ipairs(names) do
    local count = counts[name]
    context:note(("warning: no policy here is named \"%s\": this run keeps its %d snapshot%s")
      :format(name, count, count == 1 and "" or "s"))
  end
end

-- The name with the id.
local function name_of(item)
  local name = lookup.name(item)
  return name and ("%s (%s)"):format(name, item.id) or item.id
end

local function fail(context, outcome, snapshot, err)
  outcome.failed = outcome.failed + 1
  local exit_status = context:report(err, name_of(snapshot))
  outcome.first = outcome.first or exit_status
end

--- Counts and reports a group that loses nothing because of an error.
-- @tparam Context context
-- @tparam table outcome
-- @tparam table group of a plan
-- @tparam Error err why
function removal.refuse(context, outcome, group, err)
  outcome.failed = outcome.failed + #group.remove
  local exit_status = context:report(err)
  outcome.first = outcome.first or exit_status
end

-- Services often refuse to delete a snapshot from which volumes were made.
local function explain_refusal(context, snapshot, err)
  if err.changed or (err.kind ~= "invalid" and err.kind ~= "conflict") then
    return
  end
  local dependents = context.client:dependents(snapshot.id)
  for _, volume in ipairs(dependents or {}) do
    context.detail(("volume %s was made from it"):format(name_of(volume)))
  end
end

-- Counts the results. Returns the snapshots whose delete was accepted.
local function sort_results(context, results, outcome)
  local accepted = {}
  for _, result in ipairs(results) do
    if result.left then
      outcome.left = outcome.left + 1
    elseif result.value == "deleted" then
      accepted[#accepted + 1] = result.item
    elseif result.ok then
      outcome.removed = outcome.removed + 1 -- it is gone already
    else
      outcome.changed = outcome.changed or result.changed
      fail(context, outcome, result.item, result.error)
      explain_refusal(context, result.item, result.error)
    end
  end
  return accepted
end

local function limit_of(context)
  return context.options.timeout or TIMEOUT
end

-- Waits until snapshots are gone: an accepted delete may still fail. Returns those that are still
-- there after a step, unless it is the last.
local function await_step(context, accepted, outcome, step, is_last)
  local results = context.must(context.client:wait_all(tables.ids(accepted), step))
  local rest = {}
  for i, result in ipairs(results) do
    if result.ok then
      outcome.removed = outcome.removed + 1
    elseif is_last or result.error.kind ~= "timeout" then
      fail(context, outcome, accepted[i], waiting.with_limit(result.error, limit_of(context)))
    else
      rest[#rest + 1] = accepted[i]
    end
  end
  return rest
end

-- Does so in steps. After a signal, it only looks which of them are gone.
local function await(context, accepted, outcome)
  local deadline, step = core.now() + limit_of(context), { deleted = true }
  while #accepted > 0 do
    local is_stopping, left = context:is_stopping(), math.max(0, deadline - core.now())
    step.timeout = is_stopping and 0 or math.min(STEP, left)
    accepted = await_step(context, accepted, outcome, step, not is_stopping and left < STEP)
    step.interval = INTERVAL
    if is_stopping then
      outcome.going = outcome.going + #accepted
      return
    end
  end
end

--- Removes the snapshots that a plan does not keep, and waits until they are gone.
-- @tparam Context context connected
-- @tparam Plan plan
-- @tparam table outcome gets the results
-- @param[opt] max_remove as for rsnapshots.retention.apply
function removal.apply(context, plan, outcome, max_remove)
  local results = context.must(retention.apply(context.client, plan, {
    max_remove = max_remove,
    stop = function() return context:is_stopping() end,
    on_progress = function(done, total)
      context:progress():show(("removing %d of %d"):format(done, total))
    end,
  }))
  local accepted = sort_results(context, results, outcome)
  if #accepted > 0 then
    context:progress():show(("waiting until %d are gone"):format(#accepted))
    await(context, accepted, outcome)
  end
  context:progress():clear()
end

--- The exit status: 3 if a snapshot had changed, or if only some were removed.
function removal.status(outcome)
  if outcome.failed == 0 then
    return status.DONE
  end
  return (outcome.changed or outcome.removed > 0) and status.SOME or outcome.first
end

--- Prints the totals. Returns the exit status.
function removal.conclude(context, outcome)
  local totals = ("%d removed"):format(outcome.removed)
    .. (outcome.failed > 0 and (", %d not"):format(outcome.failed) or "")
    .. removal.unfinished(outcome)
  if not context.options.quiet then
    context.out:print(totals .. "\n")
  elseif context:is_stopping() then
    context:warn("stopped: " .. totals)
  end
  return context:is_stopping() and context.signal_status() or removal.status(outcome)
end

return removal
