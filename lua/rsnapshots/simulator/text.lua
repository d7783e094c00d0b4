--- Small things about text that several of the simulator's modules need: percent-encoding,
-- queries, Python's notation for values, times and identifiers.
-- @module rsnapshots.simulator.text

local json = require "rsnapshots.simulator.json"

local text = {}

--- Percent-decodes; with `plus`, "+" is a blank.
function text.unescape(s, plus)
  if plus then
    s = s:gsub("%+", " ")
  end
  return (s:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

--- Percent-encodes as Python's quote_plus does.
function text.escape(s)
  s = s:gsub("[^%w_.~ -]", function(c) return string.format("%%%02X", c:byte()) end)
  return (s:gsub(" ", "+"))
end

local Query = {}
Query.__index = Query

--- A query string as an ordered list with look-up; a name that comes twice counts as its last.
-- @tparam string s without the "?"
function text.query(s)
  local query = setmetatable({ items = {} }, Query)
  for pair in s:gmatch("[^&]+") do
    local name, value = pair:match("^([^=]*)=?(.*)$")
    query.items[#query.items + 1] = { text.unescape(name, true), text.unescape(value, true) }
  end
  return query
end

--- The value of a parameter, or nil.
function Query:get(name)
  for i = #self.items, 1, -1 do
    if self.items[i][1] == name then
      return self.items[i][2]
    end
  end
  return nil
end

--- Removes a parameter and returns its value, or nil.
function Query:take(name)
  local value = self:get(name)
  for i = #self.items, 1, -1 do
    if self.items[i][1] == name then
      table.remove(self.items, i)
    end
  end
  return value
end

--- The same query with one parameter replaced, at the end.
function Query:with(name, value)
  local other = self:copy()
  other:take(name)
  other.items[#other.items + 1] = { name, value }
  return other
end

--- A copy.
function Query:copy()
  local other = setmetatable({ items = {} }, Query)
  for i, item in ipairs(self.items) do
    other.items[i] = item
  end
  return other
end

--- The query as text again, encoded as Python's urlencode does.
function Query:encode()
  local out = {}
  for i, item in ipairs(self.items) do
    out[i] = text.escape(item[1]) .. "=" .. text.escape(item[2])
  end
  return table.concat(out, "&")
end

--- How many characters a UTF-8 string has.
function text.length(s)
  local _, continuations = s:gsub("[\128-\191]", "")
  return #s - continuations
end

--- Without blanks around it, as Python's strip does.
function text.strip(s)
  return (s:gsub("^%s+", ""):gsub("%s+$", ""))
end

-- Python's notation -----------------------------------------------------------------------

local PYTHON_ESCAPE = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\" }

local function python_string(s)
  local quote = (s:find("'", 1, true) and not s:find('"', 1, true)) and '"' or "'"
  s = s:gsub("[%c\\\127]", function(c)
    return PYTHON_ESCAPE[c] or string.format("\\x%02x", c:byte())
  end)
  if quote == "'" then
    s = s:gsub("'", "\\'")
  end
  return quote .. s .. quote
end

local PYTHON = {}

function PYTHON.object(object)
  local out = {}
  for i, key in ipairs(object.keys) do
    out[i] = python_string(key) .. ": " .. text.python(object.values[key])
  end
  return "{" .. table.concat(out, ", ") .. "}"
end

function PYTHON.array(array)
  local out = {}
  for i, value in ipairs(array) do
    out[i] = text.python(value)
  end
  return "[" .. table.concat(out, ", ") .. "]"
end

PYTHON.string = python_string
PYTHON.number = tostring
PYTHON.boolean = function(value) return value and "True" or "False" end
PYTHON.null = function() return "None" end

--- A value as Python's repr shows it.
function text.python(value)
  return PYTHON[json.type(value)](value)
end

--- A value as Python's str shows it: as repr does, but a string is itself.
function text.python_str(value)
  return type(value) == "string" and value or text.python(value)
end

--- What oslo's bool_from_string makes of a word: true, false, or nil when it is neither.
function text.boolean(word)
  word = text.strip(word):lower()
  local known = {
    ["1"] = true, t = true, ["true"] = true, on = true, y = true, yes = true,
    ["0"] = false, f = false, ["false"] = false, off = false, n = false, no = false,
  }
  return known[word]
end

--- Python's int(): an integer with blanks around it, or nil.
function text.integer(s)
  local digits = text.strip(s):match("^[+-]?%d+$")
  return digits and tonumber((digits:gsub("^%+", "")))
end

local ESCAPES = { n = "\n", r = "\r", t = "\t", a = "\a", b = "\b", f = "\f", v = "\v" }

-- What a backslash and what follows it stand for in Python, and where that ends.
local function escaped(s, i)
  local kind = s:sub(i, i)
  local digits = s:match(kind == "x" and "^%x%x" or kind == "u" and "^%x%x%x%x" or "^$", i + 1)
  if digits and digits ~= "" then
    return json.utf8(tonumber(digits, 16)), i + #digits + 1
  end
  return ESCAPES[kind] or kind, i + 1
end

-- A Python dict literal of strings, as the metadata filter has it: a table, or nil.
local function literal_string(s, i)
  local quote = s:match("^['\"]", i)
  if not quote then
    return nil
  end
  local out, at = {}, i + 1
  while at <= #s do
    local char = s:sub(at, at)
    if char == quote then
      return table.concat(out), at + 1
    end
    if char == "\\" then
      char, at = escaped(s, at + 1)
    else
      at = at + 1
    end
    out[#out + 1] = char
  end
  return nil
end

--- Reads a Python dict literal whose keys and values are strings: `{'k': 'v'}`.
-- @treturn table or nil when the text is something else
function text.python_dict(s)
  local found = {}
  local i = s:match("^%s*{%s*()")
  while i do
    if s:match("^}%s*$", i) then
      return found
    end
    local key, value
    key, i = literal_string(s, i)
    i = key and s:match("^%s*:%s*()", i)
    if not i then
      return nil
    end
    value, i = literal_string(s, i)
    if not value then
      return nil
    end
    found[key] = value
    i = s:match("^%s*,%s*()", i) or s:match("^%s*()}", i)
  end
  return nil
end

-- Times and identifiers -------------------------------------------------------------------

--- A moment as the service writes it: "2026-11-23T07:55:52.517150".
-- @tparam number moment Unix seconds
-- @tparam[opt] boolean whole true for a fraction of zeros, as Rackspace has it
function text.time(moment, whole)
  local seconds = math.floor(moment)
  local micros = whole and 0 or math.floor((moment - seconds) * 1e6)
  return os.date("!%Y-%m-%dT%H:%M:%S", seconds) .. string.format(".%06d", micros)
end

--- Whether a string has the form of a UUID, with or without hyphens.
function text.is_uuid(s)
  local bare = s:gsub("-", "")
  return #bare == 32 and not bare:find("%X")
end

local Random = {}
Random.__index = Random

--- A generator of identifiers that leaves math.random alone.
-- @tparam number seed
function text.random(seed)
  return setmetatable({ state = math.floor(seed) % 2147483646 + 1 }, Random)
end

local function next_word(random)
  random.state = random.state * 16807 % 2147483647
  return math.floor(random.state / 16) % 65536
end

--- Hexadecimal digits, a multiple of four.
function Random:hex(digits)
  local out = {}
  for i = 1, digits / 4 do
    out[i] = string.format("%04x", next_word(self))
  end
  return table.concat(out)
end

--- A version 4 UUID.
function Random:uuid()
  local h = self:hex(32)
  local variant = ("89ab"):sub(next_word(self) % 4 + 1):sub(1, 1)
  return table.concat({
    h:sub(1, 8), h:sub(9, 12), "4" .. h:sub(14, 16), variant .. h:sub(18, 20), h:sub(21, 32),
  }, "-")
end

return text
