--- Does the same for several items, some at once. Each failure gets a line, and does not stop the
-- others. After a signal, items that have begun are finished.
-- @module rsnapshots.cli.run.many

local status = require "rsnapshots.cli.run.status"

local many = {}

local CONCURRENCY = 8

-- Makes the function that processes one item. Until it begins, `results` is nil at the item's
-- place.
local function task_of(context, results, action, item, place)
  return function()
    if not context:is_stopping() then
      results[place] = { under_way = true }
      local value, err = action(item, place)
      results[place] = { value = value, err = err }
    end
    return true
  end
end

local function spawn(group, key, body)
  if key == nil then
    group:spawn(body)
  else
    group:spawn_serial(key, body)
  end
end

local function await(context, group, total)
  for done = 0, total do
    if total > 1 then
      context:progress():show(("%d of %d"):format(done, total))
    end
    local task = group:next()
    if task and not task.ok then
      error(task.error, 0)
    end
  end
end

local function run_all(context, items, results, action, key_of)
  local group = context.client:group { concurrency = CONCURRENCY }
  for i, item in ipairs(items) do
    spawn(group, key_of and key_of(item), task_of(context, results, action, item, i))
  end
  local ok, raised = pcall(await, context, group, #items)
  if not ok then
    group:cancel()
    error(raised, 0)
  end
end

local function names_of(items, describe, wanted)
  local names = {}
  for i, item in ipairs(items) do
    if wanted(i) then
      names[#names + 1] = describe(item)
    end
  end
  return names
end

-- After a signal, lists what was done, what was not, and what is unknown. What was not done is a
-- failure, which --quiet does not hide.
local function tell_stopped(context, items, results, describe)
  local function list(tell, title, wanted)
    local names = names_of(items, describe, wanted)
    if #names > 0 then
      tell(context, ("%s: %s"):format(title, table.concat(names, ", ")))
    end
  end
  local note, warn = context.note, context.warn
  list(note, "done", function(i) return results[i] and results[i].value ~= nil end)
  list(warn, "unknown whether done", function(i) return results[i] and results[i].under_way end)
  list(warn, "not done", function(i) return results[i] == nil end)
end

--- Reports what failed. Returns the exit status.
-- @tparam Context context
-- @tparam table items
-- @tparam function describe returns an item's name for messages
-- @tparam function outcome_of takes a place, and returns true if the item was done, false and an
-- error if it failed, nil if it was not finished
-- @treturn int
function many.conclude(context, items, describe, outcome_of)
  local failed, done, first = 0, 0, nil
  for i, item in ipairs(items) do
    local ok, err = outcome_of(i)
    if err then
      failed = failed + 1
      local exit_status = context:report(err, #items > 1 and describe(item) or nil)
      first = first or exit_status
    elseif ok then
      done = done + 1
    end
  end
  if failed > 0 and #items > 1 then
    context:warn(("%d of %d failed"):format(failed, #items))
  end
  return failed == 0 and status.DONE or done > 0 and status.SOME or first
end

--- Does something for each item.
-- @tparam Context context connected
-- @tparam table items
-- @tparam function action `action(item, place)` returns a value, or nil and an error
-- @tparam[opt] table options `describe(item)` returns a name for messages; `key(item)`: items with
-- the same key are done one after another
-- @treturn table by place: the value, nil if there is none
-- @treturn int the exit status; the signal's, if one came
function many.each(context, items, action, options)
  local describe, results = options and options.describe or tostring, {}
  local ok, raised = pcall(context.changing, context, run_all, context, items, results, action,
    options and options.key)
  if not ok and not context.is_interruption(raised) then
    error(raised, 0)
  end
  context:progress():clear()
  local exit_status = many.conclude(context, items, describe, function(place)
    local result = results[place]
    return result and not result.under_way and not result.err, result and result.err
  end)
  if context:is_stopping() then
    tell_stopped(context, items, results, describe)
    exit_status = context.signal_status()
  end
  local values = {}
  for i in ipairs(items) do
    values[i] = results[i] and results[i].value
  end
  return values, exit_status
end

return many
