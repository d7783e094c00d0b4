--- Checks of arguments: a wrong call raises an error, with the argument's name in the message.
--
-- A `name` in these functions is what the message begins with: "timeout", "create: volume_id".
local ascii = require "rsnapshots.support.ascii"
local compat = require "rsnapshots.support.compat"
local suggest = require "rsnapshots.support.suggest"

local check = {}
local debug = compat.debug

-- The folder of this library's files, so that an error can name the line that called the library.
local OWN = debug and debug.getinfo(1, "S").source:match("^(.*)support/check%.lua$")

local names = setmetatable({}, { __mode = "k" }) -- the names of public functions, by function
local verbs = {} -- the same names, as keys

-- The stack level of the line that called this library, and the name of the function that it
-- called, if known.
local function caller()
  local level, called = 3, nil
  while OWN do
    local info = debug.getinfo(level, "Slf")
    if not info then
      return 0
    elseif info.source:sub(1, #OWN) == OWN then
      called = info.func
    elseif info.currentline > 0 then
      return level - 1, names[called]
    end
    level = level + 1
  end
  return 0
end

-- Puts the function's name before the message, unless it begins with that.
local function named(message, name)
  local word, rest = message:match "^([%w_]+)(.*)$"
  if not name or word == name then
    return message
  elseif rest and rest:sub(1, 2) == ": " and name:sub(1, #word + 1) == word .. "_" then
    return name .. rest -- "wait: " of wait_until_complete
  end
  return name .. ": " .. message
end

--- Remembers the names of a table's functions, for messages.
-- @tparam table functions by name
-- @treturn table the same
function check.public(functions)
  for name, value in pairs(functions) do
    if type(value) == "function" then
      names[value], verbs[name] = name, true
    end
  end
  return functions
end

--- Raises an error for a wrong call.
function check.fail(message)
  local level, name = caller()
  error("rsnapshots: " .. ascii.one_line(named(message, name)), level)
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
-- @string name the function's name
-- @string example such as `{ volume_id = id }`
function check.options(value, name, example)
  if type(value) ~= "table" then
    check.fail(("%s's argument must be a table, not %s: write %s%s"):format(name, kind_of(value),
      name, example))
  end
  return value
end

--- The object before the colon of a method's call.
-- @tparam boolean is_one whether the method's first argument is such an object
-- @string what "client"
-- @string example "client:get(id)"
function check.receiver(is_one, what, example)
  if not is_one then
    check.fail(("this is not a %s: call its methods with a colon, as in %s"):format(what, example))
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
  if value == "" then
    check.fail(name .. " must not be empty")
  end
  return check.type(value, "string", name)
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

--- A table of string keys and values.
function check.string_map(value, name)
  check.type(value, "table", name)
  for key, item in pairs(value) do
    if type(key) ~= "string" or type(item) ~= "string" then
      check.fail(("%s must map strings to strings; %s does not"):format(name, tostring(key)))
    end
  end
  return value
end

--- A key of a table that does not belong in a list, or that follows a hole; nil if there is none.
function check.stray_key(value)
  for key in pairs(value) do
    local before = compat.is_integer(key) and key - 1 or -1
    if before < 0 or before > 0 and value[before] == nil then
      return key
    end
  end
  return nil
end

--- A list without holes.
function check.list(value, name)
  local key = check.stray_key(check.type(value, "table", name))
  if key ~= nil then
    check.fail(("%s must be a list; it has '%s' and nothing before it"):format(name,
      tostring(key)))
  end
  return value
end

--- Raises an error for an unknown name, with the one that may have been meant.
-- @string what "create: there is no option"
-- @tparam table known a table whose keys are the known ones
function check.unknown(what, name, known)
  local hint = type(name) == "string" and suggest.hint(name, suggest.names_of(known), true) or ""
  check.fail(("%s '%s'%s"):format(what, tostring(name), hint))
end

--- Raises an error for a key that is not among the known ones.
-- @tparam table known a table whose keys are the known ones
-- @string[opt] name the function's name, unless it is the function that was called
-- @string[opt] noun what a key is called: "option"
function check.keys(value, known, name, noun)
  local where = name and name .. ": " or ""
  for key in pairs(value) do
    if known[key] == nil and type(key) == "number" then
      check.fail(where .. "its options are given by name, as { name = value }, and one has none")
    elseif not known[key] then
      check.unknown(("%sthere is no %s"):format(where, noun or "option"), key, known)
    end
  end
end

local MOST_AT_ONCE = 1024

-- Kinds of values besides Lua's types.
local KINDS = {
  any = function() end,
  count = function(value, name) check.count(value, 1, name) end,
  whole = function(value, name) check.count(value, 0, name) end,
  concurrency = function(value, name)
    if check.count(value, 1, name) > MOST_AT_ONCE then
      check.fail(("%s must be a whole number from 1 to %d"):format(name, MOST_AT_ONCE))
    end
  end,
  seconds = check.seconds, text = check.text, map = check.string_map,
}

--- Raises an error for a value that is not of a kind.
-- @string kind a type of Lua; `text` (not empty), `count` (from 1), `whole` (from 0), `seconds`,
-- `map` (string keys and values), `concurrency`, `any`
function check.kind(value, kind, name)
  if KINDS[kind] then
    KINDS[kind](value, name)
  else
    check.type(value, kind, name)
  end
  return value
end

--- The options of a function, which may be missing: a table, of which every key and value is
-- checked.
-- @tparam table kinds of the values, by key
-- @string[opt] name
-- @string[opt] noun as for `keys`
-- @treturn table an empty one for nil
function check.fields(value, kinds, name, noun)
  noun = noun or "option"
  value = check.optional(value, "table", noun .. "s") or {}
  check.keys(value, kinds, name, noun)
  for key, item in pairs(value) do
    check.kind(item, kinds[key], key)
  end
  return value
end

-- Adds the item's number to a message, after the function's name.
local function with_item(message, i)
  local where, name, rest = message:match "^(.-rsnapshots: )([%l_]+: )(.*)$"
  if not (name and verbs[name:sub(1, -3)]) then
    where, rest = message:match "^(.-rsnapshots: )(.*)$"
    name = ""
  end
  return where and ("%s%sitem %d: %s"):format(where, name, i, rest) or message
end

--- Calls a function that raises an error object for unusable values, and a text for a wrong call. A
-- text is raised again.
-- @tparam function body which must not yield
-- @return its result; nil and the error object
function check.caught(body, ...)
  local ok, value = pcall(body, ...)
  if ok then
    return value
  elseif type(value) == "string" then
    error(value, 0)
  end
  return nil, value
end

--- Calls a function that checks one of several items; an error then says which item it is about.
-- @tparam function body which must not yield
-- @return its results
function check.item(i, body, ...)
  local function settle(ok, problem, ...)
    if ok then
      return problem, ...
    end
    error(type(problem) == "string" and with_item(problem, i) or problem, 0)
  end
  return settle(pcall(body, ...))
end

return check
