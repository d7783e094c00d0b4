--- A client's verbs for volumes: listing them, creating one from a snapshot, reverting one to a
-- snapshot; and for quotas.
-- @submodule Client

local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local finder = require "rsnapshots.client.find"
local requests = require "rsnapshots.client.requests"
local rows = require "rsnapshots.client.rows"
local wait = require "rsnapshots.client.wait"

local Client = {}

--- Lists volumes: `GET /volumes/detail` (with version 1 `/volumes`), every page.
--
-- The client applies the filters that the service does not. A volume is a plain table: what the
-- service says about it, with `name`, `description` and `metadata` on every version.
-- @tparam[opt] table filters `name`, `status` (in any case), `metadata` (a table),
-- `snapshot_id` (made from that snapshot), `all_projects` (for administrators), `page_size` (how
-- many per request), `max` (how many in all)
-- @treturn Rows an iterator for `for`, with methods `next` and `all`
function Client:volumes(filters)
  requests.open(self)
  return errors.result(rows.volumes(self, filters))
end

-- The path of a volume below the endpoint.
local function path(id)
  return "/volumes/" .. core.encode(id)
end

-- The volume in an answer; nil and what is wrong.
local function volume_in(call, dialect)
  local document, problem = core.decode(call)
  local volume = type(document) == "table" and rows.volume_of(dialect, document.volume)
  return volume or nil, problem or "it has no volume with an id"
end

-- The volume in an answer.
-- @treturn table nil and an error
local function read(client, call, err)
  return requests.read(call, err, volume_in, requests.state(client).dialect)
end

local function get(client, id)
  local wanted, problem = requests.id(id, "volume")
  if not wanted then
    return nil, problem
  end
  return read(client, requests.send(requests.state(client), "GET", path(wanted)))
end

--- Finds a volume by its id, or by its name.
-- @tparam string id_or_name
-- @treturn table nil and an error: `not_found`, or `ambiguous` with the ids in `err.matches`
function Client:volume(id_or_name)
  local state = requests.open(self)
  return errors.result(finder.find(state, "volume", check.text(id_or_name, "id_or_name"),
    function(id) return get(self, id) end,
    function(name) return self:volumes { name = name } end))
end

-- ----------------------------------------------------------------- waiting

-- Sends one GET, without retries, because the wait repeats it.
local function poll(client, id, deadline)
  local volume, err = read(client, requests.poll(client, path(id), deadline))
  if volume and type(volume.status) ~= "string" then
    return errors.fail("decode", "the service's answer has no volume with a status")
  end
  return volume, err
end

-- true: it is available; false: not yet; nil and an error: it never will be.
local function is_available(volume)
  local status = ascii.lower(ascii.trim(volume.status))
  if status:find "^error" or status == "deleted" then
    return errors.fail("failed", ("volume %s went to %s"):format(tostring(volume.id), status))
  end
  return status == "available"
end

-- Waits until a volume is available. The client may have been closed in the meantime.
local function await(client, volume, options)
  local id = type(volume) == "table" and volume.id or volume
  local wanted, err = requests.id(id, "volume")
  if not wanted then
    return nil, err
  end
  return wait.run(requests.state(client).session, options,
    wait.watch("volume", wanted, is_available, type(volume) == "table"),
    function(deadline) return poll(client, wanted, deadline) end)
end

--- Waits until a volume is available: `GET /volumes/{id}`.
-- @tparam string|table volume its id, or what `restore` returned
-- @tparam[opt] number|table options as for `wait_until_complete`; `on_progress` is
-- called with the volume
-- @treturn table the volume as it is then; nil and an error (`failed`, `timeout` and so on) with
-- the last volume seen in `err.volume`
function Client:wait_until_available(volume, options)
  requests.open(self)
  return errors.result(await(self, volume, wait.options(options)))
end

-- ----------------------------------------------------------------- restoring

--- Creates a new volume from a snapshot: `POST /volumes`. As with `create`, the request is never
-- sent twice, unless the first one certainly had no effect.
-- @tparam string|Snapshot id
-- @tparam[opt] table options `name`, `description`, `size` (GiB; at least the snapshot's),
-- `metadata`, `availability_zone`, `volume_type`, `extra` (more attributes for the body), `wait`
-- (false; true, seconds or options: until it is available)
-- @treturn table the volume, as the service describes it; nil and an error
function Client:restore(id, options)
  local state = requests.open(self)
  options = check.optional(options, "table", "options") or {}
  local wanted, err = requests.id(id)
  if not wanted then
    return nil, err
  end
  local body, waits = state.dialect:restore_body(wanted, options), wait.option(options.wait)
  local call, problem = requests.send(state, "POST", "/volumes", { body = body })
  local volume, failure = requests.created(call, problem, volume_in, state.dialect,
    function(made) return get(self, made) end)
  if not volume or not waits then
    return errors.result(volume, failure)
  end
  local ready
  ready, problem = await(self, volume, waits)
  if ready then
    return ready
  end
  problem.volume = problem.volume or volume -- it exists, and its id is needed
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

--- Reverts a snapshot's volume to the snapshot: `POST /volumes/{id}/action` (`revert`), from
-- microversion 3.40 on. What was written since then is lost. The service reverts only to the
-- newest snapshot of a volume.
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
  elseif state.dialect.minor < 40 then
    return nil, state.dialect:unsupported("reverting", 40)
  end
  local deadline = state.session:deadline()
  local volume, failure = volume_of(self, id, deadline)
  if not volume then
    return nil, failure
  end
  local ok, problem = requests.done(requests.send(state, "POST", path(volume) .. "/action",
    { body = { revert = { snapshot_id = wanted } }, deadline = deadline }))
  if ok and waits then
    ok, problem = await(self, volume, waits)
  end
  return ok and true, problem
end

-- ---------------------------------------------------------------------- limits

-- What has a limit, and the service's names for the used amount and the limit.
local LIMITS = {
  snapshots = { "totalSnapshotsUsed", "maxTotalSnapshots" },
  gigabytes = { "totalGigabytesUsed", "maxTotalVolumeGigabytes" },
  volumes = { "totalVolumesUsed", "maxTotalVolumes" },
}

local function limit_in(absolute, names)
  local used, max = tonumber(absolute[names[1]]), tonumber(absolute[names[2]])
  if not used or not max then
    return nil
  end
  return { used = used, max = max < 0 and math.huge or max }
end

-- The absolute limits in an answer; nil and what is wrong.
local function absolute_in(call)
  local document, problem = core.decode(call)
  local limits = type(document) == "table" and document.limits
  local absolute = type(limits) == "table" and limits.absolute
  return type(absolute) == "table" and absolute or nil, problem or "it has no absolute limits"
end

--- Tells how much of the project's quota is used: `GET /limits`.
-- @treturn table `snapshots`, `gigabytes`, `volumes`: each with `used` and `max` (math.huge if
-- there is no limit), or nil if the service does not say; `raw`: the service's own table; nil and
-- an error
function Client:limits()
  local state = requests.open(self)
  local call, err = requests.send(state, "GET", "/limits")
  local absolute, problem = requests.read(call, err, absolute_in)
  if not absolute then
    return nil, problem
  end
  local found = { raw = absolute }
  for name, names in pairs(LIMITS) do
    found[name] = limit_in(absolute, names)
  end
  return found
end

return Client
