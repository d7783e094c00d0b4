--- Checks request bodies. The messages are Cinder's (from jsonschema), word for word.
-- @module rsnapshots.simulator.storage.schema

local json = require "rsnapshots.simulator.text.json"
local printable = require "rsnapshots.simulator.text.printable"
local identifier = require "rsnapshots.simulator.text.identifier"
local python = require "rsnapshots.simulator.text.python"

local schema = {}

local BOOLEANS = {
  true, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t",
  false, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f",
}
local KEY_PATTERN = "^[a-zA-Z0-9-_:. /]{1,255}$"

-- What is wrong with a value, without its place; nil if it is right.
local CHECKS = {}

local function not_of_type(value, types)
  return ("%s is not of type %s"):format(python.repr(value), types)
end

function CHECKS.name(value)
  local kind = json.type(value)
  if kind ~= "string" and kind ~= "null" then
    return not_of_type(value, "'string', 'null'")
  end
  if kind == "string" and python.length(value) > 255 then
    return python.repr(value) .. " is too long"
  end
  return nil
end

local function all_printable(s)
  for char in s:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
    local code = char:byte()
    if #char > 3 then
      return false
    elseif #char == 3 then
      code = (code % 16) * 4096 + char:byte(2) % 64 * 64 + char:byte(3) % 64
    elseif #char == 2 then
      code = (code % 32) * 64 + char:byte(2) % 64
    end
    if not printable.has(code) then
      return false
    end
  end
  return true
end

function CHECKS.description(value)
  local wrong = CHECKS.name(value)
  if wrong or json.type(value) == "null" or all_printable(value) then
    return wrong
  end
  local pattern = json.decode('"' .. printable.PATTERN .. '"')
  return ("%s does not match '%s'"):format(python.repr(value), pattern)
end

function CHECKS.boolean(value)
  local kind = json.type(value)
  if kind ~= "string" and kind ~= "boolean" then
    return not_of_type(value, "'boolean', 'string'")
  end
  local shown = {}
  for i, word in ipairs(BOOLEANS) do
    if word == value then
      return nil
    end
    shown[i] = python.repr(word)
  end
  return ("%s is not one of [%s]"):format(python.repr(value), table.concat(shown, ", "))
end

function CHECKS.uuid(value)
  local kind = json.type(value)
  if kind == "null" or kind == "string" and identifier.is_uuid(value) then
    return nil
  end
  return python.repr(value) .. " is not valid under any of the given schemas"
end

function CHECKS.required_uuid(value)
  if json.type(value) ~= "string" then
    return not_of_type(value, "'string'")
  end
  return not identifier.is_uuid(value) and python.repr(value) .. " is not a 'uuid'" or nil
end

function CHECKS.size(value)
  local kind = json.type(value)
  local whole = kind == "number" and value == math.floor(value)
  if not whole and kind ~= "string" and kind ~= "null" then
    return not_of_type(value, "'integer', 'string', 'null'")
  end
  if kind == "string" and not value:find("^%d+$") then
    return python.repr(value) .. " does not match '^[0-9]+$'"
  end
  if kind == "number" and value < 1 then
    return python.repr(value) .. " is less than the minimum of 1"
  end
  return nil
end

function CHECKS.string(value)
  return json.type(value) ~= "string" and not_of_type(value, "'string'") or nil
end

function CHECKS.any() end

-- For volumes: the service checks the length elsewhere.
function CHECKS.volume_name(value)
  local kind = json.type(value)
  if kind ~= "string" and kind ~= "null" then
    return not_of_type(value, "'string', 'null'")
  end
  if kind == "string" and python.length(value) > 255 then
    return nil, ("Invalid input received: name has %d characters, more than 255.")
      :format(python.length(value))
  end
  return nil
end

function CHECKS.progress(value)
  if json.type(value) == "null" then
    return nil
  end
  local percent = type(value) == "string" and value:match("^%s*(-?%d+)%%$")
  if not percent then
    return nil, "Invalid input received: progress must be an integer percentage"
  end
  if tonumber(percent) < 0 or tonumber(percent) > 100 then
    return nil, "Invalid input received: progress must be an integer percentage between "
      .. "0 and 100"
  end
  return nil
end

-- Where the fault is --------------------------------------------------------------------------

local function located(field, value, wrong)
  return ("Invalid input for field/attribute %s. Value: %s. %s")
    :format(field, python.str(value), wrong)
end

local function quoted(names)
  table.sort(names)
  for i, name in ipairs(names) do
    names[i] = python.repr(name)
  end
  return table.concat(names, ", ")
end

local function unexpected(names)
  return ("Additional properties are not allowed (%s %s unexpected)")
    :format(quoted(names), #names == 1 and "was" or "were")
end

local function is_metadata_key(key)
  return #key >= 1 and #key <= 255 and not key:find("[^%w%-_:. /]")
end

local function check_metadata_values(metadata)
  for _, key in ipairs(metadata.keys) do
    local value = metadata:get(key)
    if is_metadata_key(key) and json.type(value) ~= "string" then
      return located(key, value, not_of_type(value, "'string'"))
    end
    if is_metadata_key(key) and python.length(value) > 255 then
      return located(key, value, python.repr(value) .. " is too long")
    end
  end
  return nil
end

local function check_metadata(field, metadata)
  local kind = json.type(metadata)
  if kind == "null" then
    return nil
  end
  if kind ~= "object" then
    return located(field, metadata, not_of_type(metadata, "'object', 'null'"))
  end
  local wrong = check_metadata_values(metadata)
  if wrong then
    return wrong
  end
  local bad = {}
  for _, key in ipairs(metadata.keys) do
    if not is_metadata_key(key) then
      bad[#bad + 1] = key
    end
  end
  if #bad == 0 then
    return nil
  end
  return located(field, metadata, ("%s %s not match any of the regexes: '%s'")
    :format(quoted(bad), #bad == 1 and "does" or "do", KEY_PATTERN))
end

local function check_fields(object, rules)
  for _, rule in ipairs(rules) do
    local name, kind = rule[1], rule[2]
    local value = object:get(name)
    local whole
    if value ~= nil and kind == "metadata" then
      whole = check_metadata(name, value)
    elseif value ~= nil then
      local wrong, complete = CHECKS[kind](value)
      whole = complete or wrong and located(name, value, wrong)
    end
    if whole then
      return whole
    end
  end
  return nil
end

local function strangers(object, rules)
  local known, found = {}, {}
  for _, rule in ipairs(rules) do
    known[rule[1]] = true
  end
  for _, key in ipairs(object.keys) do
    if not known[key] then
      found[#found + 1] = key
    end
  end
  return found
end

local function check_inner(envelope, object, spec)
  if json.type(object) ~= "object" then
    return located(envelope, object, not_of_type(object, "'object'"))
  end
  local wrong = check_fields(object, spec)
  if wrong then
    return wrong
  end
  for _, name in ipairs(spec.required or {}) do
    if object:get(name) == nil then
      return located(envelope, object, ("'%s' is a required property"):format(name))
    end
  end
  local found = spec.open and {} or strangers(object, spec)
  if #found > 0 then
    return located(envelope, object, unexpected(found))
  end
  if spec.some and #object.keys == 0 then
    return located(envelope, object, "{} is not valid under any of the given schemas")
  end
  return nil
end

--- Checks a body.
-- @param body what json.decode returned
-- @tparam string envelope the one key of the body
-- @tparam table spec a list of `{name, kind}` in the schema's order, with `required` (names),
-- `some` (names: at least one of them), `open` (other keys are allowed)
-- @treturn ?string the service's message; nil if the body is right
function schema.check(body, envelope, spec)
  if json.type(body) ~= "object" then
    return not_of_type(body, "'object'")
  end
  local inner = body:get(envelope)
  local wrong = inner ~= nil and check_inner(envelope, inner, spec)
  if wrong then
    return wrong
  end
  if inner == nil then
    return ("'%s' is a required property"):format(envelope)
  end
  if #body.keys > 1 then
    return unexpected(strangers(body, { { envelope } }))
  end
  return nil
end

schema.CREATE = {
  { "name", "name" }, { "display_name", "name" }, { "description", "description" },
  { "volume_id", "uuid" }, { "force", "boolean" }, { "metadata", "metadata" },
  required = { "volume_id" },
}

schema.UPDATE = {
  { "name", "name" }, { "description", "description" }, { "display_name", "name" },
  { "display_description", "description" }, some = true,
}

schema.RESET_STATUS = { { "status", "string" }, required = { "status" } }

schema.UPDATE_STATUS = {
  { "status", "string" }, { "progress", "progress" }, required = { "status" },
}

schema.MANAGE = {
  { "description", "description" }, { "metadata", "metadata" }, { "name", "name" },
  { "volume_id", "required_uuid" }, { "ref", "any" }, required = { "ref", "volume_id" },
}

schema.VOLUME = {
  { "name", "volume_name" }, { "description", "description" }, { "metadata", "metadata" },
  { "size", "size" }, { "snapshot_id", "uuid" }, open = true,
}

return schema
