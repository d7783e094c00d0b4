--- Removes what a plan says, one look before each delete.
--
-- It uses the client's `get`, `delete` and `group`.
local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local limit = require "rsnapshots.retention.limit"
local population = require "rsnapshots.retention.population"

local apply = {}

local OPTIONS = { dry_run = true, concurrency = true, on_progress = true, max_remove = true,
  stop = true }

local function check_options(options)
  options = check.optional(options, "table", "options") or {}
  check.keys(options, OPTIONS, "apply")
  check.optional(options.dry_run, "boolean", "dry_run")
  check.optional(options.on_progress, "function", "on_progress")
  check.optional(options.stop, "function", "stop")
  return options
end

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

-- Does an error say, for certain, that it is gone? (Not where nobody serves that URL.)
local function is_gone(err)
  return err.kind == "not_found" and not err.unrouted
end

-- Is it on its way out, and else as it was? Another run, or one that was killed, has begun that.
local function is_going(before, after)
  local status = after.status
  after.status = before.status
  local is_same = status == "DELETING" and not change_of(before, after)
  after.status = status
  return is_same
end

-- What a look shows: "gone", "deleted" where that has begun already, false where it is as it was;
-- nil and an error.
local function look(client, record)
  local snapshot, err = client:get(record.id)
  if not snapshot then
    return is_gone(err) and "gone" or nil, err
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

-- Looks, and deletes what is as it was: "deleted", or "gone"; nil and an error.
local function remove(client, entry)
  local record = entry.record
  local seen, err = look(client, record)
  if seen ~= false then
    return seen, seen == nil and err or nil
  end
  local ok, problem = client:delete(record.id)
  if ok then
    return "deleted"
  elseif is_gone(problem) then
    return "gone"
  elseif problem.kind == "invalid" or problem.kind == "conflict" then
    seen = look(client, record) -- another run may have been faster
  end
  return seen or nil, not seen and problem or nil
end

-- ------------------------------------------------------------- the whole

local Results = {}
Results.__index = Results

local function results_for(removals, on_progress)
  return setmetatable({ list = {}, removals = removals, done = 0, failures = 0,
    on_progress = on_progress }, Results)
end

function Results:add(index, value, err)
  local entry = self.removals[index]
  local result = { index = index, item = entry.snapshot, entry = entry, ok = value ~= nil,
    value = value, error = err, changed = err ~= nil and errors.is(err) and err.changed or false,
    left = value == nil and err == nil }
  self.list[index] = result
  self.done = self.done + 1
  self.failures = self.failures + (result.ok and 0 or 1)
  if self.on_progress then
    self.on_progress(self.done, #self.removals, result)
  end
end

-- Those of one volume one after another, since back ends refuse two at once.
local function run(client, removals, options)
  local group = client:group { concurrency = options.concurrency }
  for i, entry in ipairs(removals) do
    group:spawn_serial(entry.record.volume_id or entry.record.id, function()
      if options.stop and options.stop() then
        return nil
      end
      return remove(client, removals[i])
    end)
  end
  local results = results_for(removals, options.on_progress)
  group:each(function(task)
    results:add(task.index, task.value, task.error)
  end)
  return results
end

--- Applies a plan.
-- @tparam Client client
-- @tparam Plan plan
-- @tparam[opt] table options `dry_run` (nothing is sent), `concurrency` (8), `on_progress(done,
-- total, result)`, `stop` (a function that is asked before each; true: the rest is left),
-- `max_remove` (a number in all, or a percentage of each group such as "50%", or "unlimited"; else
-- the policy's; else half of each group of more than three)
-- @treturn table results, oldest first: `ok`, `value` ("deleted", also where that had begun
-- already, "gone", in a dry run "planned"),
-- `error`, `changed` (is the error that it changed since it was listed?), `left` (because of
-- `stop`), `index`, `item` (the snapshot), `entry` (of the plan); nil and an error of kind
-- `invalid` where more would go than `max_remove`, nothing being removed
-- @treturn integer how many failed, had changed or were left
function apply.run(client, plan, options)
  if type(plan) ~= "table" or type(plan.removals) ~= "function" then
    check.fail("the plan must be one that retention.plan gave")
  end
  options = check_options(options)
  local allowed, err = limit.check(plan, options.max_remove)
  if not allowed then
    return nil, err
  end
  local removals = plan:removals()
  local results
  if options.dry_run then
    results = results_for(removals, options.on_progress)
    for i in ipairs(removals) do
      results:add(i, "planned")
    end
  else
    results = run(client, removals, options)
  end
  return results.list, results.failures
end

return apply
