--- The simulated back end: volumes and snapshots, whose states move with the clock.
-- @module rsnapshots.simulator.storage.store

local json = require "rsnapshots.simulator.text.json"

local Store = { __name = "rsnapshots.simulator.Store" }
Store.__index = Store

local store = {}

--- @param random a generator of identifiers
-- @tparam function now the clock
-- @tparam table options `create_seconds` and `delete_seconds`
function store.new(random, now, options)
  return setmetatable({
    random = random, now = now,
    create_seconds = options.create_seconds, delete_seconds = options.delete_seconds,
    host = "simulator@nothing", -- the storage, without different pools
    unmanaged = {}, -- snapshots that only the storage has, by its names
    volumes = {}, volume_by_id = {}, snapshots = {}, snapshot_by_id = {}, pending = {},
    messages = {}, message_by_id = {}, -- the service's accounts of what failed
    usage = {}, per_volume = {},
  }, Store)
end

-- Lists by time ---------------------------------------------------------------------------

-- The position in a list, oldest first, for a record made at that time.
local function position(list, created, id)
  local low, high = 1, #list + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    local record = list[middle]
    if record.created < created or record.created == created and record.id < id then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

--- The position of a record in a list of the store, which is sorted by time and id, oldest first.
function store.index_of(list, record)
  return position(list, record.created, record.id)
end
Store.index_of = store.index_of

local function insert(list, by_id, record)
  table.insert(list, position(list, record.created, record.id), record)
  by_id[record.id] = record
  return record
end

local function remove(list, by_id, record)
  table.remove(list, store.index_of(list, record))
  by_id[record.id] = nil
end

-- What is used ----------------------------------------------------------------------------

--- What a project uses: the numbers of `snapshots` and `volumes`, and the `gigabytes` of both.
function Store:used(project_id)
  local key = project_id or false
  self.usage[key] = self.usage[key] or { snapshots = 0, volumes = 0, gigabytes = 0 }
  return self.usage[key]
end

local function count(self, record, kind, step)
  local used = self:used(record.project_id)
  used[kind] = used[kind] + step
  used.gigabytes = used.gigabytes + step * record.size
end

--- How many snapshots a volume has.
function Store:count_of_volume(volume_id)
  return self.per_volume[volume_id] or 0
end

-- Messages --------------------------------------------------------------------------------

local MESSAGES = {
  create_failed = { "VOLUME_VOLUME_SNAPSHOT_009_013",
    "create snapshot:Snapshot failed to create." },
  delete_busy = { "VOLUME_VOLUME_SNAPSHOT_010_015", "delete snapshot:Snapshot is busy." },
  delete_failed = { "VOLUME_VOLUME_SNAPSHOT_010_016",
    "delete snapshot:Snapshot failed to delete." },
}

-- Adds a message about what happened to a snapshot.
function Store:tell(what, record)
  insert(self.messages, self.message_by_id, {
    id = self.random:uuid(), event_id = MESSAGES[what][1], user_message = MESSAGES[what][2],
    level = "ERROR", created = record.updated or self.now(), request_id = record.request_id,
    resource_type = "VOLUME_SNAPSHOT", resource_uuid = record.id, project_id = record.project_id,
  })
end

--- Forgets a message.
function Store:remove_message(record)
  remove(self.messages, self.message_by_id, record)
end

-- Words in names and metadata -------------------------------------------------------------

-- A resource's wishes: words such as rc_create_sleep=3 in its name or metadata.
local function wishes(record)
  local found = {}
  for key, value in (record.name or ""):gmatch("%f[%w_](rc_[%l_]+)=(%S+)") do
    found[key] = value
  end
  local metadata = json.from_map(record.metadata)
  for _, key in ipairs(metadata.keys) do
    if key:find("^rc_") then
      found[key] = metadata:get(key)
    end
  end
  return found
end

local function asked(found, name)
  return found[name] ~= nil and found[name] ~= "" and found[name] ~= "0"
end

local function duration(found, name, default)
  return math.min(tonumber(found[name]) or default, 600)
end

-- States ----------------------------------------------------------------------------------

-- Puts a record into a passing state for `seconds`. Then `done(record)` is called, unless the state
-- has been changed otherwise in the meantime.
function Store:enter(record, status, seconds, done)
  record.status = status
  record.pending = { status = status, from = self.now(), seconds = seconds, done = done }
  self.pending[record] = true
end

local function available(record)
  record.status = "available"
  record.progress = record.progress and "100%"
end

local function failed(record)
  record.status = "error"
  record.host = nil
end

-- The end of a create that fails.
local function failed_create(self)
  return function(record)
    failed(record)
    self:tell("create_failed", record)
  end
end

--- Brings every state up to date.
function Store:advance()
  local now = self.now()
  for record in pairs(self.pending) do
    local pending = record.pending
    if not pending or pending.status ~= record.status then
      self.pending[record], record.pending = nil, nil
      pending = nil
    elseif pending.begin then
      pending.begin(record)
      pending.begin = nil
    end
    if pending and now >= pending.from + pending.seconds then
      self.pending[record], record.pending = nil, nil
      record.updated = pending.from + pending.seconds
      pending.done(record)
    end
  end
end

--- A snapshot's current progress, such as `"42%"`.
function Store:progress(record)
  local pending = record.pending
  if not pending or pending.status ~= "creating" or record.status ~= "creating"
      or record.fixed_progress then
    return record.progress
  end
  local part = (self.now() - pending.from) / math.max(pending.seconds, 1e-9)
  return ("%d%%"):format(math.floor(math.max(0, math.min(part, 0.99)) * 100))
end

-- Volumes ---------------------------------------------------------------------------------

--- Adds a volume.
-- @tparam table spec `id`, `size`, `name`, `description`, `status`, `project` (a project
-- record), `user`, `metadata` (an Object), `snapshot_id`
-- @return the record
function Store:add_volume(spec)
  local record = {
    id = spec.id or self.random:uuid(), size = spec.size or 1, name = spec.name,
    description = spec.description, status = spec.status or "available",
    project_id = spec.project.id, user_id = spec.user.id, snapshot_id = spec.snapshot_id,
    metadata = spec.metadata or json.object(), created = spec.created or self.now(),
    host = self.host,
  }
  count(self, record, "volumes", 1)
  return insert(self.volumes, self.volume_by_id, record)
end

--- Begins to create a volume, and obeys its wishes.
function Store:create_volume(spec)
  local record = self:add_volume(spec)
  local found = wishes(record)
  self:enter(record, "creating", duration(found, "rc_create_sleep", self.create_seconds),
    asked(found, "rc_create_fail") and failed or available)
  return record
end

--- Begins to delete a volume.
function Store:delete_volume(record)
  self:enter(record, "deleting", self.delete_seconds, function()
    remove(self.volumes, self.volume_by_id, record)
    count(self, record, "volumes", -1)
  end)
end

--- Begins to revert a volume to one of its snapshots.
function Store:revert(record, snapshot)
  self:enter(record, "reverting", self.create_seconds, available)
  self:enter(snapshot, "restoring", self.create_seconds, available)
end

-- Snapshots -------------------------------------------------------------------------------

local function count_snapshot(self, record, step)
  count(self, record, "snapshots", step)
  self.per_volume[record.volume_id] = self:count_of_volume(record.volume_id) + step
end

--- Adds a snapshot as `spec` describes it.
-- @tparam table spec `volume` (a record), `project_id` (default: the volume's; false: none),
-- `user_id`, `name`, `description`, `status`, `metadata` (an Object), `created`, `updated`,
-- `progress`, `size` (the volume's), `group_snapshot_id`, `request_id` (of the create), `id`
-- @return the record
function Store:add_snapshot(spec)
  local project_id = spec.project_id
  if project_id == nil then
    project_id = spec.volume.project_id
  end
  local record = {
    id = spec.id or self.random:uuid(), volume_id = spec.volume.id,
    size = spec.size or spec.volume.size,
    project_id = project_id or nil,
    user_id = spec.user_id or spec.volume.user_id,
    name = spec.name, description = spec.description, status = spec.status or "available",
    metadata = spec.metadata or json.object(), created = spec.created or self.now(),
    updated = spec.updated, progress = spec.progress or "100%", consumes_quota = true,
    group_snapshot_id = spec.group_snapshot_id, request_id = spec.request_id,
  }
  count_snapshot(self, record, 1)
  return insert(self.snapshots, self.snapshot_by_id, record)
end

-- Should the next snapshot of this volume fail?
local function takes_failure(volume)
  if (volume.failures or 0) <= 0 then
    return false
  end
  volume.failures = volume.failures - 1
  return true
end

--- Begins to create a snapshot, and obeys its wishes.
function Store:create_snapshot(spec)
  local record = self:add_snapshot(spec)
  local found = wishes(record)
  local fails = takes_failure(spec.volume) or asked(found, "rc_create_fail")
  record.progress, record.fixed_progress = "0%", fails or found.rc_progress ~= nil
  self:enter(record, "creating", duration(found, "rc_create_sleep", self.create_seconds),
    fails and failed_create(self) or available)
  if found.rc_progress then -- the driver reports it once it has begun
    record.pending.begin = function()
      record.progress, record.updated = found.rc_progress, self.now()
    end
  end
  return record
end

--- Removes a snapshot at once.
function Store:remove_snapshot(record)
  if self.snapshot_by_id[record.id] ~= record then
    return
  end
  remove(self.snapshots, self.snapshot_by_id, record)
  self.pending[record] = nil
  count_snapshot(self, record, -1)
end

--- Removes a snapshot from management at once; the storage keeps it.
function Store:unmanage_snapshot(record)
  self:remove_snapshot(record)
  self.unmanaged["snapshot-" .. record.id] = record
end

--- Takes a snapshot back into management. A reference to something that the storage lacks is
-- accepted, too.
-- @param reference a text, or an Object with `source-name`
function Store:take_back(reference)
  local name = json.type(reference) == "object" and reference:get("source-name") or reference
  if type(name) == "string" then
    self.unmanaged[name] = nil
  end
end

--- Begins to delete a snapshot. Its wishes decide how that ends.
-- @param record
-- @tparam[opt] string request_id of the delete
function Store:delete_snapshot(record, request_id)
  local found = wishes(record)
  local function done()
    if asked(found, "rc_delete_busy") then
      record.status = "available"
      self:tell("delete_busy", record)
    elseif asked(found, "rc_delete_fail") then
      record.status = "error_deleting"
      self:tell("delete_failed", record)
    else
      self:remove_snapshot(record)
    end
  end
  record.updated, record.request_id = self.now(), request_id
  self:enter(record, "deleting", duration(found, "rc_delete_sleep", self.delete_seconds), done)
end

return store
