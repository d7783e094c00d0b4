--- Waits for snapshots and volumes, and shows the progress. A signal ends the wait but not the
-- command, which may still have to report what it did before.
-- @module rsnapshots.cli.run.waiting

local ascii = require "rsnapshots.support.ascii"
local lookup = require "rsnapshots.cli.run.lookup"
local many = require "rsnapshots.cli.run.many"
local status = require "rsnapshots.cli.run.status"

local waiting = {}

-- The name of a snapshot or volume, for people.
local function label(item)
  return type(item) == "string" and item or lookup.label(item)
end

-- Calls a function that waits for items. Returns its first two results; nil if a signal ended it.
local function until_signal(context, items, wait, ...)
  local ok, first, second = pcall(wait, ...)
  context:progress():clear()
  if ok then
    return first, second
  elseif not context.is_interruption(first) then
    error(first, 0)
  end
  local names = {}
  for i, item in ipairs(items) do
    names[i] = label(item)
  end
  context:note("interrupted while waiting for " .. table.concat(names, ", "))
  return nil
end

local function show_one(context)
  return function(snapshot)
    local progress = snapshot.progress and " " .. snapshot.progress or ""
    context:progress():show(("%s: %s%s"):format(label(snapshot),
      ascii.lower(snapshot.status or "no status"), progress))
  end
end

local function limit_of(context)
  return context.options.timeout
end

-- One snapshot is polled by itself, which shows its progress; several are polled by listing.
local function wait_for(context, snapshots, deleted)
  local client = context.client
  if #snapshots == 1 then
    local method = deleted and client.wait_until_deleted or client.wait_until_complete
    local value, err = method(client, snapshots[1],
      { timeout = limit_of(context), on_progress = show_one(context) })
    return { { ok = value ~= nil, value = value, error = err } }
  end
  context:progress():show(("0 of %d"):format(#snapshots))
  return context.must(client:wait_all(snapshots, {
    timeout = limit_of(context), deleted = deleted,
    on_progress = function(done, total)
      context:progress():show(("%d of %d"):format(done, total))
    end,
  }))
end

local function conclude(context, snapshots, results)
  return many.conclude(context, snapshots, label, function(place)
    return results[place].ok, results[place].error
  end)
end

--- Waits until snapshots are complete.
-- @tparam Context context connected
-- @tparam table snapshots
-- @treturn table the snapshots as they are then
-- @treturn int the exit status; the signal's, if one came
function waiting.complete(context, snapshots)
  if #snapshots == 0 then
    return snapshots, status.DONE
  end
  local results = until_signal(context, snapshots, wait_for, context, snapshots, false)
  if not results then
    return snapshots, context.signal_status()
  end
  local fresh = {}
  for i, result in ipairs(results) do
    fresh[i] = result.ok and result.value or result.error.snapshot or snapshots[i]
  end
  return fresh, conclude(context, snapshots, results)
end

--- Waits until snapshots are gone.
-- @treturn int the exit status; the signal's, if one came
function waiting.gone(context, snapshots)
  if #snapshots == 0 then
    return status.DONE
  end
  local results = until_signal(context, snapshots, wait_for, context, snapshots, true)
  return not results and context.signal_status() or conclude(context, snapshots, results)
end

--- Waits until a volume is available.
-- @tparam Context context connected
-- @param volume its id, or what client:restore returned
-- @treturn table the volume as it is then, or the argument if a signal came; nil and an error
function waiting.volume(context, volume)
  local client = context.client
  local options = { timeout = limit_of(context), on_progress = function(seen)
    context:progress():show(("%s: %s"):format(label(seen), seen.status))
  end }
  local ready, err = until_signal(context, { volume }, client.wait_until_available, client, volume,
    options)
  return ready or not err and volume or nil, err
end

--- The error at the end of a wait that was made in steps: its limit is that of the whole wait.
-- @tparam Error err of the last step
-- @number timeout seconds
function waiting.with_limit(err, timeout)
  err.message = err.message:gsub("after %S+ seconds", ("after %s seconds"):format(
    ascii.written(timeout)), 1)
  return err
end

local LEAST_OF_SIGNALS = 129

--- The exit status after two steps for the same things.
function waiting.worse(one, other)
  local greater = math.max(one, other)
  if one == status.DONE or other == status.DONE or greater >= LEAST_OF_SIGNALS then
    return greater
  end
  return one == other and one or status.SOME
end

return waiting
