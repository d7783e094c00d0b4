--- What makes specs cheap: nothing is kept that has run, nothing is compiled twice, and no stack is
-- described before a test fails.
local busted = require "busted"

-- busted keeps the functions of every test to the end, with all that they hold, and every full
-- collection, which many specs ask for, walks through it.
local LISTS = { "describe", "it", "pending", "before_each", "after_each", "strict_setup",
  "strict_teardown", "lazy_setup", "lazy_teardown" }

-- What is left are names, places and times.
local function let_go(element)
  element.env, element.run = nil, nil
  if element.trace then
    element.trace.traceback = ""
  end
  for _, list in ipairs(LISTS) do
    element[list] = nil
  end
end

local function let_go_within(element)
  for _, child in ipairs(busted.children(element)) do
    let_go(child)
  end
  return nil, true
end

busted.subscribe({ "test", "end" }, function(test)
  let_go(test)
  return nil, true
end)
busted.subscribe({ "describe", "end" }, let_go_within)
busted.subscribe({ "file", "end" }, let_go_within)

-- busted describes the stack of whoever registers a test, though only failures are told with one.
-- Lua looks for a name of each function on it in all modules.
local register = { [busted.setup] = true, [busted.teardown] = true }
for _, list in ipairs(LISTS) do
  register[busted[list]] = true
end
local describe_stack = debug.traceback

function debug.traceback(...) -- luacheck: ignore
  local caller = debug.getinfo(3, "f")
  if ... == "" and caller and register[caller.func] then
    return ""
  end
  return describe_stack(...)
end

-- Every file of specs loads its modules anew. Their functions are called again, and need not be
-- compiled for that.
local searchers = package.searchers or package.loaders -- luacheck: ignore
local search, found = searchers[2], {}

searchers[2] = function(name)
  if not found[name] then
    local load, path = search(name)
    if type(load) ~= "function" then
      return load
    end
    found[name] = { load, path }
  end
  return found[name][1], found[name][2]
end

-- luv frees its loop, with what is in it, when a Lua state opens it for the second time.
local search_in_c, luv = searchers[3], nil

package.preload.luv = function(name)
  if not luv then
    local open, path = search_in_c(name)
    luv = type(open) == "function" and open(name, path) or error(open, 0)
  end
  return luv
end
