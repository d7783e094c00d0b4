--- Version 1, as in Rackspace Cloud Block Storage and the oldest Cinders.
-- @module rsnapshots.simulator.storage.rackspace

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local python = require "rsnapshots.simulator.text.python"
local query = require "rsnapshots.simulator.text.query"
local quotas = require "rsnapshots.simulator.storage.quotas"
local snapshots = require "rsnapshots.simulator.storage.snapshots"
local time = require "rsnapshots.simulator.text.time"

local rackspace = {}

local UNPROCESSABLE = "Unable to process the contained instructions"

local function fail(status, message, name)
  error(answer.rackspace(status, message, name), 0)
end

--- The answer to a request without a valid token.
function rackspace.unauthorized()
  return answer.rackspace(401, "No valid token provided. Please use the 'X-Auth-Token' header "
    .. "with a valid token.")
end

-- Views -----------------------------------------------------------------------------------

local function view(_, record)
  return json.object("id", record.id, "created_at", time.iso(record.created, true),
    "display_name", record.name, "display_description", record.description,
    "volume_id", record.volume_id, "status", record.status, "size", record.size,
    "metadata", json.object())
end

local function detail(ctx, record)
  return snapshots.extend(ctx, view(ctx, record), record)
end

-- Operations ------------------------------------------------------------------------------

local function find(ctx, what, id)
  local by_id = what == "Volume" and ctx.sim.store.volume_by_id or ctx.sim.store.snapshot_by_id
  if not ctx:sees(by_id[id]) then
    fail(404, ("%s %s could not be found."):format(what, tostring(id)))
  end
  return by_id[id]
end

local function body_of(ctx, envelope)
  local body = json.decode(ctx.request.body)
  local inner = json.type(body) == "object" and body:get(envelope)
  if json.type(inner) ~= "object" then
    fail(422, UNPROCESSABLE)
  end
  return inner
end

-- A text in a body: nil if there is none; raises a refusal for another type.
local function text_of(wish, name)
  local value = wish:value(name)
  if value == nil then
    return nil
  elseif type(value) ~= "string" or python.length(value) > 255 then
    fail(400, ("Invalid input received: %s has more than 255 characters or is no text")
      :format(name))
  end
  return value
end

local function number_parameter(ctx, name, default)
  local word = ctx.request.params:get(name)
  if not word then
    return default
  end
  local number = python.integer(word)
  if not number then
    fail(400, name .. " param must be an integer")
  end
  if number < 0 then
    fail(400, name .. " param must be positive")
  end
  return number
end

-- A page of the project's own records, newest first.
local function list(ctx, name, view_one)
  local max = ctx.sim.page_limit
  local limit, offset = number_parameter(ctx, "limit", max), number_parameter(ctx, "offset", 0)
  limit = math.min(limit == 0 and max or limit, max)
  local records, shown, seen = ctx.sim.store[name], json.array(), 0
  for i = #records, 1, -1 do
    if #shown == limit then
      break
    end
    if records[i].project_id == ctx.project.id then
      seen = seen + 1
      if seen > offset then
        shown[#shown + 1] = view_one(ctx, records[i])
      end
    end
  end
  return answer.json(200, json.object(name, shown))
end

local OPERATIONS = {}

OPERATIONS["GET snapshots"] = function(ctx)
  return list(ctx, "snapshots", view)
end

OPERATIONS["GET snapshots/detail"] = function(ctx)
  return list(ctx, "snapshots", detail)
end

local function check_volume(ctx, wish)
  local id = wish:get("volume_id")
  if type(id) ~= "string" then
    fail(422, UNPROCESSABLE)
  end
  local volume = find(ctx, "Volume", id)
  local force = wish:get("force")
  force = force == true or type(force) == "string" and python.boolean(force)
  local fits = volume.status == "available" or force and volume.status == "in-use"
  if not fits then
    fail(400, force and "Invalid volume: must be available or in-use"
      or "Invalid volume: must be available")
  end
  return volume
end

local function check_quota(ctx, volume)
  local limit = ctx.sim.snapshots_per_volume
  if ctx.sim.store:count_of_volume(volume.id) >= limit then
    fail(429, ("Maximum number of snapshots allowed (%d) for this volume exceeded"):format(limit),
      "SnapshotQuotaExceeded")
  end
  local refusal = quotas.refusal(ctx.sim, ctx.project.id, "snapshots", volume.size)
  if refusal then
    fail(413, refusal)
  end
end

OPERATIONS["POST snapshots"] = function(ctx)
  local wish = body_of(ctx, "snapshot")
  local volume = check_volume(ctx, wish)
  local name, description = text_of(wish, "display_name"), text_of(wish, "display_description")
  check_quota(ctx, volume)
  return snapshots.show(200, view(ctx, ctx.sim.store:create_snapshot { volume = volume,
    project_id = ctx.project.id, user_id = ctx.user.id, name = name, description = description,
    request_id = ctx.request_id }))
end

local ON_ONE = {}

function ON_ONE.GET(ctx, record)
  return snapshots.show(200, detail(ctx, record))
end

function ON_ONE.PUT(ctx, record)
  local wish = body_of(ctx, "snapshot")
  local name, description = text_of(wish, "display_name"), text_of(wish, "display_description")
  record.name = name or record.name
  record.description = description or record.description
  record.updated = ctx.sim.now()
  return snapshots.show(200, view(ctx, record))
end

function ON_ONE.DELETE(ctx, record)
  if record.status == "creating" or record.status == "deleting" then
    fail(409, ("Request to delete snapshot %s conflicts with in-progress operation (%s).")
      :format(record.id, record.status))
  end
  if record.status ~= "available" and record.status ~= "error" then
    fail(400, "Invalid snapshot: Snapshot status must be available or error")
  end
  ctx.sim.store:delete_snapshot(record, ctx.request_id)
  return answer.new(202, "", "text/html; charset=UTF-8")
end

-- Volumes ---------------------------------------------------------------------------------

local function volume_view(_, record)
  return json.object("id", record.id, "display_name", record.name,
    "display_description", record.description, "status", record.status, "size", record.size,
    "volume_type", "SATA", "snapshot_id", record.snapshot_id, "attachments", json.array(),
    "availability_zone", "nova", "metadata", json.from_map(record.metadata),
    "created_at", time.iso(record.created, true))
end

local function list_volumes(ctx)
  return list(ctx, "volumes", volume_view)
end

OPERATIONS["GET volumes"] = list_volumes
OPERATIONS["GET volumes/detail"] = list_volumes

-- The snapshot from which a volume is made, if any, and the size.
local function source_of(ctx, wish)
  local id, size = wish:value("snapshot_id"), tonumber(wish:value("size"))
  local snapshot = id and find(ctx, "Snapshot", id)
  if snapshot and snapshot.status ~= "available" then
    fail(400, "Invalid snapshot: status must be available")
  end
  size = size or snapshot and snapshot.size
  if not size or snapshot and size < snapshot.size then
    fail(400, "Invalid input received: Invalid volume size provided for create request")
  end
  return snapshot, size
end

OPERATIONS["POST volumes"] = function(ctx)
  local wish = body_of(ctx, "volume")
  local snapshot, size = source_of(ctx, wish)
  local metadata = wish:get("metadata")
  return answer.json(200, json.object("volume", volume_view(ctx, ctx.sim.store:create_volume {
    size = size, name = text_of(wish, "display_name"), project = ctx.project, user = ctx.user,
    description = text_of(wish, "display_description"), snapshot_id = snapshot and snapshot.id,
    metadata = json.type(metadata) == "object" and metadata:copy() or nil,
  })))
end

-- Paths -----------------------------------------------------------------------------------

local function refuse_method()
  fail(405, "The method is not allowed for this resource.")
end

-- Answers a request for one snapshot, volume or volume type.
local function on_one(ctx, path)
  local id = path:match("^snapshots/([^/]+)/metadata$")
  if id then -- by the documentation, this is the whole snapshot
    return ctx.request.method == "GET" and ON_ONE.GET(ctx, find(ctx, "Snapshot", id))
      or refuse_method()
  end
  id = path:match("^snapshots/([^/]+)$")
  if id then
    local operation = ON_ONE[ctx.request.method] or refuse_method()
    return operation(ctx, find(ctx, "Snapshot", id))
  end
  id = ctx.request.method == "GET" and path:match("^volumes/([^/]+)$")
  if id then
    return answer.json(200, json.object("volume", volume_view(ctx, find(ctx, "Volume", id))))
  end
  return answer.rackspace(404, "The resource could not be found.")
end

--- Answers a request whose token is valid.
-- @param ctx the context
-- @tparam string path the path below /v1
function rackspace.serve(ctx, path)
  local account, rest = path:match("^/([^/]+)/(.*)$")
  if account ~= ctx.project.id then
    return answer.rackspace(rest and 400 or 404, rest and "Malformed request url"
      or "The resource could not be found.")
  end
  rest = query.unescape(rest)
  local operation = OPERATIONS[ctx.request.method .. " " .. rest]
  if operation then
    return operation(ctx)
  end
  return on_one(ctx, rest)
end

return rackspace
