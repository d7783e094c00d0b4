--- JSON for the simulator. The writer's output is that of Python's `json.dumps`, byte for byte. The
-- reader keeps what the services' error messages show: the order of keys, and the difference
-- between `[]` and `{}`. lua-cjson does neither.
-- @module rsnapshots.simulator.text.json

local json = {}

--- Stands for JSON's null, in what is read and in what is written.
json.null = setmetatable({}, { __tostring = function() return "null" end })

local MAX_DEPTH = 64

local Object = { __name = "rsnapshots.simulator.Object" }
Object.__index = Object

local Array = { __name = "rsnapshots.simulator.Array" }
Array.__index = Array

--- A JSON object that keeps the order of its keys.
-- @param ... keys and values in turn; a nil value is written as null
-- @return an Object
function json.object(...)
  local object = setmetatable({ keys = {}, values = {} }, Object)
  for i = 1, select("#", ...), 2 do
    local key, value = select(i, ...)
    object:set(key, value)
  end
  return object
end

--- A JSON array.
-- @param[opt] list a sequence, taken over, not copied
-- @return an Array
function json.array(list)
  return setmetatable(list or {}, Array)
end

--- Makes an Object from a table of texts, sorted by key. An Object is returned as it is.
-- @tparam ?table map
-- @return an Object
function json.from_map(map)
  if json.type(map) == "object" then
    return map
  end
  local names, object = {}, json.object()
  for name in pairs(map or {}) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    object:set(name, map[name])
  end
  return object
end

--- Sets a key; a new key goes to the end, an existing one keeps its place.
function Object:set(key, value)
  if self.values[key] == nil then
    self.keys[#self.keys + 1] = key
  end
  if value == nil then
    value = json.null
  end
  self.values[key] = value
  return self
end

--- The value of a key; nil if there is none, `json.null` if it is null.
function Object:get(key)
  return self.values[key]
end

--- The value of a key; also nil if it is null.
function Object:value(key)
  local value = self.values[key]
  if value == json.null then
    return nil
  end
  return value
end

--- Removes a key.
function Object:remove(key)
  self.values[key] = nil
  for i, name in ipairs(self.keys) do
    if name == key then
      table.remove(self.keys, i)
      return
    end
  end
end

--- A copy, one level deep.
function Object:copy()
  local other = json.object()
  for _, key in ipairs(self.keys) do
    other:set(key, self.values[key])
  end
  return other
end

--- The JSON type of a value: "object", "array", "string", "number", "boolean" or "null".
function json.type(value)
  if value == json.null or value == nil then
    return "null"
  end
  local mt = type(value) == "table" and getmetatable(value)
  if mt == Object then
    return "object"
  end
  if mt == Array then
    return "array"
  end
  return type(value)
end

-- Writing ---------------------------------------------------------------------------------

local SHORT = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f",
  ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function escape_ascii(char)
  return SHORT[char] or string.format("\\u%04x", char:byte())
end

local function escape_code(code)
  if code < 0x10000 then
    return string.format("\\u%04x", code)
  end
  code = code - 0x10000
  local high = math.floor(code / 0x400)
  return string.format("\\u%04x\\u%04x", 0xD800 + high, 0xDC00 + code % 0x400)
end

-- The code point that starts at byte i, and the byte after it; invalid bytes are U+FFFD.
local function decode_utf8(s, i)
  local lead = s:byte(i)
  local size = lead >= 0xF0 and 4 or lead >= 0xE0 and 3 or 2
  if lead < 0xC2 or lead > 0xF4 then
    return 0xFFFD, i + 1
  end
  local code = lead % (size == 4 and 8 or size == 3 and 16 or 32)
  for k = 1, size - 1 do
    local byte = s:byte(i + k)
    if not byte or byte < 0x80 or byte > 0xBF then
      return 0xFFFD, i + k
    end
    code = code * 64 + byte % 64
  end
  return code, i + size
end

local function escape_wide(s)
  local out, i = {}, 1
  while i <= #s do
    local j = s:find("[\128-\255]", i)
    if not j then
      out[#out + 1] = s:sub(i):gsub('[%c"\\\127]', escape_ascii)
      break
    end
    out[#out + 1] = s:sub(i, j - 1):gsub('[%c"\\\127]', escape_ascii)
    local code
    code, i = decode_utf8(s, j)
    out[#out + 1] = escape_code(code)
  end
  return table.concat(out)
end

local function write_string(s)
  local is_plain = not s:find '[%c"\\\127-\255]'
  return '"' .. (is_plain and s or escape_wide(s)) .. '"'
end

local function write_number(n)
  if n == math.floor(n) and n > -1e15 and n < 1e15 then
    return string.format("%d", n)
  end
  return (string.format("%.17g", n))
end

local write

local function write_object(object, comma, colon)
  local members = {}
  for i, key in ipairs(object.keys) do
    members[i] = write_string(key) .. colon .. write(object.values[key], comma, colon)
  end
  return "{" .. table.concat(members, comma) .. "}"
end

local function write_array(array, comma, colon)
  local items = {}
  for i, value in ipairs(array) do
    items[i] = write(value, comma, colon)
  end
  return "[" .. table.concat(items, comma) .. "]"
end

local WRITERS = {
  object = write_object, array = write_array, string = write_string, number = write_number,
  boolean = tostring, null = function() return "null" end,
}

function write(value, comma, colon)
  local writer = WRITERS[json.type(value)]
  if not writer then
    error("cannot write a " .. type(value) .. " as JSON")
  end
  return writer(value, comma, colon)
end

--- A value as JSON text.
-- @param value an Object, an Array, a string, a number, a boolean, nil or json.null
-- @param[opt] compact true: no spaces after commas and colons (as in Keystone's errors)
-- @treturn string ASCII only
function json.encode(value, compact)
  return write(value, compact and "," or ", ", compact and ":" or ": ")
end

-- Reading ---------------------------------------------------------------------------------

local UNESCAPE = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

local function fail(what, at)
  error({ json_error = what .. " at byte " .. at }, 0)
end

local function skip(s, i)
  return s:find("[^ \t\r\n]", i) or #s + 1
end

--- A code point as UTF-8.
function json.utf8(code)
  local floor = math.floor
  if code < 0x80 then
    return string.char(code)
  end
  if code < 0x800 then
    return string.char(0xC0 + floor(code / 64), 0x80 + code % 64)
  end
  local tail = string.char(0x80 + floor(code / 64) % 64, 0x80 + code % 64)
  if code < 0x10000 then
    return string.char(0xE0 + floor(code / 4096)) .. tail
  end
  return string.char(0xF0 + floor(code / 262144), 0x80 + floor(code / 4096) % 64) .. tail
end

local function read_unicode(s, i)
  local hex = s:match("^%x%x%x%x", i + 2)
  if not hex then
    fail("bad \\u escape", i)
  end
  local code = tonumber(hex, 16)
  local low = code >= 0xD800 and code < 0xDC00 and s:match("^\\u([dD][c-fC-F]%x%x)", i + 6)
  if not low then
    return json.utf8(code), i + 6
  end
  code = 0x10000 + (code - 0xD800) * 0x400 + tonumber(low, 16) - 0xDC00
  return json.utf8(code), i + 12
end

local function read_string(s, start)
  local plain, after = s:match('^"([^%z\1-\31"\\]*)"()', start)
  if plain then
    return plain, after
  end
  local out, i = {}, start + 1
  while true do
    local j = s:find('[%z\1-\31"\\]', i) or fail("string without end", start)
    out[#out + 1] = s:sub(i, j - 1)
    local char = s:sub(j, j)
    if char == '"' then
      return table.concat(out), j + 1
    end
    if char ~= "\\" then
      fail("control character in a string", j)
    end
    local escaped = s:sub(j + 1, j + 1)
    if escaped == "u" then
      out[#out + 1], i = read_unicode(s, j)
    else
      out[#out + 1] = UNESCAPE[escaped] or fail("unknown escape", j)
      i = j + 2
    end
  end
end

local function read_number(s, i)
  local text = s:match("^-?%d+%.?%d*[eE]?[+-]?%d*", i)
  local number = text and tonumber(text)
  if not number or text:find("^-?0%d") or text:find("%.$") or text:find("%.[eE]") then
    fail("bad number", i)
  end
  return number, i + #text
end

local read_value

local function read_array(s, i, depth)
  local array = json.array()
  i = skip(s, i + 1)
  if s:sub(i, i) == "]" then
    return array, i + 1
  end
  while true do
    array[#array + 1], i = read_value(s, i, depth)
    i = skip(s, i)
    local char = s:sub(i, i)
    if char == "]" then
      return array, i + 1
    end
    if char ~= "," then
      fail("expected , or ]", i)
    end
    i = skip(s, i + 1)
  end
end

local function read_member(s, i, depth, object)
  if s:sub(i, i) ~= '"' then
    fail("expected a key", i)
  end
  local key, value
  key, i = read_string(s, i)
  i = skip(s, i)
  if s:sub(i, i) ~= ":" then
    fail("expected :", i)
  end
  value, i = read_value(s, skip(s, i + 1), depth)
  object:set(key, value)
  return skip(s, i)
end

local function read_object(s, i, depth)
  local object = json.object()
  i = skip(s, i + 1)
  if s:sub(i, i) == "}" then
    return object, i + 1
  end
  while true do
    i = read_member(s, i, depth, object)
    local char = s:sub(i, i)
    if char == "}" then
      return object, i + 1
    end
    if char ~= "," then
      fail("expected , or }", i)
    end
    i = skip(s, i + 1)
  end
end

local WORDS = { ["true"] = true, ["false"] = false, null = json.null }

function read_value(s, i, depth)
  if depth > MAX_DEPTH then
    fail("too deep", i)
  end
  local char = s:sub(i, i)
  if char == "{" then
    return read_object(s, i, depth + 1)
  end
  if char == "[" then
    return read_array(s, i, depth + 1)
  end
  if char == '"' then
    return read_string(s, i)
  end
  local word = s:match("^%l+", i)
  if word and WORDS[word] ~= nil then
    return WORDS[word], i + #word
  end
  return read_number(s, i)
end

--- Is it UTF-8?
function json.is_utf8(s)
  local i = s:find("[\128-\255]")
  while i do
    local code, after = decode_utf8(s, i)
    if code == 0xFFFD and s:sub(i, i + 2) ~= "\239\191\189" then
      return false
    end
    i = s:find("[\128-\255]", after)
  end
  return true
end

--- Reads JSON text.
-- @tparam string text
-- @return the value (`json.null` for null), or nil and what is wrong with it
function json.decode(text)
  if not json.is_utf8(text) then
    return nil, "not UTF-8"
  end
  local ok, value, after = pcall(read_value, text, skip(text, 1), 0)
  if not ok then
    local problem = value
    return nil, type(problem) == "table" and problem.json_error or tostring(problem)
  end
  if skip(text, after) <= #text then
    return nil, "more than one value"
  end
  return value
end

return json
