--- A policy at work: a row for each volume, a cell for each day.
-- @module rsnapshots.cli.picture.model

local calendar = require "rsnapshots.retention.calendar"

local model = {}

local DAY = 86400

local BUSY = { CREATING = true, ["BACKING-UP"] = true, RESTORING = true, DELETING = true,
  UNMANAGING = true }

local function state_of(entry)
  local status = entry.snapshot.status
  if status == "ERROR" or status == "ERROR_DELETING" then
    return "failed"
  elseif not entry.keep then
    return "removed"
  end
  return BUSY[status] and "busy" or "kept"
end

local function day_of(time, offset)
  return math.floor((time + offset) / DAY)
end

-- The days of the picture, oldest first: `name` (2026-03-01), `number`.
local function days_until(now, count, offset)
  local last, days = day_of(now, offset), {}
  for i = 1, count do
    local number = last - count + i
    days[i] = { number = number, name = calendar.period.daily(number * DAY, 0) }
  end
  return days
end

local function count_up(map, key)
  map[key] = (map[key] or 0) + 1
end

-- What a day's cell shows: the state that matters most; "mixed" if some stay and some go.
local function state_for(cell)
  if cell.failed then
    return "failed"
  elseif cell.kept and cell.removed then
    return "mixed"
  end
  return cell.removed and "removed" or cell.kept and "kept" or cell.busy and "busy" or "missing"
end

local function row_of(given, days, offset)
  local row = { name = given.name, id = given.id, cells = {}, count = {}, undated = 0, outside = 0,
    entries = given.entries }
  local by_day = {}
  for i, day in ipairs(days) do
    row.cells[i] = { day = day.name }
    by_day[day.number] = row.cells[i]
  end
  for _, entry in ipairs(given.entries) do
    local time, state = entry.snapshot.created_time, state_of(entry)
    local cell = calendar.is_time(time) and by_day[day_of(time, offset)]
    count_up(row.count, state)
    if cell then
      count_up(cell, state)
    elseif calendar.is_time(time) then
      row.outside = row.outside + 1
    else
      row.undated = row.undated + 1
    end
  end
  for _, cell in ipairs(row.cells) do
    cell.state = state_for(cell)
  end
  return row
end

--- Makes the model.
-- @tparam {table,...} rows `id`, `name` (of a volume), `entries` (of a plan: `snapshot`, `keep`,
-- `reasons`)
-- @tparam table view `now` (Unix seconds), `days` (how many), `offset` (from UTC, in seconds)
-- @treturn table `days` (a list of `name`), `rows`: each `name`, `id`, `cells` (a list of `day`,
-- `state` and how many are `kept`, `removed`, `failed`, `busy`), `count` (all, by state), `outside`
-- (how many are from other days), `undated`, `entries`
function model.build(rows, view)
  local days, built = days_until(view.now, view.days, view.offset), {}
  for i, row in ipairs(rows) do
    built[i] = row_of(row, days, view.offset)
  end
  return { days = days, rows = built, now = view.now, offset = view.offset }
end

-- The words for each count: "2 kept, 1 failed".
local WORDS = { { "kept", "kept" }, { "removed", "to be removed" }, { "failed", "failed" },
  { "busy", "in progress" } }

--- Counts by state, for people; "no snapshot" if there is none.
function model.words(count)
  local parts = {}
  for _, pair in ipairs(WORDS) do
    if count[pair[1]] then
      parts[#parts + 1] = ("%d %s"):format(count[pair[1]], pair[2])
    end
  end
  return #parts > 0 and table.concat(parts, ", ") or "no snapshot"
end

return model
