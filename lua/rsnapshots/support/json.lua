--- Encodes what callers pass as JSON. (The core reads what services send.)
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local need = require "rsnapshots.support.need"

local json = {}

local cjson, missing = need("cjson", "lua-cjson", "lua-cjson")
if not cjson then
  error("rsnapshots: " .. missing, 0)
end
local encoder = cjson.new()
-- Without this, lua-cjson would crash if a finalizer encodes something after the encoder's own
-- buffer was freed.
encoder.encode_keep_buffer(false)

local MAX_DEPTH = 60
local EXACT = 1e14 -- lua-cjson writes 14 digits

-- Raises an error for what JSON cannot express.
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
    check.fail(name .. " is not a number that JSON has")
  elseif kind == "number" and value % 1 == 0 and (value >= EXACT or value <= -EXACT) then
    check.fail(name .. " has more than 14 digits, which would not be sent exactly")
  elseif kind == "function" or kind == "thread"
    or (kind == "userdata" and value ~= cjson.null) then
    check.fail(("%s must not be a %s"):format(name, kind))
  end
end

--- Encodes a table. A value that is not JSON raises an error.
-- @return the text; nil and what is wrong if a text in it is not UTF-8
function json.encode(value)
  check_value(value, "the body", 0)
  local text = encoder.encode(value)
  if not core.is_utf8(text) then
    return nil, "a text in the request is not UTF-8"
  end
  return text
end

return json
