--- The picture on a terminal.
-- @module rsnapshots.cli.picture.text

local model = require "rsnapshots.cli.picture.model"

local text = {}

-- The signs, in UTF-8 and in ASCII. They differ even without their colours.
local SIGNS = {
  kept = { "■", "#" }, removed = { "□", "-" }, mixed = { "◧", "%" }, failed = { "✗", "X" },
  busy = { "◌", "?" }, missing = { "·", "." },
}

local LEGEND = { { "kept", "kept" }, { "removed", "to be removed" }, { "mixed", "some of each" },
  { "failed", "failed" }, { "busy", "in progress" }, { "missing", "none that day" } }

local RED, YELLOW, FAINT = "31", "33", "2"
local COLOURS = { failed = RED, removed = YELLOW, mixed = YELLOW, missing = FAINT }

local function sign(state, view)
  local shown = SIGNS[state][view.ascii and 2 or 1]
  local colour = view.colours and COLOURS[state]
  return colour and ("\27[%sm%s\27[0m"):format(colour, shown) or shown
end

-- Writes texts on one line, each at its place. A text that would run into the next one is left out.
local function scale(marks)
  local line = ""
  for i, mark in ipairs(marks) do
    local at, shown, after = mark[1], mark[2], marks[i + 1]
    if not after or at + #shown < after[1] then
      line = line .. (" "):rep(at - #line) .. shown
    end
  end
  return line
end

-- The lines above the cells: years and months, and every seventh day.
local function head_of(days)
  local months, numbers, month = {}, {}, nil
  for i, day in ipairs(days) do
    local here = day.name:sub(1, 7)
    if here ~= month then
      months[#months + 1] = { i - 1, here }
      month = here
    end
    if (#days - i) % 7 == 0 then
      numbers[#numbers + 1] = { i - 1, day.name:sub(9, 10) }
    end
  end
  return scale(months), scale(numbers)
end

local function cells_of(row, view)
  local signs = {}
  for i, cell in ipairs(row.cells) do
    signs[i] = sign(cell.state, view)
  end
  return table.concat(signs)
end

local function remarks_of(row)
  local remarks = model.words(row.count)
  if row.outside > 0 then
    remarks = remarks .. (" (%d of other days)"):format(row.outside)
  end
  if row.undated > 0 then
    remarks = remarks .. (" (%d without a time)"):format(row.undated)
  end
  return remarks
end

local function legend(view)
  local parts = {}
  for i, pair in ipairs(LEGEND) do
    parts[i] = sign(pair[1], view) .. " " .. pair[2]
  end
  return table.concat(parts, "   ")
end

local LEAST = 12 -- columns that a longer volume name gets at least

-- The names, all of the same width, cut if there is no room.
local function names_of(picture, view)
  local names, longest = {}, 0
  for i, row in ipairs(picture.rows) do
    names[i] = view.visible(row.name or row.id)
    longest = math.max(longest, view.width(names[i]))
  end
  local room = view.columns and math.max(LEAST, view.columns - #picture.days - 2) or longest
  longest = math.min(longest, room)
  for i, name in ipairs(names) do
    name = view.cut(name, longest)
    names[i] = name .. (" "):rep(longest - view.width(name))
  end
  return names, longest
end

--- How many days fit next to a name.
-- @int columns of the terminal
-- @int wanted
function text.days_for(columns, wanted)
  return math.max(1, math.min(wanted, columns - LEAST - 2))
end

--- Draws the picture.
-- @tparam table picture from rsnapshots.cli.picture.model
-- @tparam table view `columns` (nil: no limit), `colours`, `ascii`, and how texts are shown:
-- `visible(text)`, `width(text)`, `cut(text, columns)`
-- @treturn string
function text.draw(picture, view)
  local names, longest = names_of(picture, view)
  local margin = (" "):rep(longest + 2)
  local months, numbers = head_of(picture.days)
  local lines = { margin .. months, margin .. numbers }
  for i, row in ipairs(picture.rows) do
    local line = names[i] .. "  " .. cells_of(row, view)
    local remarks = remarks_of(row)
    local used = longest + 2 + #picture.days
    if not view.columns or used + 2 + #remarks <= view.columns then
      lines[#lines + 1] = line .. "  " .. remarks
    else
      lines[#lines + 1] = line
      lines[#lines + 1] = "  " .. remarks
    end
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = legend(view)
  return table.concat(lines, "\n") .. "\n"
end

return text
