--- A client's verbs from a snapshot back to volumes.
-- @submodule Client

local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local requests = require "rsnapshots.client.requests"
local volume_list = require "rsnapshots.client.volume_list"
local wait = require "rsnapshots.client.wait"

local Client = {}

-- ----------------------------------------------------------------- waiting

-- Asks once: the wait is what retries.
local function poll(client, id, deadline)
  local document, err = requests.object(requests.poll(client, volume_list.path(id), deadline))
  if not document then
    return nil, err
  elseif type(document.volume) ~= "table" or type(document.volume.status) ~= "string" then
    return errors.fail("decode", "the service's answer has no volume with a status")
  end
  return document.volume
end

-- true: it is available; nil and an error: it never will be.
local function is_available(volume)
  local status = ascii.lower(volume.status)
  if status:find "^error" then
    return errors.fail("failed", ("volume %s went to %s"):format(tostring(volume.id), status))
  end
  return status == "available"
end

-- Waits, with a client that may have been closed meanwhile.
local function await(client, volume, options)
  local id = type(volume) == "table" and volume.id or volume
  local wanted, err = requests.id(id, "volume")
  if not wanted then
    return nil, err
  end
  return wait.run(requests.state(client).session, options,
    wait.watch("volume", wanted, is_available),
    function(deadline) return poll(client, wanted, deadline) end)
end

--- Waits until a volume is available: `GET /volumes/{id}`.
-- @tparam string|table volume its id, or what `restore` gave
-- @tparam[opt] number|table options as for `wait_until_complete`; `on_progress` is
-- called with the volume
-- @treturn table the volume as it is then; nil and an error (`failed`, `timeout` and so on) with
-- the last volume seen in `err.volume`
function Client:wait_until_available(volume, options)
  requests.open(self)
  return errors.result(await(self, volume, wait.options(options)))
end

-- ----------------------------------------------------------------- restoring

-- The volume in an answer; nil and what is wrong.
local function read_volume(call)
  local document, problem = core.decode(call)
  local volume = type(document) == "table" and document.volume
  if type(volume) == "table" and type(volume.id) == "string" then
    return volume
  end
  return nil, problem or "it has no volume with an id"
end

--- Makes a new volume from a snapshot: `POST /volumes`. As with `create`, the request is never sent
-- twice, unless the first one surely had no effect.
-- @tparam string|Snapshot id
-- @tparam[opt] table options `name`, `description`, `size` (GiB; at least the
-- snapshot's), `metadata`, `availability_zone`, `volume_type`, `extra` (more
-- attributes for the body), `wait` (false; true, seconds or options: until it is
-- available)
-- @treturn table the volume, as the service describes it; nil and an error
function Client:restore(id, options)
  local state = requests.open(self)
  options = check.optional(options, "table", "options") or {}
  local wanted, err = requests.id(id)
  if not wanted then
    return nil, err
  end
  local body, waits = state.dialect:restore_body(wanted, options), wait.option(options.wait)
  local volume
  local call, failure = requests.send(state, "POST", "/volumes", { body = body })
  volume, err = requests.read(call, failure, read_volume, true)
  if not volume then
    return nil, err
  elseif not waits then
    return volume
  end
  local ready, problem = await(self, volume, waits)
  if ready then
    return ready
  end
  problem.volume = problem.volume or volume -- it is there, and its id is needed
  return nil, problem
end

-- The id of a snapshot's volume.
local function volume_of(client, snapshot, deadline)
  if type(snapshot) == "userdata" and snapshot.volume_id then
    return snapshot.volume_id
  end
  local fresh, err = requests.snapshot(client,
    requests.about(client, "GET", snapshot, nil, { deadline = deadline }))
  if fresh and not fresh.volume_id then
    return errors.fail("decode", "the service's answer does not say of which volume it is")
  end
  return fresh and fresh.volume_id, err
end

local REVERT_KEYS = { wait = "any" }

--- Takes a snapshot's volume back to it: `POST /volumes/{id}/action` (`revert`),
-- from microversion 3.40 on. What was written since is lost. The service reverts to the newest
-- snapshot of a volume only.
-- @tparam string|Snapshot id
-- @tparam[opt] table options `wait` (false; true, seconds or options: until the
-- volume is available again)
-- @return true when the service accepted it; nil and an error
function Client:revert(id, options)
  local state = requests.open(self)
  local waits = wait.option(check.fields(options, REVERT_KEYS, "revert").wait)
  local wanted, err = requests.id(id)
  if not wanted then
    return nil, err
  elseif not state.dialect:has_since(40) then
    return nil, state.dialect:unsupported("reverting", 40)
  end
  local deadline = state.session:deadline()
  local volume
  volume, err = volume_of(self, id, deadline)
  if not volume then
    return nil, err
  end
  local ok, problem = requests.done(requests.send(state, "POST",
    volume_list.path(volume) .. "/action",
    { body = { revert = { snapshot_id = wanted } }, deadline = deadline }))
  if ok and waits then
    ok, problem = await(self, volume, waits)
  end
  return ok and true, problem
end

return Client
