--- All differences between the three versions of the API.
local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local tables = require "rsnapshots.support.tables"

local Dialect = { __name = "rsnapshots.Dialect" }
Dialect.__index = Dialect

--- Makes a dialect. Its fields: `version`; `minor` (of the microversion 3.N); `name_key` and
-- `description_key`; `has_marker`: do listings continue by marker? (By offset, a delete in the
-- meantime moves other rows to a page that was read already); `has_metadata`: can metadata be
-- written?; `has_actions`: are there actions on snapshots?
-- @tparam int version 1, 2 or 3
-- @tparam[opt] int minor of the microversion
function Dialect.new(version, minor)
  local is_first = version == 1
  return setmetatable({
    version = version, minor = minor or 0,
    name_key = is_first and "display_name" or "name",
    description_key = is_first and "display_description" or "description",
    has_marker = not is_first, has_metadata = not is_first, has_actions = not is_first,
  }, Dialect)
end

--- The error for an operation that this version does not have.
-- @tparam[opt] int since the microversion (its second number) that has it
function Dialect:unsupported(operation, since)
  local own = "version " .. self.version .. " of the API"
  if self.version == 3 then
    own = ("microversion 3.%d"):format(self.minor)
  end
  return errors.new("unsupported", ("%s is not offered by %s%s"):format(operation, own,
    since and (": it takes 3.%d"):format(since) or ""))
end

--- The path of manageable snapshots; nil and an error if this version has none.
function Dialect:manage_path()
  if not self.has_actions then
    return nil, self:unsupported "managing existing snapshots"
  end
  return self.minor >= 8 and "/manageable_snapshots" or "/os-snapshot-manage"
end

-- ------------------------------------------------------------------- bodies

-- The body that a caller's value makes with its own method; nil for plain options, which are
-- checked.
local function own_body(value, method, verb, kinds)
  local is_object = type(value) == "table" or type(value) == "userdata"
  if not (is_object and value[method]) then
    check.fields(check.type(value, "table", verb .. "'s argument"), kinds, verb)
    return nil
  end
  local body = check.type(value[method], "function", method)(value)
  if type(body) ~= "table" or type(body.snapshot) ~= "table" then
    check.fail(method .. " must return a table { snapshot = {...} }")
  end
  return body
end

local function given(text)
  return text ~= "" and text or nil
end

-- What bodies have in common: `extra`, the name, the description, the metadata and further
-- attributes. Where an option says nothing, `extra` may.
local function begin(self, options, attributes)
  local body = tables.fill({}, options.extra)
  body[self.name_key] = given(options.name) or body[self.name_key]
  body[self.description_key] = given(options.description) or body[self.description_key]
  if options.metadata and next(options.metadata) then
    body.metadata = options.metadata
  end
  return tables.fill(body, attributes)
end

local CREATE_KEYS = { volume_id = "text", name = "string", description = "string",
  force = "boolean", metadata = "map", extra = "table", once = "boolean", wait = "any" }

--- The body that creates a snapshot. A wrong option raises an error.
function Dialect:create_body(options)
  local body = own_body(options, "to_snapshot_create_map", "create", CREATE_KEYS)
  if body then
    return body
  end
  return { snapshot = begin(self, options, {
    volume_id = check.text(options.volume_id, "volume_id"),
    force = options.force or nil, -- false is refused from 3.66 on
  }) }
end

local UPDATE_KEYS = { name = "string", description = "string", extra = "table" }

--- The body that updates a snapshot: nil leaves a value, "" clears it. A wrong option raises an
-- error, and so do options that change nothing.
function Dialect:update_body(options)
  local body = own_body(options, "to_snapshot_update_map", "update", UPDATE_KEYS)
  if body then
    return body
  end
  local snapshot = begin(self, { extra = options.extra },
    { [self.name_key] = options.name, [self.description_key] = options.description })
  if next(snapshot) == nil then
    check.fail("update: there is nothing to change: give name or description")
  end
  return { snapshot = snapshot }
end

local MANAGE_KEYS = { volume_id = "text", ref = "any", name = "string", description = "string",
  metadata = "map", extra = "table" }

--- The body that takes an existing snapshot under management. A wrong option raises an error.
function Dialect:manage_body(options)
  check.options(options, "manage", "{ volume_id = id, ref = name }")
  check.fields(options, MANAGE_KEYS, "manage")
  if type(options.ref) ~= "table" then
    check.text(options.ref, "ref")
  end
  return { snapshot = begin(self, options,
    { volume_id = check.text(options.volume_id, "volume_id"), ref = options.ref }) }
end

local RESTORE_KEYS = { name = "string", description = "string", size = "count", metadata = "map",
  availability_zone = "string", volume_type = "string", extra = "table", wait = "any" }

--- The body that makes a volume from a snapshot. A wrong option raises an error.
function Dialect:restore_body(id, options)
  check.fields(options, RESTORE_KEYS, "restore")
  return { volume = begin(self, options, { snapshot_id = id, size = options.size,
    availability_zone = given(options.availability_zone),
    volume_type = given(options.volume_type) }) }
end

return Dialect
