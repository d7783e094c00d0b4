--- A plan: what stays and what goes. It changes nothing by itself.
--
-- `plan[i]` is an entry, newest first: `snapshot`, `keep`, `reasons` (a list of texts), `group`
-- (the group's key). `plan.groups[i]` has `key`, `reference` (the time that `keep_within` counts
-- from, nil if there is none), `keep` and `remove` (lists of entries), `good` (how many of its
-- snapshots the rules decide about), `newest` (the id of the one whose end would keep the others:
-- the newest of these, or the run's own) and `size` (GiB: `kept`, `removed`).
local ascii = require "rsnapshots.support.ascii"
local calendar = require "rsnapshots.retention.calendar"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local mark = require "rsnapshots.retention.mark"
local policies = require "rsnapshots.retention.policy"
local rules = require "rsnapshots.retention.rules"
local tables = require "rsnapshots.support.tables"

local plan = {}

local Plan = { __name = "rsnapshots.Plan" }
Plan.__index = Plan

local FAILED_FOR = 86400 -- seconds that a failed one stays, so that people can see why it failed

-- --------------------------------------------------------- the snapshots

-- The snapshots that a caller gives: a list, a page, or a listing, which is read to its end.
-- Anything else raises an error.
-- @treturn table nil and an error if the listing failed
local function read_all(list)
  local is_table = type(list) == "table"
  if (is_table or type(list) == "userdata") and type(list.all) == "function" then
    return list:all()
  elseif is_table and list.id ~= nil or not is_table and type(list) ~= "userdata" then
    check.fail("snapshots must be a list of snapshots, or a listing; "
      .. (list == nil and "it is missing" or "this is a " .. type(list)))
  end
  return list
end

-- Is there metadata that nobody can read? Gateways may make a text or a list out of it.
local function is_unreadable(snapshot, metadata)
  if core.is_snapshot(snapshot) and next(metadata) == nil then
    metadata = snapshot:raw "metadata"
    return metadata ~= nil and metadata ~= "" and (type(metadata) ~= "table"
      or next(metadata) ~= nil)
  end
  return metadata ~= nil and metadata ~= "" and type(metadata) ~= "table"
end

--- When a snapshot was made, in Unix seconds; nil if nobody can tell. The beginning of 1970, in any
-- zone, is what services write for no time.
function plan.time_of(snapshot)
  local time = snapshot.created_time
  return calendar.is_time(time) and not calendar.is_offset(time) and time or nil
end

--- What matters about a snapshot, whether it is a Snapshot or a table.
-- @treturn table `id`, `name`, `status` (upper case), `metadata`, `volume_id`, `project_id`,
-- `group_snapshot_id`, `size`, `time` (nil: it cannot be read), `is_blurred` (there is metadata,
-- and it cannot be read)
function plan.record(snapshot)
  local metadata, status, size = snapshot.metadata, snapshot.status, snapshot.size
  return {
    snapshot = snapshot, id = snapshot.id, name = snapshot.name,
    status = type(status) == "string" and ascii.upper(status) or nil,
    metadata = type(metadata) == "table" and metadata or {},
    is_blurred = is_unreadable(snapshot, metadata),
    volume_id = snapshot.volume_id, project_id = snapshot.project_id,
    group_snapshot_id = snapshot.group_snapshot_id,
    size = type(size) == "number" and size or 0,
    time = plan.time_of(snapshot),
  }
end

local function checked_record(snapshot, i)
  local kind = type(snapshot)
  if kind ~= "table" and kind ~= "userdata" then
    check.fail(("snapshots[%d] must be a snapshot, not a %s"):format(i, kind))
  end
  local record = plan.record(snapshot)
  if type(record.id) ~= "string" or record.id == "" then
    check.fail(("snapshots[%d] has no id"):format(i))
  end
  return record
end

-- Does `a` come before `b`? Newest first, ties by id, unreadable times last.
local function is_before(a, b)
  if a.time ~= b.time then
    return a.time ~= nil and (b.time == nil or a.time > b.time)
  end
  return ascii.less(b.id, a.id)
end

-- The records of snapshots in groups, each with the newest first.
-- @param snapshots a list, or a page; a snapshot that is in it twice counts once
-- @string group_by a field's name, or "none"
-- @treturn {table,...} groups: `key` ("" for records without such a field) and `records`
local function groups_of(snapshots, group_by)
  local groups, by_key, seen = {}, {}, {}
  for i = 1, #snapshots do
    local record = checked_record(snapshots[i], i)
    local key = type(record[group_by]) == "string" and record[group_by] or ""
    if not seen[record.id] then
      seen[record.id] = true
      if not by_key[key] then
        by_key[key] = { key = key, records = {} }
        groups[#groups + 1] = by_key[key]
      end
      table.insert(by_key[key].records, record)
    end
  end
  for _, group in ipairs(groups) do
    table.sort(group.records, is_before)
  end
  table.sort(groups, function(a, b) return ascii.less(a.key, b.key) end)
  return groups
end

-- ---------------------------------------------------------- one snapshot

-- Why it is not ours; nil if it is. If it belongs to another policy, that becomes its `owner`.
local function not_ours(record, policy)
  local owner = mark.of(record)
  if owner and policy.name and owner ~= policy.name then
    record.owner = owner
    return ('of policy "%s"'):format(owner)
  elseif not owner and not policy.all then
    return "not made by rsnapshots"
  end
  return nil
end

-- Why the rules do not decide about it, apart from its status: a list of reasons.
local function obstacles(record, policy)
  local reasons = { not_ours(record, policy) }
  if mark.holds(record.metadata, policy.now, policy.utc_offset) then
    reasons[#reasons + 1] = "held"
  elseif record.is_blurred then
    reasons[#reasons + 1] = "metadata unknown"
  end
  if record.group_snapshot_id ~= nil then
    reasons[#reasons + 1] = ("part of group snapshot %s: Cinder refuses to delete it alone")
      :format(tostring(record.group_snapshot_id))
  end
  if not record.time then
    reasons[#reasons + 1] = "time unknown"
  end
  if policy.group_by ~= "none" and type(record[policy.group_by]) ~= "string" then
    reasons[#reasons + 1] = policy.group_by .. " unknown"
  end
  return reasons
end

-- The newest good snapshot, if this one is ours, failed long ago and is older.
local function successor(record, policy, candidates)
  local newest = candidates[1]
  if record.status == "ERROR" and mark.of(record) and newest and newest.time > record.time
    and record.time < policy.now - FAILED_FOR then
    return newest
  end
  return nil
end

-- ------------------------------------------------------------- one group

local function name_of(group)
  return group.key == "" and "the group" or group.key
end

-- The records that the rules decide about, newest first, and the time that `keep_within` counts
-- from. Sets the `obstacles` of every record.
local function candidates_of(group, policy)
  local candidates, reference = {}, nil
  for _, record in ipairs(group.records) do
    record.obstacles = obstacles(record, policy)
    if #record.obstacles == 0 and record.status == "AVAILABLE" then
      candidates[#candidates + 1] = record
      record.index = #candidates
      reference = reference or record.time <= policy.now and record.time or nil
    end
  end
  if #candidates > 0 then
    candidates[#candidates].is_oldest = true
  end
  return candidates, reference
end

-- Asks every rule. Returns whether the snapshot stays, and the reasons.
local function ask(record, policy, all)
  local reasons = {}
  for _, rule in ipairs(all) do
    reasons[#reasons + 1] = rule:keeps(record)
  end
  if #reasons == 0 and record.index == 1 then
    return true, { "newest good snapshot" }
  elseif #reasons == 0 and record.id == policy.stays then
    return true, { "the run's own snapshot" }
  elseif #reasons > 0 then
    return true, reasons
  end
  for i, rule in ipairs(all) do
    reasons[i] = rule:loss(record)
  end
  return false, reasons
end

local function judge(record, policy, candidates, reference, all)
  if record.index and reference then
    return ask(record, policy, all)
  elseif record.index then
    return true, { "dated after now: there is nothing to count from" }
  end
  local reasons = record.obstacles
  local good = reference and #reasons == 0 and successor(record, policy, candidates)
  if good then
    return false, { ("failed, and %s is newer"):format(good.id) }
  elseif record.status ~= "AVAILABLE" then
    reasons[#reasons + 1] = "not available: " .. ascii.lower(record.status or "status unknown")
  end
  return true, reasons
end

--- A group of a plan, without entries.
function plan.group(key, reference, good)
  return { key = key, reference = reference, good = good, keep = {}, remove = {},
    size = { kept = 0, removed = 0 } }
end

--- Adds the entry of a record to a group.
function plan.add(group, record, keep, reasons)
  local part = keep and "kept" or "removed"
  table.insert(keep and group.keep or group.remove, { snapshot = record.snapshot, keep = keep,
    reasons = reasons, group = group.key, record = record })
  group.size[part] = group.size[part] + record.size
end

local function warn_of_unreadable(warnings, what, count, group)
  if count > 0 then
    warnings[#warnings + 1] = ("the %s of %d snapshot%s of %s cannot be read, and %s"):format(what,
      count, count == 1 and "" or "s", name_of(group), count == 1 and "it stays" or "they stay")
  end
end

-- Warns of snapshots that stay only because something about them cannot be read.
local function warn_of_blurs(warnings, group, policy)
  local metadata, times = 0, 0
  for _, record in ipairs(group.records) do
    if record.is_blurred then
      metadata = metadata + 1
    elseif not record.time and not not_ours(record, policy) then
      times = times + 1
    end
  end
  warn_of_unreadable(warnings, "metadata", metadata, group)
  warn_of_unreadable(warnings, "times", times, group)
end

-- Decides about a group, and returns its part of the plan. Adds to `whole.others` how many
-- snapshots belong to each other policy, and to `whole.warnings`.
local function decide(group, policy, whole)
  local candidates, reference = candidates_of(group, policy)
  local all = reference and rules.of(policy, reference) or {}
  local decided = plan.group(group.key, reference, #candidates)
  decided.newest = candidates[1] and candidates[1].id
  for _, record in ipairs(group.records) do
    if record.index and record.id == policy.stays then
      decided.newest = record.id -- it was seen a moment ago; a listing may show what is gone
    end
    if record.owner then
      whole.others[record.owner] = (whole.others[record.owner] or 0) + 1
    end
    plan.add(decided, record, judge(record, policy, candidates, reference, all))
  end
  if #candidates > 0 and not reference then
    table.insert(whole.warnings, ("every snapshot of %s is dated after now, and all of them stay: "
      .. "is the clock right?"):format(name_of(group)))
  end
  warn_of_blurs(whole.warnings, group, policy)
  return decided
end

-- ---------------------------------------------------------------- the whole

--- Makes a plan of groups.
-- @tparam table fields `name`, `now`, `max_remove`; perhaps `warnings`, `others`
function plan.assemble(groups, fields)
  local entries = { groups = groups, counts = { kept = 0, removed = 0 },
    size = { kept = 0, removed = 0 }, warnings = {}, others = {} }
  for _, group in ipairs(groups) do
    for part, list in pairs { kept = group.keep, removed = group.remove } do
      entries.counts[part] = entries.counts[part] + #list
      entries.size[part] = entries.size[part] + group.size[part]
      for _, entry in ipairs(list) do
        entries[#entries + 1] = entry
      end
    end
  end
  table.sort(entries, function(a, b) return is_before(a.record, b.record) end)
  return setmetatable(tables.fill(entries, fields), Plan)
end

-- Tags that no snapshot at all has are probably a typing error.
local function warn_of_tags(made, policy)
  for _, set in ipairs(policy.keep_tag or {}) do
    local is_met = #set == 0
    for _, entry in ipairs(made) do
      is_met = is_met or rules.has_tags(entry.record.metadata, set)
    end
    if not is_met then
      table.insert(made.warnings, ("keep_tag %s: no snapshot has these tags"):format(set.text))
    end
  end
end

--- Makes a plan: see `rsnapshots.retention.plan`.
function plan.make(snapshots, given)
  local policy, err = policies.read(given)
  if not policy then
    return nil, err
  end
  local list, problem = read_all(snapshots)
  if not list then
    return nil, problem
  end
  local decided = {}
  local whole = { name = policy.name, now = policy.now, max_remove = policy.max_remove,
    others = {}, warnings = {} }
  for i, group in ipairs(groups_of(list, policy.group_by)) do
    decided[i] = decide(group, policy, whole)
  end
  local made = plan.assemble(decided, whole)
  warn_of_tags(made, policy)
  return made
end

--- The entries that go, oldest first: the order in which they are deleted.
function Plan:removals()
  local found = {}
  for i = #self, 1, -1 do
    if not self[i].keep then
      found[#found + 1] = self[i]
    end
  end
  return found
end

--- The same plan for some of `plan.groups` only.
function Plan:part(groups)
  return plan.assemble(groups, { name = self.name, now = self.now, max_remove = self.max_remove })
end

return plan
