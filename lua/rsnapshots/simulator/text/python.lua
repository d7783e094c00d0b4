--- Values as Python writes and reads them: the services' messages and filters are in its notation.
-- @module rsnapshots.simulator.text.python

local json = require "rsnapshots.simulator.text.json"

local python = {}

--- The number of characters in a UTF-8 string.
function python.length(s)
  local _, continuations = s:gsub("[\128-\191]", "")
  return #s - continuations
end

--- Removes white space at both ends, like Python's strip.
function python.strip(s)
  return (s:gsub("^%s+", ""):gsub("%s+$", ""))
end

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
    out[i] = python_string(key) .. ": " .. python.repr(object.values[key])
  end
  return "{" .. table.concat(out, ", ") .. "}"
end

function PYTHON.array(array)
  local out = {}
  for i, value in ipairs(array) do
    out[i] = python.repr(value)
  end
  return "[" .. table.concat(out, ", ") .. "]"
end

PYTHON.string = python_string
PYTHON.number = tostring
PYTHON.boolean = function(value) return value and "True" or "False" end
PYTHON.null = function() return "None" end

--- A value as Python's repr shows it.
function python.repr(value)
  return PYTHON[json.type(value)](value)
end

--- A value as Python's str shows it: like repr, but a string is itself.
function python.str(value)
  return type(value) == "string" and value or python.repr(value)
end

--- A word as oslo's bool_from_string reads it: true, false, or nil if it is neither.
function python.boolean(word)
  word = python.strip(word):lower()
  local known = {
    ["1"] = true, t = true, ["true"] = true, on = true, y = true, yes = true,
    ["0"] = false, f = false, ["false"] = false, off = false, n = false, no = false,
  }
  return known[word]
end

--- Python's int(): an integer, perhaps with white space around it; otherwise nil.
function python.integer(s)
  local digits = python.strip(s):match("^[+-]?%d+$")
  return digits and tonumber((digits:gsub("^%+", "")))
end

local ESCAPES = { n = "\n", r = "\r", t = "\t", a = "\a", b = "\b", f = "\f", v = "\v" }

-- What a backslash sequence stands for in Python, and where it ends.
local function escaped(s, i)
  local kind = s:sub(i, i)
  local digits = s:match(kind == "x" and "^%x%x" or kind == "u" and "^%x%x%x%x" or "^$", i + 1)
  if digits and digits ~= "" then
    return json.utf8(tonumber(digits, 16)), i + #digits + 1
  end
  return ESCAPES[kind] or kind, i + 1
end

-- A Python string literal in a dict of the metadata filter: the text and where it ends, or nil.
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
-- @treturn table nil if the text is something else
function python.dict(s)
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

return python
