--- What differs between the versions of Lua.
local compat = {}

compat.unpack = table.unpack or unpack -- luacheck: ignore (5.1's is a global)

--- Is it a whole number? (5.1 and 5.2 have no integers of their own.)
function compat.is_integer(value)
  return type(value) == "number" and value % 1 == 0 and value < 2 ^ 53 and value > -2 ^ 53
end

return compat
