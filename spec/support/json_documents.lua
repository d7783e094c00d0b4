-- Generated JSON documents: valid ones of every form, and damaged ones.
-- Seeded, and independent of math.random, so that a seed names the same
-- documents everywhere.

local random_numbers = require "spec.support.random"

local SPACES = { " ", "\n", "\t", "\r", "\r\n  ", "    " }
local WORDS = { "id", "name", "status", "size", "metadata", "a", "", "é", "snapshots", "\\u0061" }
local CHARACTERS = { "é", "ß", "€", "漢", "😀", -- and U+80, 7FF, 800, FFFF, 10000, 10FFFF
  "\194\128", "\223\191", "\224\160\128", "\239\191\191", "\240\144\128\128", "\244\143\191\191",
  "\127", "/", "'", "[", "}", ":", ",", "//", "/*" }
local ESCAPES = { [[\"]], [[\\]], [[\/]], [[\b]], [[\f]], [[\n]], [[\r]], [[\t]], [[\u0000]],
  [[\u001f]], [[\u00e9]], [[\u20AC]], [[\uffff]], [[\ud83d\ude00]], [[\uDBFF\uDFFF]] }
local NUMBERS = { "0", "-0", "-1", "0.0", "-0.0", "0e0", "1E+2", "1e-2", "100.0",
  "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
  "-9223372036854775809", "18446744073709551616", "1.7976931348623157e308", "1e309", "5e-324",
  "2.2250738585072011e-308", "1e-400", "0.1", "123456789012345678901234567890" }
-- What is put into documents to damage them.
local POISON = { ",", ":", "{", "}", "[", "]", '"', "\\", "0", "-", "+", ".", "e", "1.", ".5",
  "-.5", "01", "0x1F", "-0x1p4", "NaN", "nan", "-Infinity", "inf", "1e999", "null", "tru", "//",
  "/* a */", "// a\n", "#", "'", "\f", "\v", "\0", "\1", "\n", "\127", "\128", "\192\175",
  "\237\160\128", "\244\144\128\128", "\255", "\239\187\191", "\194\160", [[\x41]], [[\u12]],
  [[\ud800]], [[\udc00]], [[\ud83d\u0041]], [[\u 041]], ("3"):rep(513), ("["):rep(65) }

local Writer = {}
Writer.__index = Writer

function Writer:pick(list)
  return list[self.random(#list)]
end

function Writer:space()
  return self.random(8) == 1 and self:pick(SPACES) or ""
end

function Writer:string()
  local parts = {}
  for i = 1, self.random(9) - 1 do
    local kind = self.random(8)
    if kind == 1 then
      parts[i] = self:pick(ESCAPES)
    elseif kind == 2 then
      parts[i] = self:pick(CHARACTERS)
    elseif kind == 3 then
      parts[i] = ("abcdefgh"):rep(self.random(4))
    else
      parts[i] = string.char(96 + self.random(26))
    end
  end
  return '"' .. table.concat(parts) .. '"'
end

function Writer:digits(count)
  local digits = {}
  for i = 1, count do
    digits[i] = self.random(10) - 1
  end
  return table.concat(digits)
end

function Writer:number()
  if self.random(4) == 1 then
    return self:pick(NUMBERS)
  end
  local text = (self.random(3) == 1 and "-" or "")
    .. (self.random(4) == 1 and "0" or self.random(9) .. self:digits(self.random(20) - 1))
  if self.random(3) == 1 then
    text = text .. "." .. self:digits(self.random(18))
  end
  if self.random(4) == 1 then
    text = text .. self:pick { "e", "E" } .. self:pick { "", "+", "-" }
      .. self:digits(self.random(3))
  end
  return text
end

function Writer:key()
  return self.random(2) == 1 and '"' .. self:pick(WORDS) .. '"' or self:string()
end

function Writer:container(depth, open, close, with_keys)
  local parts = {}
  for i = 1, self.random(5) - 1 do
    local value = self:value(depth + 1)
    if with_keys then
      value = self:space() .. self:key() .. self:space() .. ":" .. value
    end
    parts[i] = value
  end
  return open .. (#parts > 0 and table.concat(parts, ",") or self:space()) .. close
end

function Writer:bare_value(depth)
  local kind = self.random(depth < 6 and 10 or 6)
  if kind <= 2 then
    return self:number()
  elseif kind <= 4 then
    return self:string()
  elseif kind <= 6 then
    return self:pick { "true", "false", "null" }
  elseif kind <= 8 then
    return self:container(depth, "{", "}", true)
  end
  return self:container(depth, "[", "]", false)
end

function Writer:value(depth)
  return self:space() .. self:bare_value(depth) .. self:space()
end

--- A value at a depth around the limit.
function Writer:deep()
  local open, close = {}, {}
  for i = 1, 59 + self.random(6) do
    local object = self.random(2) == 1
    open[i] = object and '{"a":' or "["
    table.insert(close, 1, object and "}" or "]")
  end
  return table.concat(open) .. self:pick { "1", "null", '"a"' } .. table.concat(close)
end

local function splice(text, from, to, middle)
  return text:sub(1, from - 1) .. middle .. text:sub(to)
end

local damages = {
  function(self, text, at) -- one bit
    local byte, bit = text:byte(at), self:pick { 1, 2, 4, 8, 16, 32, 64, 128 }
    local is_set = byte % (2 * bit) >= bit
    return splice(text, at, at + 1, string.char(is_set and byte - bit or byte + bit))
  end,
  function(self, text, at) -- any byte
    return splice(text, at, at + 1, string.char(self.random(256) - 1))
  end,
  function(_, text, at) -- a byte less
    return splice(text, at, at + 1, "")
  end,
  function(_, text, at) -- cut
    return text:sub(1, at - 1)
  end,
  function(self, text, at) -- something in between
    return splice(text, at, at, self:pick(POISON))
  end,
  function(self, text, at) -- something instead of a word or number
    local from, to = text:find("[%w.+-]+", at)
    return from and splice(text, from, to + 1, self:pick(POISON)) or text
  end,
  function(self, text, at) -- a piece twice
    local piece = text:sub(at, at + self.random(8))
    return splice(text, at, at, piece)
  end,
}

function Writer:damage(text)
  for _ = 1, self:pick { 1, 1, 1, 2, 3 } do
    if #text > 0 then
      text = self:pick(damages)(self, text, self.random(#text))
    end
  end
  return text
end

function Writer:document()
  local text = self.random(50) == 1 and self:deep() or self:value(self.random(4) - 1)
  if self.random(2) == 1 then
    text = self:damage(text)
  end
  return text
end

--- A function that returns another document every time.
return function(seed)
  local writer = setmetatable({ random = random_numbers(seed) }, Writer)
  return function()
    return writer:document()
  end
end
