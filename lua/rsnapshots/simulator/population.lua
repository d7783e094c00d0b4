--- Fills the simulated cloud with volumes and snapshots, with the ages, names and states that a
-- test needs.
-- @module rsnapshots.simulator.population

local check = require "rsnapshots.support.check"
local keys = require "rsnapshots.simulator.keys"
local json = require "rsnapshots.simulator.text.json"
local time = require "rsnapshots.simulator.text.time"

local Population = {}

local VOLUME = { id = "string", size = "number", status = "string", name = "string",
  description = "string", metadata = "table", project = "string", age = "number",
  created_at = "number or string", snapshot_id = "string", group_id = "string" }

local SNAPSHOT = { id = "string", volume_id = "string", name = "string", description = "string",
  status = "string", metadata = "table", progress = "string", size = "number", age = "number",
  created_at = "number or string", updated_at = "number or string",
  group_snapshot_id = "string" }

local MANY = { prefix = "string", seconds = "number" }
for name, wanted in pairs(SNAPSHOT) do
  MANY[name] = wanted
end
MANY.id = nil

-- A time from an age, from Unix seconds or from a text, or nil; any other text raises an error.
local function moment_of(self, spec, name, where)
  local value = spec[name]
  if type(value) == "string" then
    return time.parse(value) or check.fail(("%s: %s must be a time such as "
      .. "'2026-11-25T10:00:00', not '%s'"):format(where, name, value))
  elseif value then
    return value
  end
  return spec.age and self.now() - spec.age
end

local function names_of(list)
  local names = {}
  for i, record in ipairs(list) do
    names[i] = record.name or record.id
  end
  return names
end

--- Adds a volume.
-- @tparam[opt] table spec `id`, `size` (1), `status` ("available"), `name`, `description`,
-- `metadata`, `project` ("demo"), `age` (seconds) or `created_at` (Unix seconds, or a text in the
-- service's form), `snapshot_id` (from which it was made), `group_id`
-- @treturn string its id
function Population:add_volume(spec)
  spec = keys.check(spec, VOLUME, "add_volume")
  local name = spec.project or "demo"
  local project = self.accounts:project(name)
    or keys.unknown("add_volume", "project", name, names_of(self.accounts.projects))
  return self.store:add_volume {
    id = spec.id, size = spec.size, status = spec.status, name = spec.name, project = project,
    description = spec.description, metadata = json.from_map(spec.metadata),
    user = self.accounts:user(name), snapshot_id = spec.snapshot_id, group_id = spec.group_id,
    created = moment_of(self, spec, "created_at", "add_volume"),
  }.id
end

--- The record of a volume by id or name, to look at or change; nil if there is none.
function Population:find_volume(id)
  self.store:advance()
  local record = self.store.volume_by_id[id]
  if record then
    return record
  end
  for _, volume in ipairs(self.store.volumes) do
    if volume.name == id then
      return volume
    end
  end
  return nil
end

local function volume_of(self, id, where)
  return self:find_volume(id)
    or keys.unknown(where, "volume", id, names_of(self.store.volumes))
end

-- Adds one snapshot. The fallbacks apply to what `spec` leaves out.
local function add_snapshot(self, spec, name, created)
  local where = "add_snapshots"
  created = moment_of(self, spec, "created_at", where) or created
  return self.store:add_snapshot {
    volume = volume_of(self, spec.volume_id or self.volume_id, where), id = spec.id,
    name = spec.name or name, description = spec.description, status = spec.status,
    progress = spec.progress or spec.status == "creating" and "0%" or nil, size = spec.size,
    created = created, updated = moment_of(self, { updated_at = spec.updated_at }, "updated_at",
      where) or created,
    metadata = json.from_map(spec.metadata):copy(), group_snapshot_id = spec.group_snapshot_id,
  }.id
end

local function add_list(self, list)
  local ids, now = {}, self.now()
  for i, spec in ipairs(list) do
    keys.check(spec, SNAPSHOT, ("add_snapshots: item %d"):format(i))
    ids[i] = add_snapshot(self, spec, "snapshot-" .. i, now - (#list - i))
  end
  return ids
end

--- Adds snapshots. `sim:add_snapshots(3, { age = 3600 })` adds three that are alike;
-- `sim:add_snapshots { { name = "a", age = 7200 }, { name = "b", status = "error" } }` adds those.
-- @param n how many, or a list of tables, one for each
-- @tparam[opt] table spec `volume_id` (an id or a name; default: the ready-made volume), `name`,
-- `description`, `status` ("available"), `metadata`, `progress`, `size` (the volume's),
-- `group_snapshot_id`, `age` (seconds) or `created_at` (Unix seconds, or a text in the service's
-- form), `updated_at`. In the list also `id`; in the other case `prefix` ("snapshot-"; the number
-- follows) and `seconds` (1: the time between two; `age` is that of the newest)
-- @treturn {string,...} their ids, in the order of the list, or oldest first
function Population:add_snapshots(n, spec)
  if type(n) == "table" then
    keys.check(spec, {}, "add_snapshots of a list")
    return add_list(self, n)
  end
  check.type(n, "number", "add_snapshots: the number of snapshots")
  spec = keys.check(spec, MANY, "add_snapshots")
  local last, ids = moment_of(self, spec, "created_at", "add_snapshots") or self.now(), {}
  local one = {}
  for name, value in pairs(spec) do
    one[name] = value
  end
  one.age = nil
  for i = 1, n do
    one.created_at = last - (n - i) * (spec.seconds or 1)
    ids[i] = add_snapshot(self, one, (spec.prefix or "snapshot-") .. i)
  end
  return ids
end

--- The record of a snapshot, to look at or change; nil if there is none.
function Population:find_snapshot(id)
  self.store:advance()
  return self.store.snapshot_by_id[id]
end

--- Makes the next snapshots of a volume end in ERROR.
-- @string volume an id or a name
-- @tparam[opt] int n how many of them; all if absent
function Population:fail_snapshots_of(volume, n)
  check.count(n, 0, "fail_snapshots_of: the number of snapshots")
  volume_of(self, volume, "fail_snapshots_of").failures = n or math.huge
end

return Population
