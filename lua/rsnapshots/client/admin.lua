--- A client's verbs for administrators.
-- @submodule Client

local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local requests = require "rsnapshots.client.requests"
local rows = require "rsnapshots.client.rows"

local Client = {}

local function has_status(status)
  return function(snapshot)
    return snapshot ~= nil and ascii.lower(snapshot.status or "") == status
  end
end

local function is_unmanaged(snapshot)
  return not snapshot or snapshot.status == "UNMANAGING" or snapshot.status == "DELETED"
end

--- Sets a snapshot's status, whatever it is now:
-- `POST /snapshots/{id}/action` (`os-reset_status`).
-- @tparam string|Snapshot id
-- @tparam string status such as `rsnapshots.status.ERROR`, in any case
-- @return true; nil and an error
function Client:reset_status(id, status)
  requests.open(self)
  local wanted = ascii.lower(check.text(status, "status"))
  return errors.result(requests.act(self, id, "os-reset_status", { status = wanted },
    has_status(wanted), true))
end

-- A progress in the service's form: "50%".
local function percent(progress)
  if type(progress) == "number" then
    if check.count(progress, 0, "progress") > 100 then
      check.fail("progress must be from 0 to 100, or a text such as 50%")
    end
    return ("%d%%"):format(progress)
  end
  return check.optional(progress, "string", "progress")
end

--- Reports a snapshot's status and progress, as the storage driver does:
-- `POST /snapshots/{id}/action` (`os-update_snapshot_status`). The service accepts changes from
-- CREATING to CREATING, AVAILABLE or ERROR, and from DELETING to DELETING or ERROR_DELETING.
-- @tparam string|Snapshot id
-- @tparam string status in any case
-- @tparam[opt] string|integer progress `"50%"` or 50
-- @return true; nil and an error
function Client:update_status(id, status, progress)
  requests.open(self)
  local wanted = ascii.lower(check.text(status, "status"))
  return errors.result(requests.act(self, id, "os-update_snapshot_status",
    { status = wanted, progress = percent(progress) }, has_status(wanted)))
end

--- Makes the service forget a snapshot, but keeps it in the storage:
-- `POST /snapshots/{id}/action` (`os-unmanage`).
-- @tparam string|Snapshot id
-- @return true when the service accepted it: see `wait_until_deleted`; nil and an error
function Client:unmanage(id)
  requests.open(self)
  return errors.result(requests.act(self, id, "os-unmanage", {}, is_unmanaged))
end

--- Lets the service manage a snapshot that the storage already has:
-- `POST /manageable_snapshots` (before microversion 3.8 `/os-snapshot-manage`).
-- @tparam table options `volume_id`, `ref` (the storage's name for it, a table or a string: see
-- `manageable`), `name`, `description`, `metadata`, `extra`
-- @treturn Snapshot usually still CREATING; nil and an error
function Client:manage(options)
  local state = requests.open(self)
  local body = state.dialect:manage_body(options)
  local path, err = state.dialect:manage_path()
  if not path then
    return nil, err
  end
  return requests.created_snapshot(self, requests.send(state, "POST", path, { body = body }))
end

local MANAGEABLE_KEYS = { host = "string", cluster = "string", detailed = "boolean",
  page_size = "count" }

--- Lists what a storage back end has: `GET /manageable_snapshots`, every page.
-- @tparam table options `host` (such as `cinder@lvm#pool`) or, from microversion
-- 3.17 on, `cluster`; `detailed` (true), `page_size`
-- @treturn Rows an iterator for `for`, with methods `next` and `all`, over tables:
-- `reference` (what `manage` takes as `ref`), `size`, `safe_to_manage`, `reason_not_safe`,
-- `cinder_id`, `source_reference`, `extra_info`
function Client:manageable(options)
  local state = requests.open(self)
  check.options(options, "manageable", "{ host = host }")
  check.fields(options, MANAGEABLE_KEYS, "manageable")
  if (options.host == nil) == (options.cluster == nil) then
    check.fail("manageable: give either host or cluster")
  end
  local path, err = state.dialect:manage_path()
  if not path then
    return nil, err
  elseif options.cluster and state.dialect.minor < 17 then
    return nil, state.dialect:unsupported("what a cluster of back ends has", 17)
  end
  return errors.result(rows.manageable(self, path, options))
end

return Client
