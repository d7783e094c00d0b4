--- Asks the service why a snapshot failed or could not be deleted.
-- @submodule Client

local ascii = require "rsnapshots.support.ascii"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local requests = require "rsnapshots.client.requests"
local rows = require "rsnapshots.client.rows"
local tables = require "rsnapshots.support.tables"
local url = require "rsnapshots.support.url"

local Client = {}

local SINCE, FILTERED_SINCE = 3, 5 -- microversions that have messages, and filters for them

-- The newest message about a snapshot in an answer, or ""; nil and what is wrong.
local function message_in(call, id)
  local document, problem = core.decode(call)
  if type(document) ~= "table" then
    return nil, problem or "an object was expected"
  end
  local newest
  for _, message in ipairs(type(document.messages) == "table" and document.messages or {}) do
    if type(message) == "table" and message.resource_uuid == id
      and type(message.user_message) == "string"
      and (not newest or tostring(message.created_at) > tostring(newest.created_at)) then
      newest = message
    end
  end
  return newest and newest.user_message or ""
end

local function reason_of(client, id, deadline)
  local state = requests.state(client)
  local wanted, problem = requests.id(id)
  if not wanted or state.dialect.minor < SINCE then
    return nil, problem
  end
  local query = state.dialect.minor >= FILTERED_SINCE
    and url.query { { "resource_uuid", wanted } } or ""
  local call, err = requests.send(state, "GET", "/messages" .. query, { deadline = deadline })
  local message, failure = requests.read(call, err, message_in, wanted)
  return message ~= "" and message or nil, failure
end

--- The service's own reason for what went wrong with a snapshot: `GET /messages`, from
-- microversion 3.3 on.
-- @tparam string|Snapshot id
-- @treturn string the newest; nil if the service has none, or keeps no messages; nil and an error
function Client:failure_reason(id)
  requests.open(self)
  return errors.result(reason_of(self, id))
end

--- The volumes made from a snapshot. Many back ends do not delete a snapshot that has any.
-- @tparam string|Snapshot snapshot
-- @treturn {table,...} volumes, as from `volumes`; nil and an error
function Client:dependents(snapshot)
  requests.open(self)
  local wanted, err = requests.id(snapshot)
  if not wanted then
    return nil, err
  end
  return self:volumes({ snapshot_id = wanted }):all()
end

-- -------------------------------------------------------------- an error's why

local PATIENCE = 10 -- seconds for all of it: an explanation is not worth a longer wait

local function add_reason(client, err, id, deadline)
  local reason = reason_of(client, id, deadline)
  if reason then
    err.reason = reason
    err.message = err.message .. "; the service says: " .. ascii.one_line(reason)
  end
end

local function add_dependents(client, err, id, deadline)
  local dependents = rows.volumes(client, { snapshot_id = id }, deadline):all()
  if not dependents or #dependents == 0 then
    return
  end
  local names = tables.ids(dependents)
  err.dependents = dependents
  err.message = ("%s; made from it: volume%s %s"):format(err.message, #names == 1 and "" or "s",
    table.concat(names, ", "))
end

--- Asks the service why a wait ended in `failed` or `reverted`, and adds to the error what it
-- says: `reason` (a string) and, if a delete did not take effect, `dependents` (the volumes made
-- from the snapshot). Whatever the service does not say is left out.
-- @tparam Error err errors of other kinds are left as they are
-- @treturn Error the same
function Client:explain(err)
  local state = requests.open(self)
  local snapshot = errors.is(err) and err.snapshot
  if not snapshot or err.kind ~= "failed" and err.kind ~= "reverted"
    or err.reason or err.dependents then -- it was asked already
    return err
  end
  local deadline = state.session.core:now() + PATIENCE
  add_reason(self, err, snapshot.id, deadline)
  if (err.kind == "reverted" or snapshot.status == "ERROR_DELETING") and not state.closed then
    add_dependents(self, err, snapshot.id, deadline)
  end
  return err
end

return Client
