--- Lets go of what has run. busted keeps the functions of every test to the end, with all that they
-- hold, and each of the full collections that many specs ask for walks through it.
local busted = require "busted"

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
