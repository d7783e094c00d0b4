--- Writes JSON with the keys in a given order, which lua-cjson cannot do.
-- @module rsnapshots.cli.output.json

local compat = require "rsnapshots.support.compat"
local text = require "rsnapshots.cli.output.text"

local json = {}

local Object = {}

--- Makes an object whose keys are written in this order.
-- @tparam table pairs_ a list of `{ key, value }`; a nil value is written as null
function json.object(pairs_)
  return setmetatable(pairs_, Object)
end

local List = {}

--- Makes a list, which may be empty.
function json.list(items)
  return setmetatable(items, List)
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape(char)
  return ESCAPES[char] or ("\\u%04x"):format(char:byte())
end

-- Also escapes characters that would control a terminal.
local function quote(value)
  value = value:gsub('[%z\1-\31"\\\127]', escape)
  return '"' .. text.further(value:gsub("\194([\128-\159])", escape)) .. '"'
end

-- A short form that reads back as the same number. JSON has no word for infinity.
local function number(value)
  if value == math.huge or value == -math.huge then
    return value > 0 and "1e999" or "-1e999"
  end
  local short = compat.digits(value) or ("%.14g"):format(value)
  return tonumber(short) == value and short or ("%.17g"):format(value)
end

local write

-- Writes items between brackets, each on its own line if there is an indentation.
local function enclose(open, items, close, indent)
  if #items == 0 then
    return open .. close
  elseif not indent then
    return open .. table.concat(items, ", ") .. close
  end
  local inner = indent .. "  "
  return open .. "\n" .. inner .. table.concat(items, ",\n" .. inner) .. "\n" .. indent .. close
end

local function write_list(values, indent)
  local items = {}
  for i, value in ipairs(values) do
    items[i] = write(value, indent and indent .. "  ")
  end
  return enclose("[", items, "]", indent)
end

local function write_object(pairs_, indent)
  local items = {}
  for i, pair in ipairs(pairs_) do
    items[i] = quote(pair[1]) .. ": " .. write(pair[2], indent and indent .. "  ")
  end
  return enclose("{", items, "}", indent)
end

-- Turns a table into pairs sorted by key.
local function sorted(map)
  local pairs_ = {}
  for key, value in pairs(map) do
    pairs_[#pairs_ + 1] = { tostring(key), value }
  end
  table.sort(pairs_, function(a, b) return a[1] < b[1] end)
  return pairs_
end

function write(value, indent)
  local kind = type(value)
  if kind == "string" then
    return quote(value)
  elseif kind == "number" then
    return number(value)
  elseif kind ~= "table" then
    return kind == "boolean" and tostring(value) or "null"
  elseif getmetatable(value) == Object then
    return write_object(value, indent)
  elseif getmetatable(value) == List or #value > 0 then
    return write_list(value, indent)
  end
  return write_object(sorted(value), indent)
end

--- Encodes a value. A table is an object unless it is a sequence.
-- @param value
-- @tparam[opt] boolean indented true: on several lines
-- @treturn string
function json.encode(value, indented)
  return write(value, indented and "" or nil)
end

return json
