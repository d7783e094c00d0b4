--- Checks tables that callers pass. A wrong key or type raises, with a hint at what was meant.
-- @module rsnapshots.simulator.keys

local check = require "rsnapshots.support.check"
local suggest = require "rsnapshots.support.suggest"

local keys = {}

local function sorted(types)
  local names = {}
  for name in pairs(types) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

local function has_type(value, wanted)
  for word in wanted:gmatch("%a+") do
    if type(value) == word or word == "any" then
      return true
    end
  end
  return false
end

--- Returns what is wrong with a table; nil if it is right.
-- @tparam table given
-- @tparam table types by key: a type's name, several ("number or string"), or "any"
function keys.problem(given, types)
  for name, value in pairs(given) do
    local wanted = types[name]
    if not wanted then
      return ("there is no option '%s'%s"):format(tostring(name),
        suggest.hint(tostring(name), sorted(types)))
    elseif not has_type(value, wanted) then
      return ("%s must be a %s, not a %s"):format(name, wanted, type(value))
    end
  end
  return nil
end

--- Raises if something is wrong with a table.
-- @tparam ?table given nil: an empty one
-- @tparam table types see `problem`
-- @string where the function that was called
-- @treturn table the table
function keys.check(given, types, where)
  if given ~= nil and type(given) ~= "table" then
    check.fail(("%s: the argument must be a table, not a %s"):format(where, type(given)))
  end
  local problem = keys.problem(given or {}, types)
  if problem then
    check.fail(where .. ": " .. problem)
  end
  return given or {}
end

--- Raises because a name is unknown.
-- @string where the function that was called
-- @string what "user", "volume"
-- @param name
-- @tparam {string,...} names the known names
function keys.unknown(where, what, name, names)
  check.fail(("%s: there is no %s '%s'%s"):format(where, what, tostring(name),
    suggest.hint(tostring(name), names)))
end

return keys
