--- The snapshots that a plan is made of: read once, grouped, in order.
local ascii = require "rsnapshots.support.ascii"
local calendar = require "rsnapshots.retention.calendar"
local check = require "rsnapshots.support.check"

local population = {}

-- A listing is read by its own method; a page, or a list, by its length.
local function is_listing(value)
  local kind = type(value)
  return (kind == "table" or kind == "userdata") and type(value.all) == "function"
end

-- As a table of its own. Anything that is not a list raises.
local function copy_list(list)
  if type(list) ~= "userdata" and (type(list) ~= "table" or list.id ~= nil) then
    check.fail("snapshots must be a list of snapshots, or a listing; "
      .. (list == nil and "it is missing" or "this is a " .. type(list)))
  end
  local items = {}
  for i = 1, #list do
    items[i] = list[i]
  end
  return items
end

--- All that a caller gives: a list, a page or a listing, which is read to its end.
-- @treturn table nil and an error where the listing did not complete
function population.read(snapshots)
  if is_listing(snapshots) then
    local all, err = snapshots:all()
    return all and copy_list(all), err
  end
  return copy_list(snapshots)
end

--- What matters of a snapshot, whatever it is kept in.
-- @treturn table `id`, `name`, `status` (capitals), `metadata`, `volume_id`, `project_id`,
-- `group_snapshot_id`, `size`, `time` (nil: nobody can read it)
function population.record(snapshot)
  local metadata, status = snapshot.metadata, snapshot.status
  local time, size = snapshot.created_time, snapshot.size
  return {
    snapshot = snapshot, id = snapshot.id, name = snapshot.name,
    status = type(status) == "string" and ascii.upper(status) or nil,
    metadata = type(metadata) == "table" and metadata or {},
    volume_id = snapshot.volume_id, project_id = snapshot.project_id,
    group_snapshot_id = snapshot.group_snapshot_id,
    size = type(size) == "number" and size or 0,
    time = calendar.is_time(time) and time or nil,
  }
end

local function checked_record(snapshot, i)
  local kind = type(snapshot)
  if kind ~= "table" and kind ~= "userdata" then
    check.fail(("snapshots[%d] must be a snapshot, not a %s"):format(i, kind))
  end
  local record = population.record(snapshot)
  if type(record.id) ~= "string" or record.id == "" then
    check.fail(("snapshots[%d] has no id"):format(i))
  end
  return record
end

--- Is there a text to group this record by?
function population.has_group(record, group_by)
  return type(record[group_by]) == "string"
end

--- Is one record before another: newest first, ties by id, unreadable times last?
function population.before(a, b)
  if a.time ~= b.time then
    return a.time ~= nil and (b.time == nil or a.time > b.time)
  end
  return ascii.less(b.id, a.id)
end

--- The records of snapshots by group, each newest first.
-- @tparam table snapshots a list; what is in it twice counts once
-- @string group_by a field's name, or "none"
-- @treturn {table,...} groups: `key` ("" where a record has no such field) and `records`
function population.groups(snapshots, group_by)
  local groups, by_key, seen = {}, {}, {}
  for i, snapshot in ipairs(snapshots) do
    local record = checked_record(snapshot, i)
    local key = population.has_group(record, group_by) and record[group_by] or ""
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
    table.sort(group.records, population.before)
  end
  table.sort(groups, function(a, b) return ascii.less(a.key, b.key) end)
  return groups
end

return population
