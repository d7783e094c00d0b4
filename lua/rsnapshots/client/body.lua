--- Request bodies: what callers pass.
local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local json = require "rsnapshots.support.json"

local body = {}

--- A table as JSON. What is no JSON value raises.
-- @return the text; nil and an error where a text in it is not UTF-8
function body.encode(value)
  local text, problem = json.encode(value)
  return text, problem and errors.new("invalid", problem)
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
