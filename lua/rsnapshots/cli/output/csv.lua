--- Lines of CSV (RFC 4180), which end with "\n" as those of other commands do.
-- @module rsnapshots.cli.output.csv

local csv = {}

local function quoted(value)
  return '"' .. value:gsub('"', '""') .. '"'
end

local QUOTES = {
  all = function() return true end,
  none = function() return false end,
  nonnumeric = function(_, is_number) return not is_number end,
  minimal = function(value, _, is_alone)
    return value:find '[",\r\n]' ~= nil or is_alone and value == "" -- an empty line is no row
  end,
}

--- One line.
-- @tparam table row a list of `{ text, is_number }`
-- @string[opt="nonnumeric"] when
function csv.line(row, when)
  local quotes, parts = QUOTES[when or "nonnumeric"], {}
  for i, cell in ipairs(row) do
    parts[i] = quotes(cell[1], cell[2], #row == 1) and quoted(cell[1]) or cell[1]
  end
  return table.concat(parts, ",") .. "\n"
end

return csv
