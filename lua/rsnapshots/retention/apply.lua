--- Removes what a plan says, and reads each snapshot again before its delete.
--
-- It uses the client's `get`, `delete` and `group`.
local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local limit = require "rsnapshots.retention.limit"
local population = require "rsnapshots.retention.population"
local Results = require "rsnapshots.support.results"

local apply = {}

local OPTIONS = { dry_run = "boolean", concurrency = "any", on_progress = "function",
  max_remove = "any", stop = "function" }

-- ------------------------------------------------------- has it changed?

-- The first key whose value differs, nil if all are the same.
local function differing_key(before, after)
  for key, value in pairs(before) do
    if after[key] ~= value then
      return key
    end
  end
  for key in pairs(after) do
    if before[key] == nil then
      return key
    end
  end
  return nil
end

local FIELDS = { "status", "name", "volume_id", "group_snapshot_id" }

local function shown(value)
  return value == nil and "none" or "'" .. tostring(value) .. "'"
end

-- What changed since the snapshot was listed, for people; nil if nothing did.
local function change_of(before, after)
  for _, field in ipairs(FIELDS) do
    if before[field] ~= after[field] then
      return ("its %s was %s and is %s"):format(field, shown(before[field]), shown(after[field]))
    end
  end
  local key = differing_key(before.metadata, after.metadata)
  return key and ("its metadata has another '%s'"):format(tostring(key)) or nil
end

-- ------------------------------------------------------------ one of them

local function changed(record, change)
  return errors.new("conflict", ("snapshot %s changed since it was listed, and stays: %s")
    :format(record.id, change), { changed = true })
end

-- Is it being deleted, and otherwise as it was? Another run, or one that was killed, began that.
local function is_going(before, after)
  local status = after.status
  after.status = before.status
  local is_same = status == "DELETING" and not change_of(before, after)
  after.status = status
  return is_same
end

-- What has become of it: "gone", "deleted" if that has begun already, false if it is as it was; nil
-- and an error.
local function inspect(client, record)
  local snapshot, err = client:get(record.id)
  if not snapshot then
    return errors.is_gone(err) and "gone" or nil, err
  end
  local now = population.record(snapshot)
  if is_going(record, now) then
    return "deleted"
  end
  local change = change_of(record, now)
  if change then
    return nil, changed(record, change)
  end
  return false
end

-- Deletes it if it is as it was: "deleted", or "gone"; nil and an error.
local function remove(client, record)
  local seen, err = inspect(client, record)
  if seen ~= false then
    return seen, seen == nil and err or nil
  end
  local ok, problem = client:delete(record.id)
  if ok then
    return "deleted"
  elseif errors.is_gone(problem) then
    return "gone"
  elseif problem.kind == "invalid" or problem.kind == "conflict" then
    seen = inspect(client, record) -- another run may have been faster
  end
  return seen or nil, not seen and problem or nil
end

-- ------------------------------------------------------------- the whole

local function add(results, index, value, err)
  local entry = results.items[index]
  results:add(index, { item = entry.snapshot, entry = entry, ok = value ~= nil, value = value,
    error = err, changed = errors.is(err) and err.changed or false,
    left = value == nil and err == nil })
end

-- Those of one volume one after another, since back ends refuse two at once.
local function run(client, results, options)
  local group = client:group { concurrency = options.concurrency }
  for _, entry in ipairs(results.items) do
    group:spawn_serial(entry.record.volume_id or entry.record.id, function()
      if options.stop and options.stop() then
        return nil
      end
      return remove(client, entry.record)
    end)
  end
  group:each(function(task)
    add(results, task.index, task.value, task.error)
  end)
end

--- Applies a plan: see `rsnapshots.retention.apply`. A delete that had begun already counts as
-- "deleted", too.
function apply.run(client, plan, options)
  if type(plan) ~= "table" or type(plan.removals) ~= "function" then
    check.fail("the plan must be one that retention.plan gave")
  end
  options = check.fields(options, OPTIONS, "apply")
  local allowed, err = limit.check(plan, options.max_remove)
  if not allowed then
    return nil, err
  end
  local results = Results.new(plan:removals(), options.on_progress)
  if options.dry_run then
    for i in ipairs(results.items) do
      add(results, i, "planned")
    end
  else
    run(client, results, options)
  end
  return results.list, results.failures
end

return apply
