--- Arguments: a wrong call raises, with the argument's name in the message.
--
-- A `name` in these functions is what the message begins with: "timeout", "create: volume_id".
local ascii = require "rsnapshots.support.ascii"
local compat = require "rsnapshots.support.compat"
local nearest = require "rsnapshots.support.suggest"

local check = {}

-- This library's own files, so that an error names the line that called it.
local OWN = debug and debug.getinfo(1, "S").source:match("^(.*)support/check%.lua$")

local function callers_level()
  local level = 3
  while OWN do
    local info = debug.getinfo(level, "Sl")
    if not info then
      return 0
    elseif info.currentline > 0 and info.source:sub(1, #OWN) ~= OWN then
      return level - 1
    end
    level = level + 1
  end
  return 0
end

--- Raises for a wrong call.
function check.fail(message)
  error("rsnapshots: " .. ascii.one_line(message), callers_level())
end

-- "a string", "missing"
local function kind_of(value)
  return value == nil and "missing" or "a " .. type(value)
end

function check.type(value, wanted, name)
  if type(value) ~= wanted then
    check.fail(("%s must be a %s, not %s"):format(name, wanted, kind_of(value)))
  end
  return value
end

--- The only argument of a function, a table of options.
-- @param value
-- @string name the function's
-- @string example as `{ volume_id = id }`
function check.options(value, name, example)
  if type(value) ~= "table" then
    check.fail(("%s's argument must be a table, not %s: write %s%s"):format(name, kind_of(value),
      name, example))
  end
  return value
end

--- The object before the colon of a method's call.
-- @tparam boolean is_one is the method's first argument such an object?
-- @string what "client"
-- @string example "client:get(id)"
function check.receiver(is_one, what, example)
  if not is_one then
    check.fail(("this is not a %s: call its methods with a colon, as %s"):format(what, example))
  end
end

function check.optional(value, wanted, name)
  if value ~= nil then
    check.type(value, wanted, name)
  end
  return value
end

--- A string that is not empty.
function check.text(value, name)
  check.type(value, "string", name)
  if value == "" then
    check.fail(name .. " must not be empty")
  end
  return value
end

--- A whole number from `least` on, or nil.
function check.count(value, least, name)
  if value ~= nil and not (compat.is_integer(value) and value >= least) then
    check.fail(("%s must be a whole number of at least %d"):format(name, least))
  end
  return value
end

--- A number of seconds over 0, or nil.
function check.seconds(value, name)
  if value ~= nil and not (type(value) == "number" and value > 0) then
    check.fail(name .. " must be a number of seconds over 0")
  end
  return value
end

--- A table of strings by strings.
function check.string_map(value, name)
  check.type(value, "table", name)
  for key, item in pairs(value) do
    if type(key) ~= "string" or type(item) ~= "string" then
      check.fail(("%s must map strings to strings; %s does not"):format(name, tostring(key)))
    end
  end
  return value
end

local function names_of(known)
  local names = {}
  for name in pairs(known) do
    if type(name) == "string" then
      names[#names + 1] = name
    end
  end
  table.sort(names, ascii.less) -- else the hint would change from run to run
  return names
end

--- Raises for a name that is not known, with the one that may have been meant.
-- @string what "create: there is no option"
-- @param name
-- @tparam table known a table whose keys are the known ones
function check.unknown(what, name, known)
  local hint = type(name) == "string" and nearest.hint(name, names_of(known), true) or ""
  check.fail(("%s '%s'%s"):format(what, tostring(name), hint))
end

--- Raises for a key that is not among the known ones.
-- @tparam table value
-- @tparam table known a table whose keys are the known ones
-- @string name the function's
function check.keys(value, known, name)
  for key in pairs(value) do
    if known[key] == nil and type(key) == "number" then
      check.fail(name .. ": its options are given by name, as { name = value }, and one has none")
    elseif not known[key] then
      check.unknown(name .. ": there is no option", key, known)
    end
  end
end

--- Calls a function that checks one of several; what it raises then says which.
-- @int i
-- @tparam function body which must not yield
-- @return its results
function check.item(i, body, ...)
  local function settle(ok, problem, ...)
    if ok then
      return problem, ...
    end
    if type(problem) == "string" then
      problem = problem:gsub("rsnapshots: ", ("rsnapshots: item %d: "):format(i), 1)
    end
    error(problem, 0)
  end
  return settle(pcall(body, ...))
end

return check
