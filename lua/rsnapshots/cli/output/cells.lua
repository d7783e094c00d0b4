--- Values as people and scripts read them.
-- @module rsnapshots.cli.output.cells

local json = require "rsnapshots.cli.output.json"
local text = require "rsnapshots.cli.output.text"

local cells = {}

-- Only what needs attention is coloured: what failed, and what is not finished.
local RED, YELLOW = "31", "33"
local COLOURS = { available = false, ["in-use"] = false, deleted = false }

local function colour_of(status)
  if COLOURS[status] ~= nil or status == "" then
    return nil
  end
  return status:find "^error" and RED or YELLOW
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

-- k='v', l='w'
local function pairs_text(map)
  local parts = {}
  for i, key in ipairs(sorted_keys(map)) do
    parts[i] = ("%s='%s'"):format(key, tostring(map[key]))
  end
  return table.concat(parts, ", ")
end

--- A time by the local clock, with its offset; nil if there is none.
-- @tparam ?number seconds Unix seconds
function cells.moment(seconds)
  return seconds and (os.date("%Y-%m-%d %H:%M:%S %z", math.floor(seconds))
    :gsub("([+-]%d%d)(%d%d)$", "%1:%2"))
end

local function plain(value)
  if type(value) == "table" then
    return json.encode(value)
  elseif type(value) == "number" then
    return json.encode(value)
  end
  return value == nil and "" or tostring(value)
end

--- The text for scripts: "" if there is no value, JSON for a map.
function cells.raw(item, column)
  local value = column.get(item)
  if column.kind == "map" and type(value) == "table" and next(value) == nil then
    return ""
  end
  return plain(value)
end

--- The cell of a table.
-- @param item
-- @tparam table column
-- @tparam table view `is_terminal`, `colours`
-- @treturn table a cell
function cells.shown(item, column, view)
  local value = column.get(item)
  local cell = { is_number = type(value) == "number" }
  local seconds = view.is_terminal and column.time and column.time(item)
  if seconds then
    cell.text = cells.moment(seconds)
  elseif column.kind == "map" and type(value) == "table" then
    cell.text = pairs_text(value)
  else
    cell.text = plain(value)
  end
  cell.text = text.visible(cell.text)
  cell.colour = view.colours and column.kind == "status" and colour_of(cell.text) or nil
  return cell
end

--- The value for JSON.
function cells.json(item, column)
  local value = column.get(item)
  if column.kind == "map" and type(value) == "table" and next(value) == nil then
    return json.object {}
  end
  return value
end

return cells
