--- Columns and fields: the values of an item, their names, and how to show them.
--
-- A column is a table: `title` (over a table), `key` (in `show`, and in JSON if there is no
-- `wire`), `wire` (the service's name, in JSON), `get(item)`, `kind` (`time`, `map`, `status`; nil:
-- a text or a number), `time(item)` (for kind `time`: Unix seconds), `shrink` (if a table is too
-- wide, 1 is cut first; nil: never cut), `list` (`short`, `long`: the lists that show it),
-- `optional` (`show` leaves it out if it has no value).
-- @module rsnapshots.cli.output.columns

local ascii = require "rsnapshots.support.ascii"
local suggest = require "rsnapshots.support.suggest"
local tables = require "rsnapshots.support.tables"

local columns = {}

--- The property that puts a hold on a snapshot.
columns.HOLD = "rsnapshots:hold"

local function field(name)
  return function(item) return item[name] end
end

local function status_of(item)
  return item.status and ascii.lower(item.status) -- as the service spells it
end

local EXTENDED = "os-extended-snapshot-attributes:"

--- The columns of snapshots.
columns.SNAPSHOT = {
  { title = "ID", key = "id", list = "short" },
  { title = "Name", key = "name", list = "short", shrink = 3 },
  { title = "Description", key = "description", list = "short", shrink = 1 },
  { title = "Status", key = "status", list = "short", kind = "status", get = status_of },
  { title = "Size", key = "size", list = "short" },
  { title = "Created At", key = "created_at", list = "long", kind = "time",
    time = field "created_time" },
  { title = "Volume", key = "volume_id", list = "long" },
  { title = "Properties", key = "properties", wire = "metadata", list = "long", kind = "map",
    shrink = 2, get = field "metadata" },
  { title = "Progress", key = "progress", wire = EXTENDED .. "progress", list = "long",
    optional = true },
  { title = "Held", key = "held", list = "long", optional = true,
    get = function(item) return item.metadata[columns.HOLD] end },
  { title = "Updated At", key = "updated_at", kind = "time", time = field "updated_time" },
  { title = "Project", key = "project_id", wire = EXTENDED .. "project_id", optional = true },
  { title = "User", key = "user_id", optional = true },
  { title = "Group Snapshot", key = "group_snapshot_id", optional = true },
  { title = "Consumes Quota", key = "consumes_quota", optional = true },
}

--- The columns of a restored volume.
columns.VOLUME = {
  { title = "ID", key = "id" },
  { title = "Name", key = "name", shrink = 3 },
  { title = "Description", key = "description", shrink = 1 },
  { title = "Status", key = "status", kind = "status", get = status_of },
  { title = "Size", key = "size" },
  { title = "Snapshot", key = "snapshot_id" },
  { title = "Type", key = "volume_type" },
  { title = "Availability Zone", key = "availability_zone" },
  { title = "Created At", key = "created_at", kind = "time", time = function(volume)
    return require("rsnapshots.core").timestamp(volume.created_at or "")
  end },
  { title = "Properties", key = "properties", wire = "metadata", kind = "map",
    get = field "metadata" },
}

for _, list in ipairs { columns.SNAPSHOT, columns.VOLUME } do
  for _, column in ipairs(list) do
    column.get = column.get or field(column.key)
  end
end

--- A column's name in JSON.
function columns.wire(column)
  return column.wire or column.key
end

local function plain(name)
  return (ascii.lower(name):gsub("[ \t-]", "_"))
end

--- Finds a column by its title, its key or the service's name, in any case.
-- @treturn table nil and what is wrong
function columns.find(list, name)
  local wanted, titles = plain(name), {}
  for i, column in ipairs(list) do
    titles[i] = column.title or column.key
    if wanted == plain(titles[i]) or wanted == plain(column.key)
      or wanted == plain(columns.wire(column)) then
      return column
    end
  end
  return nil, suggest.unknown("column", name, titles)
end

--- Finds columns by name, in that order; nil and what is wrong with one.
function columns.pick(list, names)
  local picked = {}
  for i, name in ipairs(names) do
    local column, problem = columns.find(list, name)
    if not column then
      return nil, problem
    end
    picked[i] = column
  end
  return picked
end

--- The columns that a list shows.
-- @tparam table list
-- @tparam boolean long true for the long list
function columns.shown(list, long)
  return tables.select(list, function(column)
    return column.list == "short" or (long and column.list == "long")
  end)
end

return columns
