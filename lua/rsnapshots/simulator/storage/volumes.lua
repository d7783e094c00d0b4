--- Volumes in versions 2 and 3, as far as snapshots need them.
-- @module rsnapshots.simulator.storage.volumes

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local listing = require "rsnapshots.simulator.storage.listing"
local quotas = require "rsnapshots.simulator.storage.quotas"
local schema = require "rsnapshots.simulator.storage.schema"
local snapshot_actions = require "rsnapshots.simulator.storage.snapshot_actions"
local time = require "rsnapshots.simulator.text.time"

local volumes = {}

local GENERIC = "The server could not comply with the request since it is either malformed or "
  .. "otherwise incorrect."
local NOT_DELETABLE = "Invalid volume: Volume status must be available or error or "
  .. "error_restoring or error_extending or error_managing and must not be migrating, attached, "
  .. "belong to a group, have snapshots, awaiting a transfer, or be disassociated from "
  .. "snapshots after volume transfer."

-- Views -----------------------------------------------------------------------------------

local function links(ctx, record)
  local path = "/volumes/" .. record.id
  return json.array {
    json.object("rel", "self", "href", ctx:base_url() .. path),
    json.object("rel", "bookmark", "href", ctx:bookmark_url() .. path),
  }
end

local function attachments(record)
  if not record.attachment then
    return json.array()
  end
  local a = record.attachment
  return json.array { json.object("id", record.id, "attachment_id", a.id,
    "volume_id", record.id, "server_id", a.server_id, "host_name", nil, "device", a.device,
    "attached_at", time.iso(a.time)) }
end

local function view(ctx, record)
  local object = json.object("id", record.id, "status", record.status, "size", record.size,
    "availability_zone", "nova", "created_at", time.iso(record.created),
    "updated_at", record.updated and time.iso(record.updated), "name", record.name,
    "description", record.description, "volume_type", "__DEFAULT__",
    "snapshot_id", record.snapshot_id, "source_volid", nil,
    "metadata", json.from_map(record.metadata), "links", links(ctx, record),
    "user_id", record.user_id, "bootable", "false", "encrypted", false,
    "replication_status", nil, "consistencygroup_id", nil, "multiattach", false,
    "attachments", attachments(record))
  if ctx.micro >= 13 then
    object:set("group_id", record.group_id)
  end
  if ctx.micro >= 48 then
    object:set("shared_targets", false):set("service_uuid", nil)
  end
  if ctx.micro >= 63 then
    object:set("volume_type_id", ctx.sim.volume_type_id)
  end
  if ctx.micro >= 65 then
    object:set("consumes_quota", true)
  end
  return object
end

local function detail(ctx, record)
  return view(ctx, record):set("os-vol-tenant-attr:tenant_id", record.project_id)
end

local function summary(ctx, record)
  return json.object("id", record.id, "name", record.name, "links", links(ctx, record))
end

-- Reading ---------------------------------------------------------------------------------

local RESOURCE = {
  name = "volumes", allowed_filters = "volume_filters",
  old_filters = { name = true, status = true, metadata = true, availability_zone = true,
    bootable = true, size = true },
  metadata_since = 0, name_key_since = 0,
  find = function(ctx, id) return ctx:volume(id) end,
  columns = {
    id = "id", created_at = "created", updated_at = "updated", status = "status",
    display_name = "name", display_description = "description", size = "size",
    project_id = "project_id", user_id = "user_id", snapshot_id = "snapshot_id",
  },
}

--- GET /volumes
function volumes.list(ctx)
  return listing.answer(ctx, RESOURCE, "volumes", summary)
end

--- GET /volumes/detail
function volumes.list_detail(ctx)
  return listing.answer(ctx, RESOURCE, "volumes/detail", detail)
end

--- GET /volumes/{id}
function volumes.get(ctx, id)
  return answer.json(200, json.object("volume", detail(ctx, ctx:volume(id))))
end

-- Creating and deleting -------------------------------------------------------------------

-- The snapshot from which a volume is made, if any; raises a refusal if it cannot be used.
local function origin_of(ctx, id, size)
  if not id then
    return nil
  end
  local record = ctx:snapshot(id)
  if record.status ~= "available" then
    ctx:fail(400, "Invalid snapshot: Originating snapshot status must be one of 'available' "
      .. "values")
  end
  if size and size < record.size then
    ctx:fail(400, ("Invalid input received: Volume size '%d'GB cannot be smaller than the "
      .. "snapshot size %dGB. They must be >= original snapshot size."):format(size, record.size))
  end
  return record
end

--- POST /volumes
function volumes.create(ctx)
  local wish = ctx:checked_body("volume", schema.VOLUME)
  local size = tonumber(wish:value("size"))
  local snapshot = origin_of(ctx, wish:value("snapshot_id"), size)
  if not size and not snapshot then
    ctx:fail(400, GENERIC)
  end
  size = size or snapshot.size
  quotas.check(ctx, "volumes", size)
  local metadata = wish:value("metadata")
  local record = ctx.sim.store:create_volume {
    size = size, name = wish:value("name"),
    description = wish:value("description"), project = ctx.project, user = ctx.user,
    snapshot_id = snapshot and snapshot.id, metadata = metadata and metadata:copy(),
  }
  return answer.json(202, json.object("volume", view(ctx, record)))
end

--- DELETE /volumes/{id}
function volumes.delete(ctx, id)
  local record = ctx:volume(id)
  local deletable = record.status == "available" or record.status == "error"
  if not deletable or ctx.sim.store:count_of_volume(id) > 0 then
    ctx:fail(400, NOT_DELETABLE)
  end
  ctx.sim.store:delete_volume(record)
  return answer.new(202, "", "text/html; charset=UTF-8")
end

-- Actions ---------------------------------------------------------------------------------

local function accepted()
  return answer.new(202, "", "application/json")
end

local ACTIONS = {}

ACTIONS["os-reserve"] = function(ctx, record)
  if record.status ~= "available" then
    ctx:fail(400, ("Invalid volume: Volume status must be available to reserve, but the status "
      .. "is %s."):format(record.status))
  end
  record.status = "attaching"
  return accepted()
end

ACTIONS["os-attach"] = function(ctx, record, body)
  local wish = body:get("os-attach")
  record.status = "in-use"
  record.attachment = {
    id = ctx.sim.random:uuid(), server_id = wish:value("instance_uuid"),
    device = wish:value("mountpoint"), time = ctx.sim.now(),
  }
  return accepted()
end

-- The statuses that an administrator may set.
local STATUSES = {
  "creating", "available", "deleting", "error", "error_deleting", "error_managing", "managing",
  "attaching", "in-use", "detaching", "maintenance", "restoring-backup", "error_restoring",
  "reserved", "awaiting-transfer", "backing-up", "error_backing-up", "error_extending",
  "downloading", "uploading", "retyping", "extending",
}

ACTIONS["os-reset_status"] = function(ctx, record, body)
  local wish = body:get("os-reset_status")
  local status = json.type(wish) == "object" and wish:value("status")
  if not status then
    ctx:fail(400, "Must specify 'status', 'attach_status' or 'migration_status' for update.")
  end
  snapshot_actions.check_status(ctx, "Volume", status, STATUSES)
  ctx:only_admin("volume_extension:volume_admin_actions:reset_status")
  if status == "deleting" then
    ctx:fail(400, "Cannot reset-state to deleting")
  elseif status == "in-use" and not record.attachment then
    ctx:fail(400, "Cannot reset-state to in-use because volume does not have any attachments.")
  end
  record.status, record.pending, record.updated = status, nil, ctx.sim.now()
  return accepted()
end

-- The newest snapshot of a volume, or nil.
local function newest(ctx, volume)
  local list = ctx.sim.store.snapshots
  for i = #list, 1, -1 do
    if list[i].volume_id == volume.id then
      return list[i]
    end
  end
  return nil
end

local function check_revertible(ctx, record, snapshot)
  local what = record.status ~= "available" and "Volume"
    or snapshot.status ~= "available" and "Snapshot"
  if what then
    ctx:fail(409, ("Invalid %s: Can't revert volume %s to its latest snapshot %s. %s's status "
      .. "must be 'available'."):format(what:lower(), record.id, snapshot.id, what))
  end
end

ACTIONS.revert = function(ctx, record, body)
  if ctx.micro < 40 then
    ctx:fail(404, "The resource could not be found.")
  end
  local wish = body:get("revert")
  local id = json.type(wish) == "object" and wish:value("snapshot_id")
  local snapshot = newest(ctx, record)
  if not snapshot or snapshot.id ~= id then
    ctx:fail(400, ("Specified snapshot %s is None or not the latest one of volume %s.")
      :format(id or "None", record.id))
  end
  check_revertible(ctx, record, snapshot)
  ctx.sim.store:revert(record, snapshot)
  return accepted()
end

--- POST /volumes/{id}/action
function volumes.act(ctx, id)
  local action, body = snapshot_actions.choose(ctx, ACTIONS)
  return action(ctx, ctx:volume(id), body)
end

return volumes
