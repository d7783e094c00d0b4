--- Identifiers: what one looks like, and new ones.
-- @module rsnapshots.simulator.text.identifier

local compat = require "rsnapshots.support.compat"

local identifier = {}

--- Does a string have the form of a UUID, with or without hyphens?
function identifier.is_uuid(s)
  local bare = s:gsub("-", "")
  return #bare == 32 and not bare:find("%X")
end

local Random = {}
Random.__index = Random

--- A generator of identifiers that does not affect math.random.
-- @tparam number seed
function identifier.random(seed)
  return setmetatable({ state = math.floor(seed) % 2147483646 + 1 }, Random)
end

local function next_word(random)
  random.state = random.state * 16807 % 2147483647
  return math.floor(random.state / 16) % 65536
end

--- Hexadecimal digits, a multiple of four.
function Random:hex(digits)
  local words = {}
  for i = 1, digits / 4 do
    words[i] = next_word(self)
  end
  return ("%04x"):rep(#words):format(compat.unpack(words))
end

--- A version 4 UUID.
function Random:uuid()
  local h = self:hex(32)
  local variant = ("89ab"):sub(next_word(self) % 4 + 1):sub(1, 1)
  return table.concat({
    h:sub(1, 8), h:sub(9, 12), "4" .. h:sub(14, 16), variant .. h:sub(18, 20), h:sub(21, 32),
  }, "-")
end

return identifier
