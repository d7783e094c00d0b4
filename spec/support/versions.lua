--- The differences between versions of Lua, for specs: found by trying, not by name.

local compat = require "rsnapshots.support.compat"

local versions = {}

-- luacheck: push ignore 113 143 (what is not there in every version)

--- Has this Lua integers beside floats (5.3)?
versions.integers = math.type ~= nil

--- "integer" or "float".
function versions.number_type(value)
  return math.type and math.type(value) or "float"
end

--- The limits of 64-bit integers, as near as numbers come.
versions.greatest = math.maxinteger or 2 ^ 63
versions.least = math.mininteger or -2 ^ 63

--- Compiles a chunk; nil and an error if that fails.
versions.load = loadstring or load

versions.unpack = table.unpack or unpack

-- luacheck: pop

-- Does a walk begin, and end without an error?
local function walks(walk, metamethods)
  local steps = 0
  local ok = pcall(function()
    for _ in walk(setmetatable({}, metamethods)) do
      steps = steps + 1
    end
  end)
  return ok and steps == 1
end

--- Does pairs ask __pairs (5.2)?
versions.pairs = walks(pairs, { __pairs = function() return next, { 1 } end })

--- Does ipairs ask __index (5.3)?
versions.ipairs = walks(ipairs, { __index = function(_, i) return i == 1 or nil end })

--- Is a variable closed at the end of its scope (5.4)?
versions.closes = versions.load "local x <close> = nil" ~= nil

--- Does the collector ask a table's __gc (5.2)?
versions.finalizers = false
setmetatable({}, { __gc = function() versions.finalizers = true end })
collectgarbage()
collectgarbage()

--- May the function behind a `for` yield (not in 5.1)?
function versions.yields_in_for()
  local thread = coroutine.create(function()
    for _ in coroutine.yield do end
  end)
  return (coroutine.resume(thread))
end

--- Calls a function in a coroutine, which then stays suspended with what the function raised.
-- @return what was raised; the coroutine
function versions.raised_in_coroutine(f, ...)
  local problem
  local thread = coroutine.create(function(...)
    problem = select(2, pcall(f, ...))
    if compat.name ~= "5.1" then -- there nothing that yields is caught, and an error ends it
      coroutine.yield()
    end
  end)
  assert(coroutine.resume(thread, ...))
  return problem, thread
end

--- From now on a collection that begins also ends at once (5.3, 5.4), however large the heap is.
-- @treturn function makes it as it was
function versions.collect_in_one_step()
  if _VERSION == "Lua 5.4" then
    local mode = collectgarbage("incremental", 0, 1000, 40) -- 0: the pause stays
    return function()
      collectgarbage "restart"
      collectgarbage("incremental", 0, 100, 13)
      collectgarbage(mode)
    end
  end
  local speed = collectgarbage("setstepmul", 2 ^ 30)
  return function()
    collectgarbage "restart"
    collectgarbage("setstepmul", speed)
  end
end

return versions
