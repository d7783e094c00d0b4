--- Request bodies: what callers pass, as JSON.
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local need = require "rsnapshots.support.need"

local body = {}

local cjson = assert(need("cjson", "lua-cjson", "lua-cjson"))
local encoder = cjson.new()

local MAX_DEPTH = 60
local EXACT = 1e14 -- lua-cjson writes 14 digits

-- Raises for what JSON cannot say.
local function check_value(value, name, depth)
  local kind = type(value)
  if kind == "table" then
    if depth > MAX_DEPTH then
      check.fail(name .. " is nested too deeply, or in itself")
    end
    for key, inner in pairs(value) do
      if type(key) ~= "string" and type(key) ~= "number" then
        check.fail(("%s has a key that is a %s"):format(name, type(key)))
      end
      check_value(inner, name .. "." .. tostring(key), depth + 1)
    end
  elseif kind == "number" and (value ~= value or value == math.huge or value == -math.huge) then
    check.fail(name .. " is no number that JSON has")
  elseif kind == "number" and value % 1 == 0 and (value >= EXACT or value <= -EXACT) then
    check.fail(name .. " has more than 14 digits, which would not be sent exactly")
  elseif kind == "function" or kind == "thread"
    or (kind == "userdata" and value ~= cjson.null) then
    check.fail(("%s must not be a %s"):format(name, kind))
  end
end

--- Encodes a table. What is no JSON value raises.
-- @return the text; nil and an error where a text in it is not UTF-8
function body.encode(value)
  check_value(value, "the body", 0)
  local text = encoder.encode(value)
  if not core.is_utf8(text) then
    return nil, errors.new("invalid", "a text in the request is not UTF-8")
  end
  return text
end

--- The body that a caller's argument makes: a table of options, or any value
-- with the method of that name.
-- @param dialect
-- @param options
-- @string map_name the method's name
-- @tparam function map makes the body of a table of options
-- @string verb for messages
function body.make(dialect, options, map_name, map, verb)
  local has_method = (type(options) == "table" or type(options) == "userdata")
    and options[map_name]
  if not has_method then
    return map(dialect, check.type(options, "table", verb .. "'s argument"))
  end
  local made = check.type(has_method, "function", map_name)(options)
  if type(made) ~= "table" or type(made.snapshot) ~= "table" then
    check.fail(map_name .. " must return a table { snapshot = {...} }")
  end
  return made
end

return body
