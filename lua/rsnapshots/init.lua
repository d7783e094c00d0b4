--- Snapshots of block storage volumes, in OpenStack Cinder (v2, v3) and Rackspace Cloud Block
-- Storage (v1).
--
--     local rsnapshots = require "rsnapshots"
--     local assert = rsnapshots.assert
--     local client = assert(rsnapshots.connect())
--     local snapshot = assert(client:create{ volume_id = id, name = "nightly" })
--     snapshot = assert(snapshot:wait_until_complete(600))
-- @module rsnapshots

local check = require "rsnapshots.support.check"
local Client = require "rsnapshots.client"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local hints = require "rsnapshots.connect.hints"
local Identity = require "rsnapshots.identity"
local service = require "rsnapshots.connect.service"
local served = require "rsnapshots.loop.served"
local Session = require "rsnapshots.tasks.session"
local settings_of = require "rsnapshots.connect.settings"

local rsnapshots = { _VERSION = require "rsnapshots.version" }

--- The statuses that a snapshot can have. DELETE_ERROR is another name for ERROR_DELETING. A
-- misspelt name raises an error.
rsnapshots.status = setmetatable({
  CREATING = "CREATING", AVAILABLE = "AVAILABLE", DELETING = "DELETING", ERROR = "ERROR",
  ERROR_DELETING = "ERROR_DELETING", DELETE_ERROR = "ERROR_DELETING",
  BACKING_UP = "BACKING-UP", RESTORING = "RESTORING", UNMANAGING = "UNMANAGING",
  DELETED = "DELETED",
}, {
  __index = function(status, name) check.unknown("there is no status", name, status) end,
  __newindex = function() check.fail("rsnapshots.status cannot be changed") end,
})

--- Tells whether a value is an error of this library.
-- @function is_error
-- @param value
-- @treturn boolean
rsnapshots.is_error = errors.is

--- `assert` for the errors of this library, on every Lua: the one of 5.1 and 5.2 takes only
-- strings. It raises the error object; if nothing catches it, the interpreter shows its text.
-- @function assert
-- @param value
-- @param err
-- @return all its arguments, if the first is neither nil nor false
rsnapshots.assert = errors.assert

-- Authenticates, finds the service and settles on its versions.
local function establish(session)
  local deadline = session:deadline()
  local access, err = session:authenticate(deadline)
  local found
  if access then
    found, err = service.find(session, access, deadline)
  end
  if not found then
    return nil, err
  end
  return Client.new(session, found, service.find_again)
end

--- Connects: logs in, finds the block storage service, and settles on a version.
--
-- Without options, everything comes from the environment (`OS_*`, `RS_*`) or from clouds.yaml
-- (`OS_CLOUD`). docs/connecting.md lists the options.
-- @tparam[opt] table options
-- @treturn Client nil and an error: `config`, `auth`, `catalog`, `network` and so on
function rsnapshots.connect(options)
  check.optional(options, "table", "options")
  local settings, err = settings_of.gather(options)
  if not settings then
    return nil, err
  end
  local problem = served.problem(settings.auth_url or settings.endpoint or "", settings.wait)
  if problem then
    return nil, errors.new("config", problem)
  end
  local identity
  identity, err = Identity.new(settings)
  if not identity then
    return nil, err
  end
  local session = Session.new(settings, identity)
  local client
  client, err = establish(session)
  if not client then
    hints.add(err, settings)
    err.message = session:scrub(err.message) -- a catalog may hold anything
    session:close()
    return nil, err
  end
  return client
end

local function decoded(value, problem)
  if value == nil then
    return nil, errors.new("decode", problem)
  end
  return value
end

--- Decodes a text `{"snapshot": {...}}` that came from elsewhere.
-- @string json
-- @treturn Snapshot nil and a `decode` error
function rsnapshots.extract_snapshot(json)
  return decoded(core.snapshot(check.type(json, "string", "json")))
end

--- Decodes a text `{"snapshots": [...]}` that came from elsewhere.
-- @string json
-- @treturn table a read-only sequence of Snapshots; nil and a `decode` error
function rsnapshots.extract_snapshots(json)
  return decoded(core.page(check.type(json, "string", "json")))
end

check.public(rsnapshots)

return rsnapshots
