--- Request bodies: what callers pass, as JSON.
local cjson = require "cjson"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"

local body = {}

local encoder = cjson.new()

--- Encodes a table. nil and an error where it holds what JSON cannot say.
function body.encode(value)
  local text = encoder.encode(value)
  local decoded, problem = core.decode(text)
  if decoded == nil then -- our own reader is the strict one
    return nil, errors.new("invalid", "a text in the request is not UTF-8 (" .. problem .. ")")
  end
  return text
end

return body
