--- Tables that fit the terminal. A row is one line. Texts may be cut, ids never are. If a table
-- still does not fit, each row becomes a list of lines.
-- @module rsnapshots.cli.output.table

local terminal = require "rsnapshots.terminal"
local text = require "rsnapshots.cli.output.text"

local table_ = {}

local LEAST = 8 -- a text is never cut to fewer columns

local function widths_of(heads, rows)
  local widths = {}
  for i, head in ipairs(heads) do
    widths[i] = terminal.width(head.title)
  end
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do
      widths[i] = math.max(widths[i], terminal.width(cell.text))
    end
  end
  return widths
end

local function total(widths)
  local sum = 1
  for _, width in ipairs(widths) do
    sum = sum + width + 3
  end
  return sum
end

-- The columns that may be cut, in the order in which they are cut.
local function shrinkable(heads)
  local places = {}
  for i, head in ipairs(heads) do
    if head.shrink then
      places[#places + 1] = i
    end
  end
  table.sort(places, function(a, b) return heads[a].shrink < heads[b].shrink end)
  return places
end

-- Makes widths fit; false if they cannot.
local function fit(widths, heads, limit)
  local excess = total(widths) - limit
  for _, i in ipairs(excess > 0 and shrinkable(heads) or {}) do
    local least = math.min(widths[i], math.max(LEAST, terminal.width(heads[i].title)))
    local less = math.min(excess, widths[i] - least)
    widths[i], excess = widths[i] - less, excess - less
  end
  return excess <= 0
end

local function paint(cell, shown)
  return cell.colour and ("\27[%sm%s\27[0m"):format(cell.colour, shown) or shown
end

local function fill(cell, width)
  local shown = text.cut(cell.text, width)
  local space = (" "):rep(width - terminal.width(shown))
  if cell.is_number then
    return space .. shown
  end
  return paint(cell, shown) .. space
end

local function line_of(cells, widths)
  local parts = {}
  for i, cell in ipairs(cells) do
    parts[i] = fill(cell, widths[i])
  end
  return "| " .. table.concat(parts, " | ") .. " |"
end

local function ruler(widths)
  local parts = {}
  for i, width in ipairs(widths) do
    parts[i] = ("-"):rep(width + 2)
  end
  return "+" .. table.concat(parts, "+") .. "+"
end

local function titles_of(heads)
  local cells = {}
  for i, head in ipairs(heads) do
    cells[i] = { text = head.title }
  end
  return cells
end

local function across(heads, rows, widths)
  local rule = ruler(widths)
  local lines = { rule, line_of(titles_of(heads), widths), rule }
  for _, row in ipairs(rows) do
    lines[#lines + 1] = line_of(row, widths)
  end
  lines[#lines + 1] = rule
  return table.concat(lines, "\n") .. "\n"
end

--- Writes terms with their values, one per line, uncut.
-- @tparam table terms a list of `{ title, cell }`
function table_.list(terms)
  local width, lines = 0, {}
  for _, term in ipairs(terms) do
    width = math.max(width, terminal.width(term[1]))
  end
  for i, term in ipairs(terms) do
    lines[i] = text.pad(term[1] .. ":", width + 2) .. paint(term[2], term[2].text)
  end
  return (table.concat(lines, "\n"):gsub(" +\n", "\n"):gsub(" +$", "")) .. "\n"
end

local function below(heads, rows)
  local blocks = {}
  for i, row in ipairs(rows) do
    local terms = {}
    for k, head in ipairs(heads) do
      terms[k] = { head.title, row[k] }
    end
    blocks[i] = table_.list(terms)
  end
  return table.concat(blocks, "\n")
end

--- Renders a table.
-- @tparam table heads a list of `title`, `shrink`
-- @tparam table rows a list of lists of cells: `text`, `is_number`, `colour`
-- @tparam ?int limit the width in columns; nil: no limit
-- @treturn string
function table_.render(heads, rows, limit)
  local widths = widths_of(heads, rows)
  if limit and not fit(widths, heads, limit) then
    return below(heads, rows)
  end
  return across(heads, rows, widths)
end

return table_
