--- Removes what a plan says. It reads each snapshot again before it deletes it.
--
-- It uses the client's `get`, `delete` and `group`.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local plans = require "rsnapshots.retention.plan"
local policies = require "rsnapshots.retention.policy"
local Results = require "rsnapshots.support.results"

local apply = {}

local OPTIONS = { dry_run = "boolean", concurrency = "concurrency", on_progress = "function",
  max_remove = "any", stop = "function" }

-- ------------------------------------------------------------------ the limit
--
-- One wrong line in a policy must not delete months of snapshots. Only good snapshots count,
-- because nothing is lost with a failed one.

local DEFAULT = { percent = 50, above = 3 } -- for a group of more than `above` good snapshots

local function good_removals(group)
  local count = 0
  for _, entry in ipairs(group.remove) do
    count = count + (entry.record.status == "AVAILABLE" and 1 or 0)
  end
  return count
end

local function refused(message)
  return errors.fail("invalid", message .. ", so none goes; look at the plan, and raise max_remove "
    .. "(--max-remove) if that is what you want")
end

--- Is a plan within its limit? The limit is `wanted`, or the policy's `max_remove`, or half of each
-- group of more than three. If not: nil and an error of kind `invalid`, with both counts.
-- @treturn boolean true
-- @treturn int how many good snapshots this plan removes, plus `others`, which share the limit
function apply.check_limit(plan, wanted, others)
  local limit, err = plan.max_remove or DEFAULT, nil
  if wanted ~= nil then
    limit, err = check.caught(policies.limit, wanted, "max_remove")
  end
  if not limit then
    return nil, err
  end
  local sum = others or 0
  for _, group in ipairs(plan.groups) do
    local count = good_removals(group)
    sum = sum + count
    if limit.percent and group.good > (limit.above or 0)
      and count * 100 > limit.percent * group.good then
      return refused(("%d of %d snapshots of %s would go, and the limit is %d%%"):format(count,
        group.good, group.key == "" and "the group" or group.key, limit.percent))
    end
  end
  if limit.count and sum > limit.count then
    return refused(("%d snapshots would go, and the limit is %d"):format(sum, limit.count))
  end
  return true, sum
end

-- ------------------------------------------------------- has it changed?

-- A key whose value differs; nil if all are the same.
local function differing_key(before, after)
  for _, metadata in ipairs { before, after } do
    for key in pairs(metadata) do
      if before[key] ~= after[key] then
        return key
      end
    end
  end
  return nil
end

local FIELDS = { "status", "name", "volume_id", "group_snapshot_id" }

local function shown(value)
  return value == nil and "none" or "'" .. tostring(value) .. "'"
end

-- What has changed since the snapshot was listed, for people; nil if nothing has.
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

-- The state of a snapshot: "gone"; "deleted" if another or an earlier run has begun to delete it;
-- false if it is unchanged; nil and an error.
local function inspect(client, record)
  local snapshot, err = client:get(record.id)
  if err and errors.is_gone(err) then
    return "gone"
  elseif err then
    return nil, err
  end
  local now = plans.record(snapshot)
  local is_going = now.status == "DELETING" or now.status == "DELETED"
  now.status = is_going and record.status or now.status
  local change = now.is_blurred and "its metadata cannot be read" or change_of(record, now)
  if change then
    return errors.fail("conflict", ("snapshot %s changed since it was listed, and stays: %s")
      :format(record.id, change), { changed = true })
  end
  return is_going and "deleted"
end

-- Deletes a snapshot if it is unchanged: "deleted", or "gone"; nil and an error.
local function remove(client, record)
  local seen, err = inspect(client, record)
  if seen ~= false then
    return seen, err
  end
  local ok, problem = client:delete(record.id)
  if ok then
    return "deleted"
  elseif errors.is_gone(problem) then
    return "gone"
  elseif problem.kind == "invalid" or problem.kind == "conflict" then
    seen = inspect(client, record) -- another run may have deleted it first
  end
  return seen or nil, not seen and problem or nil
end

-- ------------------------------------------------------- has the group changed?
--
-- A plan may be days old, and a listing may show what is gone already. If the newest good snapshot
-- of a group is gone or no longer good, the snapshots to be removed may be all that is left.

-- What has become of the newest good snapshot, for people; nil if it is still good; nil and an
-- error.
local function decay_of(client, newest)
  local snapshot, err = client:get(newest)
  if err then
    return errors.is_gone(err) and "gone" or nil, err
  end
  local status = plans.record(snapshot).status
  return status ~= "AVAILABLE" and ascii.lower(status or "of no status") .. " now" or nil
end

-- Makes a function that takes an entry, and returns an error if the entry has to stay, otherwise
-- nil.
local function guard(client, plan)
  local newest, asked = {}, {}
  for _, group in ipairs(plan.groups) do
    for _, entry in ipairs(group.remove) do
      newest[entry] = group.newest
    end
  end
  return function(entry)
    local id = newest[entry]
    if not id then
      return nil
    end
    asked[id] = asked[id] or { decay_of(client, id) }
    local decay, err = asked[id][1], asked[id][2]
    return decay and errors.new("conflict", ("snapshot %s stays: %s, the newest good one that the "
      .. "plan keeps, is %s: make a new plan"):format(entry.record.id, id, decay),
      { changed = true }) or err
  end
end

-- ------------------------------------------------------------- the whole

local function complete(result)
  local entry = result.item
  result.item, result.entry = entry.snapshot, entry
  result.ok = result.value ~= nil
  result.changed = errors.is(result.error) and result.error.changed or false
  result.left = result.value == nil and result.error == nil
end

-- Makes the function that processes one entry.
local function task_of(client, plan, options)
  local obstacle = guard(client, plan)
  return function(entry)
    if options.dry_run then
      return "planned"
    elseif options.stop and options.stop() then
      return nil
    end
    local problem = obstacle(entry)
    if problem then
      return nil, problem
    end
    return remove(client, entry.record)
  end
end

--- Applies a plan: see `rsnapshots.retention.apply`. A delete that had already begun counts as
-- "deleted", too.
function apply.run(client, plan, options)
  if type(plan) ~= "table" or type(plan.removals) ~= "function" then
    check.fail("the plan must be one that retention.plan gave")
  end
  options = check.fields(options, OPTIONS, "apply")
  local allowed, err = apply.check_limit(plan, options.max_remove)
  if not allowed then
    return nil, err
  end
  -- snapshots of one volume are removed one after another, because back ends refuse two deletes at
  -- once
  return Results.run(client, plan:removals(), options,
    function(entry) return entry.record.volume_id or entry.record.id end,
    task_of(client, plan, options), complete)
end

return apply
