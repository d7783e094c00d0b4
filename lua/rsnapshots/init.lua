--- Snapshots of block storage volumes: Rackspace Cloud Block Storage v1 and
-- OpenStack Cinder v2 and v3.
--
--     local rsnapshots = require "rsnapshots"
--     local client = assert(rsnapshots.connect())
--     local snapshot = assert(client:create{ volume_id = id, name = "nightly" })
--     snapshot = assert(snapshot:wait_until_complete(600))
-- @module rsnapshots

local check = require "rsnapshots.support.check"
local Client = require "rsnapshots.client"
local core = require "rsnapshots.core"
local Dialect = require "rsnapshots.client.dialect"
local endpoint = require "rsnapshots.connect.endpoint"
local errors = require "rsnapshots.error"
local hints = require "rsnapshots.connect.hints"
local Identity = require "rsnapshots.identity"
local microversion = require "rsnapshots.connect.microversion"
local Session = require "rsnapshots.call.session"
local settings_of = require "rsnapshots.connect.settings"

local rsnapshots = { _VERSION = require "rsnapshots.version" }

--- The statuses a snapshot can have. DELETE_ERROR is another name for
-- ERROR_DELETING.
rsnapshots.status = {
  CREATING = "CREATING", AVAILABLE = "AVAILABLE", DELETING = "DELETING", ERROR = "ERROR",
  ERROR_DELETING = "ERROR_DELETING", DELETE_ERROR = "ERROR_DELETING",
  BACKING_UP = "BACKING-UP", RESTORING = "RESTORING", UNMANAGING = "UNMANAGING",
  DELETED = "DELETED",
}

--- Is this value an error of this library?
-- @function is_error
-- @param value
-- @treturn boolean
rsnapshots.is_error = errors.is

-- The microversion, nil where there is no such thing; nil and an error.
local function settle(session, place, deadline)
  if place.version == 3 then
    return microversion.negotiate(session, place.url, deadline)
  elseif session.settings.microversion then
    return nil, errors.new("unsupported",
      ("version %d of the API has no microversions"):format(place.version))
  end
  return nil
end

-- Authenticates, finds the service and settles on its versions.
local function establish(session, settings)
  local deadline = session:deadline()
  local access, err = session:authenticate(deadline)
  if not access then
    return nil, err
  end
  local place
  place, err = endpoint.locate(settings, access, session, deadline)
  if not place then
    return nil, err
  end
  local settled
  settled, err = settle(session, place, deadline)
  if err then
    return nil, err
  end
  local project_id = access.project_id or settings.project_id
  place.url, err = endpoint.with_project(place, project_id, settled)
  if not place.url then
    return nil, err
  end
  local version = settled and settled.version
  return Client.new(session, Dialect.new(place.version, version), {
    endpoint = place.url, api_version = place.version, region = place.region,
    project_id = project_id, microversion = version and version[1] .. "." .. version[2] or nil,
  }, settled and settled.text)
end

--- Connects: authenticates and picks the endpoint.
--
-- Without options, everything comes from the environment (`OS_*`, `RS_*`) or from
-- clouds.yaml (`OS_CLOUD`).
-- docs/connecting.md lists the options.
-- @tparam[opt] table options
-- @treturn Client nil and an error: `config`, `auth`, `catalog`, `network`, ...
function rsnapshots.connect(options)
  check.optional(options, "table", "options")
  local settings, err = settings_of.gather(options)
  if not settings then
    return nil, err
  end
  local identity
  identity, err = Identity.new(settings)
  if not identity then
    return nil, err
  end
  local session = Session.new(settings, identity)
  local client
  client, err = establish(session, settings)
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

--- Decodes a body `{"snapshot": {...}}` that came from elsewhere.
-- @string json
-- @treturn Snapshot nil and a `decode` error
function rsnapshots.extract_snapshot(json)
  return decoded(core.snapshot(check.type(json, "string", "json")))
end

--- Decodes a body `{"snapshots": [...]}` that came from elsewhere.
-- @string json
-- @treturn table a read-only sequence of Snapshots; nil and a `decode` error
function rsnapshots.extract_snapshots(json)
  return decoded(core.page(check.type(json, "string", "json")))
end

return rsnapshots
