--- Arguments: a wrong call raises, with the argument's name in the message.
local compat = require "rsnapshots.support.compat"

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
  error("rsnapshots: " .. message, callers_level())
end

function check.type(value, wanted, name)
  if type(value) ~= wanted then
    check.fail(("%s must be a %s, not %s"):format(name, wanted,
      value == nil and "missing" or "a " .. type(value)))
  end
  return value
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

--- Raises for a key that is not among the known ones.
function check.keys(value, known, name)
  for key in pairs(value) do
    if not known[key] then
      check.fail(("%s: there is no option '%s'"):format(name, tostring(key)))
    end
  end
end

function check.unknown(what, name)
  check.fail(("%s '%s'"):format(what, tostring(name)))
end

function check.item(_, body, ...)
  return body(...)
end

return check
