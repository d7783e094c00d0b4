--- The dialect v1, as Rackspace Cloud Block Storage and the oldest Cinders speak it.
-- @module rsnapshots.simulator.storage.rackspace

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local python = require "rsnapshots.simulator.text.python"
local query = require "rsnapshots.simulator.text.query"
local time = require "rsnapshots.simulator.text.time"

local Rackspace = { __name = "rsnapshots.simulator.Rackspace" }
Rackspace.__index = Rackspace

local rackspace = {}

local UNPROCESSABLE = "Unable to process the contained instructions"

--- @param sim the simulator
function rackspace.new(sim)
  return setmetatable({ sim = sim }, Rackspace)
end

local function fail(status, message, name)
  error(answer.rackspace(status, message, name), 0)
end

--- The answer to a request without a token that is any good.
function rackspace.unauthorized()
  return answer.rackspace(401, "No valid token provided. Please use the 'X-Auth-Token' header "
    .. "with a valid token.")
end

-- Views -----------------------------------------------------------------------------------

local function view(record)
  return json.object("id", record.id, "created_at", time.iso(record.created, true),
    "display_name", record.name, "display_description", record.description,
    "volume_id", record.volume_id, "status", record.status, "size", record.size,
    "metadata", json.object())
end

function Rackspace:detail(record)
  return view(record)
    :set("os-extended-snapshot-attributes:project_id", record.project_id)
    :set("os-extended-snapshot-attributes:progress", self.sim.store:progress(record))
end

local function show(status, object)
  return answer.json(status, json.object("snapshot", object))
end

-- Operations ------------------------------------------------------------------------------

local function find(ctx, id)
  local record = ctx.sim.store.snapshot_by_id[id]
  if not ctx:sees(record) then
    fail(404, ("Snapshot %s could not be found."):format(id))
  end
  return record
end

local function body_of(ctx)
  local body = json.decode(ctx.request.body)
  local inner = json.type(body) == "object" and body:get("snapshot")
  if json.type(inner) ~= "object" then
    fail(422, UNPROCESSABLE)
  end
  return inner
end

-- A text of a body: nil for none, an error for something else.
local function text_of(wish, name)
  local value = wish:get(name)
  if value == nil or value == json.null then
    return nil
  end
  if type(value) ~= "string" or python.length(value) > 255 then
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

function Rackspace:list(ctx, view_one)
  local max = self.sim.page_limit
  local limit, offset = number_parameter(ctx, "limit", max), number_parameter(ctx, "offset", 0)
  limit = math.min(limit == 0 and max or limit, max)
  local list, shown, seen = self.sim.store.snapshots, json.array(), 0
  for i = #list, 1, -1 do
    if #shown == limit then
      break
    end
    if list[i].project_id == ctx.project.id then
      seen = seen + 1
      if seen > offset then
        shown[#shown + 1] = view_one(self, list[i])
      end
    end
  end
  return answer.json(200, json.object("snapshots", shown))
end

local OPERATIONS = {}

OPERATIONS["GET snapshots"] = function(self, ctx)
  return self:list(ctx, function(_, record) return view(record) end)
end

OPERATIONS["GET snapshots/detail"] = function(self, ctx)
  return self:list(ctx, self.detail)
end

local function check_volume(ctx, wish)
  local id = wish:get("volume_id")
  if type(id) ~= "string" then
    fail(422, UNPROCESSABLE)
  end
  local volume = ctx.sim.store.volume_by_id[id]
  if not ctx:sees(volume) then
    fail(404, ("Volume %s could not be found."):format(id))
  end
  local force = wish:get("force")
  force = force == true or type(force) == "string" and python.boolean(force)
  local fits = volume.status == "available" or force and volume.status == "in-use"
  if not fits then
    fail(400, force and "Invalid volume: must be available or in-use"
      or "Invalid volume: must be available")
  end
  return volume
end

OPERATIONS["POST snapshots"] = function(self, ctx)
  local wish = body_of(ctx)
  local volume = check_volume(ctx, wish)
  local name, description = text_of(wish, "display_name"), text_of(wish, "display_description")
  local store, limit = self.sim.store, self.sim.snapshots_per_volume
  if store:count_of_volume(volume.id) >= limit then
    fail(429, ("Maximum number of snapshots allowed (%d) for this volume exceeded"):format(limit),
      "SnapshotQuotaExceeded")
  end
  local quota = ctx.project.quota or self.sim.quota_snapshots
  if quota and store:count_in_project(ctx.project.id) >= quota then
    fail(413, ("SnapshotLimitExceeded: Maximum number of snapshots allowed (%d) exceeded")
      :format(quota))
  end
  return show(200, view(store:create_snapshot { volume = volume, project_id = ctx.project.id,
    user_id = ctx.user.id, name = name, description = description }))
end

local ON_ONE = {}

function ON_ONE.GET(self, _, record)
  return show(200, self:detail(record))
end

function ON_ONE.PUT(_, ctx, record)
  local wish = body_of(ctx)
  local name, description = text_of(wish, "display_name"), text_of(wish, "display_description")
  record.name = name or record.name
  record.description = description or record.description
  record.updated = ctx.sim.now()
  return show(200, view(record))
end

function ON_ONE.DELETE(self, _, record)
  if record.status == "creating" or record.status == "deleting" then
    fail(409, ("Request to delete snapshot %s conflicts with in-progress operation (%s).")
      :format(record.id, record.status))
  end
  if record.status ~= "available" and record.status ~= "error" then
    fail(400, "Invalid snapshot: Snapshot status must be available or error")
  end
  self.sim.store:delete_snapshot(record)
  return answer.new(202, "", "text/html; charset=UTF-8")
end

local function volume_view(record)
  return json.object("id", record.id, "display_name", record.name,
    "display_description", record.description, "status", record.status, "size", record.size,
    "volume_type", "SATA", "snapshot_id", record.snapshot_id, "attachments", json.array(),
    "availability_zone", "nova", "metadata", record.metadata,
    "created_at", time.iso(record.created, true))
end

local function make_volume(ctx)
  local body = json.decode(ctx.request.body)
  local wish = json.type(body) == "object" and body:get("volume")
  if json.type(wish) ~= "object" then
    fail(422, UNPROCESSABLE)
  end
  local id, size = wish:get("snapshot_id"), tonumber(wish:get("size"))
  local snapshot = type(id) == "string" and find(ctx, id)
  if snapshot and snapshot.status ~= "available" then
    fail(400, "Invalid snapshot: status must be available")
  end
  size = size or snapshot and snapshot.size
  if not size or snapshot and size < snapshot.size then
    fail(400, "Invalid input received: Invalid volume size provided for create request")
  end
  local metadata = wish:get("metadata")
  return answer.json(200, json.object("volume", volume_view(ctx.sim.store:create_volume {
    size = size, name = text_of(wish, "display_name"), project = ctx.project, user = ctx.user,
    description = text_of(wish, "display_description"), snapshot_id = snapshot and snapshot.id,
    metadata = json.type(metadata) == "object" and metadata:copy() or nil,
  })))
end

OPERATIONS["POST volumes"] = function(_, ctx)
  return make_volume(ctx)
end

OPERATIONS["GET volumes"] = function(self, ctx)
  local shown, list = json.array(), self.sim.store.volumes
  for i = #list, 1, -1 do
    if list[i].project_id == ctx.project.id then
      shown[#shown + 1] = volume_view(list[i])
    end
  end
  return answer.json(200, json.object("volumes", shown))
end

local function one_volume(ctx, id)
  local record = ctx.sim.store.volume_by_id[id]
  if not ctx:sees(record) then
    fail(404, ("Volume %s could not be found."):format(id))
  end
  return answer.json(200, json.object("volume", volume_view(record)))
end

local function on_one_snapshot(self, ctx, id)
  local operation = ON_ONE[ctx.request.method]
  if not operation then
    fail(405, "The method is not allowed for this resource.")
  end
  return operation(self, ctx, find(ctx, id))
end

local function on_metadata(self, ctx, id)
  if ctx.request.method ~= "GET" then
    fail(405, "The method is not allowed for this resource.")
  end
  return show(200, self:detail(find(ctx, id)))
end

--- Answers a request, the token being good.
-- @param ctx the context
-- @tparam string path what follows /v1
function Rackspace:serve(ctx, path)
  local account, rest = path:match("^/([^/]+)/(.*)$")
  if account ~= ctx.project.id then
    return answer.rackspace(rest and 400 or 404, rest and "Malformed request url"
      or "The resource could not be found.")
  end
  rest = query.unescape(rest)
  local operation = OPERATIONS[ctx.request.method .. " " .. rest]
  if operation then
    return operation(self, ctx)
  end
  local id = rest:match("^snapshots/([^/]+)/metadata$")
  if id then
    return on_metadata(self, ctx, id)
  end
  id = rest:match("^snapshots/([^/]+)$")
  if id then
    return on_one_snapshot(self, ctx, id)
  end
  id = ctx.request.method == "GET" and rest:match("^volumes/([^/]+)$")
  if id then
    return one_volume(ctx, id)
  end
  return answer.rackspace(404, "The resource could not be found.")
end

return rackspace
