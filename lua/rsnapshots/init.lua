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
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
require "rsnapshots.client.verbs"
require "rsnapshots.support.json" -- if lua-cjson is missing, this says so at once

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

--- `assert` for the errors of this library, on every Lua. It raises the error object; if nothing
-- catches it, the interpreter shows its text. (In 5.1 and 5.2, Lua's own `assert` takes only
-- strings.)
-- @function assert
-- @param value
-- @param err
-- @return all its arguments, if the first is neither nil nor false
rsnapshots.assert = errors.assert

-- The modules for connecting are loaded by the first connect, and those for clouds.yaml when a
-- cloud is asked for. By then, HAProxy may be in a chroot that does not have these files, so it
-- loads them now.
local haproxy = rawget(_G, "core")
if type(haproxy) == "table" and haproxy.msleep then
  require "rsnapshots.connector"
  require "rsnapshots.connect.clouds"
end

--- Connects: logs in, finds the block storage service, and settles on a version.
--
-- Without options, everything comes from the environment (`OS_*`, `RS_*`) or from clouds.yaml
-- (`OS_CLOUD`). docs/connecting.md lists the options.
-- @tparam[opt] table options
-- @treturn Client nil and an error: `config`, `auth`, `catalog`, `network` and so on
function rsnapshots.connect(options)
  check.optional(options, "table", "options")
  return require "rsnapshots.connector"(options)
end

local function decoded(value, problem)
  if value == nil then
    return errors.fail("decode", problem)
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
