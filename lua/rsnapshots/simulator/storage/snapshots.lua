--- Snapshots in versions 2 and 3: list, show, create, update, delete.
-- @module rsnapshots.simulator.storage.snapshots

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local listing = require "rsnapshots.simulator.storage.listing"
local quotas = require "rsnapshots.simulator.storage.quotas"
local schema = require "rsnapshots.simulator.storage.schema"
local python = require "rsnapshots.simulator.text.python"
local time = require "rsnapshots.simulator.text.time"

local snapshots = {}

local FORCE_IS_OVER = "Since microversion 3.66 the 'force' flag is invalid for this request.  "
  .. "For backward compatability, however, when the 'force' flag is passed with a value "
  .. "evaluating to True, it is silently ignored."
local NOT_DELETABLE = "Invalid snapshot: Snapshot status must be available or error and must "
  .. "not be part of a group."

-- Views -----------------------------------------------------------------------------------

local function moment(seconds)
  return seconds and time.iso(seconds)
end

local function summary(_, record)
  return json.object("id", record.id, "created_at", moment(record.created),
    "updated_at", moment(record.updated), "name", record.name,
    "description", record.description, "volume_id", record.volume_id,
    "status", record.status, "size", record.size, "metadata", json.from_map(record.metadata))
end

-- What the answers to POST and PUT show.
local function view(ctx, record)
  local object = summary(ctx, record)
  if ctx.micro >= 14 then
    object:set("group_snapshot_id", record.group_snapshot_id)
  end
  if ctx.micro >= 41 then
    object:set("user_id", record.user_id)
  end
  if ctx.micro >= 65 then
    object:set("consumes_quota", record.consumes_quota)
  end
  return object
end

--- Adds what only GET and the detailed list show to a snapshot's Object.
function snapshots.extend(ctx, object, record)
  return object
    :set("os-extended-snapshot-attributes:project_id", record.project_id)
    :set("os-extended-snapshot-attributes:progress", ctx.sim.store:progress(record))
end

local function detail(ctx, record)
  return snapshots.extend(ctx, view(ctx, record), record)
end

--- The answer that shows a snapshot.
function snapshots.show(status, object)
  return answer.json(status, json.object("snapshot", object))
end

-- Listing ---------------------------------------------------------------------------------

-- The columns by which snapshots can be sorted and, by administrators, filtered.
local RESOURCE = {
  name = "snapshots", allowed_filters = "snapshot_filters",
  old_filters = { status = true, volume_id = true, name = true, metadata = true },
  metadata_since = 22, name_key_since = 30,
  find = function(ctx, id) return ctx:snapshot(id) end,
  columns = {
    id = "id", created_at = "created", updated_at = "updated", status = "status",
    display_name = "name", display_description = "description", volume_id = "volume_id",
    volume_size = "size", project_id = "project_id", user_id = "user_id", progress = "progress",
    group_snapshot_id = "group_snapshot_id", use_quota = "consumes_quota",
  },
}

--- GET /snapshots
function snapshots.list(ctx)
  return listing.answer(ctx, RESOURCE, "snapshots", summary)
end

--- GET /snapshots/detail
function snapshots.list_detail(ctx)
  return listing.answer(ctx, RESOURCE, "snapshots/detail", detail)
end

--- GET /snapshots/{id}
function snapshots.get(ctx, id)
  return snapshots.show(200, detail(ctx, ctx:snapshot(id)))
end

-- Creating --------------------------------------------------------------------------------

local function stripped(value)
  return value and python.strip(value)
end

-- States in which a volume cannot have a snapshot in any case.
local USELESS = {
  error = "Invalid volume: The snapshot cannot be created when the volume is in error status.",
  maintenance = "Invalid volume: The snapshot cannot be created when the volume is in "
    .. "maintenance mode.",
}

local function check_volume(ctx, volume, in_use_too)
  if not volume.host then
    ctx:fail(400, "Invalid volume: volume is not assigned to a host")
  elseif USELESS[volume.status] then
    ctx:fail(400, USELESS[volume.status])
  end
  if volume.status == "available" or in_use_too and volume.status == "in-use" then
    return
  end
  ctx:fail(400, ("Invalid volume: Volume %s status must be %s, but current status is: %s.")
    :format(volume.id, in_use_too and "available, in-use" or "available", volume.status))
end

-- Does the request allow a volume in use?
local function takes_in_use(ctx, wish)
  local force = wish:value("force")
  if type(force) == "string" then
    force = python.boolean(force)
  end
  if ctx.micro >= 66 and force == false then
    ctx:fail(400, FORCE_IS_OVER)
  end
  return force or ctx.micro >= 66
end

--- Makes the record that a create asks for.
-- @param ctx the context
-- @param wish the body's Object, checked
-- @param volume the record of the volume
function snapshots.make(ctx, wish, volume)
  local name = wish:get("name") ~= nil and "name" or "display_name"
  local metadata = wish:value("metadata")
  return ctx.sim.store:create_snapshot {
    volume = volume, project_id = ctx.project.id or false, user_id = ctx.user.id,
    name = stripped(wish:value(name)), description = stripped(wish:value("description")),
    metadata = metadata and metadata:copy(), request_id = ctx.request_id,
  }
end

--- POST /snapshots
function snapshots.create(ctx)
  local wish = ctx:checked_body("snapshot", schema.CREATE)
  local volume = ctx:volume(wish:value("volume_id") or "None")
  check_volume(ctx, volume, takes_in_use(ctx, wish))
  quotas.check(ctx, "snapshots", volume.size)
  return snapshots.show(202, view(ctx, snapshots.make(ctx, wish, volume)))
end

--- POST /manageable_snapshots, /os-snapshot-manage
function snapshots.manage(ctx)
  local wish = ctx:checked_body("snapshot", schema.MANAGE)
  local volume = ctx:volume(wish:get("volume_id"))
  ctx:only_admin("snapshot_extension:snapshot_manage")
  ctx.sim.store:take_back(wish:get("ref"))
  return snapshots.show(202, summary(ctx, snapshots.make(ctx, wish, volume)))
end

-- Changing --------------------------------------------------------------------------------

local function change(record, wish, names, field)
  for _, name in ipairs(names) do
    if wish:get(name) ~= nil then
      record[field] = stripped(wish:value(name))
    end
  end
end

--- PUT /snapshots/{id}
function snapshots.update(ctx, id)
  local wish = ctx:checked_body("snapshot", schema.UPDATE)
  local record = ctx:snapshot(id)
  change(record, wish, { "display_name", "name" }, "name")
  change(record, wish, { "display_description", "description" }, "description")
  local reply = snapshots.show(200, view(ctx, record)) -- still with the old updated_at
  record.updated = ctx.sim.now()
  return reply
end

--- May a snapshot be deleted in its present state?
function snapshots.check_deletable(ctx, record)
  if record.status ~= "available" and record.status ~= "error" or record.group_snapshot_id then
    ctx:fail(400, NOT_DELETABLE)
  end
end

--- DELETE /snapshots/{id}
function snapshots.delete(ctx, id)
  if ctx.request.body ~= "" then
    ctx:fail(400, "The server could not comply with the request since it is either malformed or "
      .. "otherwise incorrect.")
  end
  local record = ctx:snapshot(id)
  snapshots.check_deletable(ctx, record)
  ctx.sim.store:delete_snapshot(record, ctx.request_id)
  return answer.new(202, "", "text/html; charset=UTF-8")
end

return snapshots
