--- Metadata of snapshots, and adding metadata to volumes, in versions 2 and 3.
-- @module rsnapshots.simulator.storage.snapshot_metadata

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local python = require "rsnapshots.simulator.text.python"

local snapshot_metadata = {}

local function no_key(ctx, id, key)
  ctx:fail(404, ("Snapshot %s has no metadata with key %s."):format(id, key))
end

local function show(object)
  return answer.json(200, json.object("metadata", object))
end

-- The object under the one key of a body.
local function element(ctx, name)
  local body = ctx:body()
  local inner = json.type(body) == "object" and body:get(name)
  if json.type(inner) ~= "object" then
    ctx:fail(400, ("Missing required element '%s' in request body."):format(name))
  end
  return inner
end

local function check_one(ctx, key, value)
  local bad = "Invalid metadata: Invalid input received: "
  if json.type(value) ~= "string" then
    ctx:fail(400, bad .. ("Value for metadata key: %s is not a string or unicode"):format(key))
  end
  if key == "" then
    ctx:fail(400, bad .. "Metadata key:  has 0 characters, less than 1.")
  end
  local large = "Invalid metadata size: Metadata property key %s %s than 255 characters."
  if python.length(key) > 255 then
    ctx:fail(413, large:format(key, "greater"))
  end
  if python.length(value) > 255 then
    ctx:fail(413, large:format(key, "value greater"))
  end
end

local function store(ctx, record, changes, replace)
  local metadata = replace and json.object() or json.from_map(record.metadata):copy()
  for _, key in ipairs(changes.keys) do
    check_one(ctx, key, changes:get(key))
    metadata:set(key, changes:get(key))
  end
  record.metadata = metadata
  return metadata
end

--- GET /snapshots/{id}/metadata
function snapshot_metadata.get(ctx, id)
  return show(json.from_map(ctx:snapshot(id).metadata))
end

--- POST /snapshots/{id}/metadata: merges.
function snapshot_metadata.merge(ctx, id)
  local changes = element(ctx, "metadata")
  return show(store(ctx, ctx:snapshot(id), changes, false))
end

--- POST /volumes/{id}/metadata: merges.
function snapshot_metadata.merge_of_volume(ctx, id)
  local changes = element(ctx, "metadata")
  return show(store(ctx, ctx:volume(id), changes, false))
end

--- PUT /snapshots/{id}/metadata: replaces.
function snapshot_metadata.replace(ctx, id)
  local changes = element(ctx, "metadata")
  return show(store(ctx, ctx:snapshot(id), changes, true))
end

--- GET /snapshots/{id}/metadata/{key}
function snapshot_metadata.get_key(ctx, id, key)
  local value = json.from_map(ctx:snapshot(id).metadata):get(key)
  if value == nil then
    no_key(ctx, id, key)
  end
  return answer.json(200, json.object("meta", json.object(key, value)))
end

--- PUT /snapshots/{id}/metadata/{key}
function snapshot_metadata.set_key(ctx, id, key)
  local meta = element(ctx, "meta")
  if meta:get(key) == nil then
    ctx:fail(400, "Request body and URI mismatch")
  end
  if #meta.keys > 1 then
    ctx:fail(400, "Request body contains too many items")
  end
  store(ctx, ctx:snapshot(id), meta, false)
  return answer.json(200, json.object("meta", meta))
end

--- DELETE /snapshots/{id}/metadata/{key}
function snapshot_metadata.delete_key(ctx, id, key)
  local record = ctx:snapshot(id)
  local metadata = json.from_map(record.metadata):copy()
  if metadata:get(key) == nil then
    no_key(ctx, id, key)
  end
  metadata:remove(key)
  record.metadata = metadata
  return answer.new(200, "", "text/html; charset=UTF-8")
end

return snapshot_metadata
