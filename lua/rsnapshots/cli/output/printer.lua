--- Prints rows and fields in the format that was asked for.
-- @classmod Printer

local cells = require "rsnapshots.cli.output.cells"
local columns = require "rsnapshots.cli.output.columns"
local csv = require "rsnapshots.cli.output.csv"
local json = require "rsnapshots.cli.output.json"
local table_ = require "rsnapshots.cli.output.table"
local tables = require "rsnapshots.support.tables"
local terminal = require "rsnapshots.terminal"
local text = require "rsnapshots.cli.output.text"

local Printer = {}
Printer.__index = Printer

local USAGE = 2

--- Made by a Context. Checks the columns that were asked for.
-- @local
-- @tparam Context context
-- @tparam[opt] table known the columns; nil: they depend on the items
-- @treturn Printer nil and what is wrong
function Printer.new(context, known)
  local options = context.options
  for _, names in ipairs { options.column or {}, options.sort_column or {} } do
    local _, problem = columns.pick(known or {}, known and names or {})
    if problem then
      return nil, problem
    end
  end
  return setmetatable({ context = context, options = options, known = known,
    format = options.format or "table" }, Printer)
end

-- How wide a table may be; nil: no limit.
local function limit_of(self)
  local given = self.options.max_width
  if given then
    return given > 0 and given or nil
  end
  return self.context:columns()
end

-- ------------------------------------------------------------------- sorting

-- nil comes first, then numbers, then texts by their bytes.
local RANK = { ["nil"] = 0, number = 1, string = 2 }

local function sort_key(value)
  if RANK[type(value)] then
    return value
  end
  return type(value) == "table" and json.encode(value) or tostring(value)
end

local function is_less(a, b)
  if type(a) ~= type(b) then
    return RANK[type(a)] < RANK[type(b)]
  end
  return a ~= nil and a < b
end

-- Sorts by columns. Equal items keep their order.
local function sort(items, by)
  local rows = {}
  for i, item in ipairs(items) do
    rows[i] = { item = item, place = i }
    for k, column in ipairs(by) do
      rows[i][k] = sort_key(column.get(item))
    end
  end
  table.sort(rows, function(a, b)
    for k in ipairs(by) do
      if a[k] ~= b[k] then
        return is_less(a[k], b[k])
      end
    end
    return a.place < b.place
  end)
  for i, row in ipairs(rows) do
    items[i] = row.item
  end
end

-- Finds columns by name; a wrong name ends the command.
local function pick(self, list, names)
  local picked, problem = columns.pick(list, names)
  if not picked then
    self.context.fail(problem, USAGE)
  end
  return picked
end

-- --------------------------------------------------------------------- rows

local function print_table(self, items, shown)
  local rows = {}
  for i, item in ipairs(items) do
    rows[i] = {}
    for k, column in ipairs(shown) do
      rows[i][k] = cells.shown(item, column, self.context)
    end
  end
  self.context.out:print(table_.render(shown, rows, limit_of(self)))
end

local function object_of(item, shown)
  local pairs_ = {}
  for i, column in ipairs(shown) do
    pairs_[i] = { columns.wire(column), cells.json(item, column) }
  end
  return json.object(pairs_)
end

local function print_json(self, items, shown)
  local objects = {}
  for i, item in ipairs(items) do
    objects[i] = object_of(item, shown)
  end
  self.context.out:print(json.encode(json.list(objects), not self.options.noindent) .. "\n")
end

local function values_of(item, shown)
  local values = {}
  for i, column in ipairs(shown) do
    values[i] = text.visible(cells.raw(item, column))
  end
  return table.concat(values, " ") .. "\n"
end

local function csv_of(self, item, shown)
  local row = {}
  for i, column in ipairs(shown) do
    row[i] = { cells.raw(item, column), type(column.get(item)) == "number" }
  end
  return csv.line(row, self.options.quote)
end

-- Formats whose rows are printed one by one as they arrive.
local LINES = {
  value = function(_, item, shown) return values_of(item, shown) end,
  csv = csv_of,
}

local function print_head(self, shown)
  local row = {}
  for i, column in ipairs(shown) do
    row[i] = { column.title or column.key, false }
  end
  self.context.out:print(csv.line(row, self.options.quote))
end

local function gather(next_item)
  local items = {}
  for item in next_item do
    items[#items + 1] = item
  end
  return items
end

local function each(items)
  local at = 0
  return function()
    at = at + 1
    return items[at]
  end
end

local function print_lines(self, next_item, shown)
  local line = LINES[self.format]
  if self.format == "csv" then
    print_head(self, shown)
  end
  for item in next_item do
    self.context.out:print(line(self, item, shown))
  end
end

--- Prints a row for each item.
-- @tparam table|function given the items: a sequence, or an iterator
-- @tparam table shown the columns if none were asked for
-- @treturn int how many items there were; nil if they were printed as they arrived
function Printer:rows(given, shown)
  local options, known = self.options, self.known or shown
  shown = options.column and pick(self, known, options.column) or shown
  local next_item = type(given) == "function" and given or each(given)
  if LINES[self.format] and not options.sort_column then
    return print_lines(self, next_item, shown)
  end
  local items = gather(next_item)
  if options.sort_column then
    sort(items, pick(self, known, options.sort_column))
  end
  if LINES[self.format] then
    print_lines(self, each(items), shown)
  elseif self.format == "json" then
    print_json(self, items, shown)
  elseif #items > 0 then
    print_table(self, items, shown)
  end
  return #items
end

-- -------------------------------------------------------------------- fields

-- The columns that an item has a value for, or that are always shown.
local function fields_of(item, list)
  return tables.select(list, function(column)
    return not column.optional or column.get(item) ~= nil
  end)
end

local function field_table(self, item, fields)
  local limit, terms, rows = limit_of(self), {}, {}
  for i, column in ipairs(fields) do
    local cell = cells.shown(item, column, self.context)
    terms[i] = { column.key, cell }
    rows[i] = { { text = column.key }, { text = cell.text, colour = cell.colour } }
  end
  local whole = table_.render({ { title = "Field" }, { title = "Value" } }, rows)
  if limit and terminal.width(whole:match "^[^\n]*") > limit then
    return table_.list(terms) -- a value is never cut here
  end
  return whole
end

local FIELDS = {}

function FIELDS.table(self, items, picked)
  local parts = {}
  for i, item in ipairs(items) do
    parts[i] = field_table(self, item, picked[i])
  end
  return table.concat(parts, "\n")
end

function FIELDS.json(self, items, picked, count)
  local objects = {}
  for i, item in ipairs(items) do
    objects[i] = object_of(item, picked[i])
  end
  local whole = count == 1 and objects[1] or json.list(objects)
  return json.encode(whole, not self.options.noindent) .. "\n"
end

function FIELDS.value(_, items, picked)
  local lines = {}
  for i, item in ipairs(items) do
    for _, column in ipairs(picked[i]) do
      lines[#lines + 1] = text.visible(cells.raw(item, column)) .. "\n"
    end
  end
  return table.concat(lines)
end

function FIELDS.csv(self, items, picked)
  local lines = { csv.line({ { "Field" }, { "Value" } }, self.options.quote) }
  for i, item in ipairs(items) do
    for _, column in ipairs(picked[i]) do
      lines[#lines + 1] = csv.line({ { column.key },
        { cells.raw(item, column), type(column.get(item)) == "number" } }, self.options.quote)
    end
  end
  return table.concat(lines)
end

--- Prints all fields of each item.
-- @tparam table items
-- @tparam function|table list the columns; or a function that returns those of an item
-- @tparam[opt] int count how many were asked for; of a single one, JSON shows an object and no list
function Printer:fields(items, list, count)
  local options, picked = self.options, {}
  local function columns_of(item)
    return type(list) == "function" and list(item) or list
  end
  if options.sort_column and items[1] then
    sort(items, pick(self, columns_of(items[1]), options.sort_column))
  end
  for i, item in ipairs(items) do
    picked[i] = options.column and pick(self, columns_of(item), options.column)
      or fields_of(item, columns_of(item))
  end
  self.context.out:print(FIELDS[self.format](self, items, picked, count or #items))
end

return Printer
