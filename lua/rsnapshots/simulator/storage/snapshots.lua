--- Snapshots in the dialects v2 and v3: list, show, create, update, delete.
-- @module rsnapshots.simulator.storage.snapshots

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local listing = require "rsnapshots.simulator.storage.listing"
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

--- Metadata as an Object, also where a spec has put a plain table.
function snapshots.metadata(record)
  if json.type(record.metadata) == "object" then
    return record.metadata
  end
  local names, object = {}, json.object()
  for name in pairs(record.metadata or {}) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    object:set(name, record.metadata[name])
  end
  return object
end

local function summary(record)
  return json.object("id", record.id, "created_at", moment(record.created),
    "updated_at", moment(record.updated), "name", record.name,
    "description", record.description, "volume_id", record.volume_id,
    "status", record.status, "size", record.size, "metadata", snapshots.metadata(record))
end

-- What an answer to POST and PUT shows.
local function view(ctx, record)
  local object = summary(record)
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

-- What GET and the detailed list show.
local function detail(ctx, record)
  return view(ctx, record)
    :set("os-extended-snapshot-attributes:project_id", record.project_id)
    :set("os-extended-snapshot-attributes:progress", ctx.sim.store:progress(record))
end

local function show(status, object)
  return answer.json(status, json.object("snapshot", object))
end

-- Listing ---------------------------------------------------------------------------------

local function take_count(ctx, query)
  local word = ctx.micro >= 45 and query:take("with_count")
  if not word then
    return false
  end
  local wanted = python.boolean(word)
  if wanted == nil then
    ctx:fail(400, ("Value '%s' for 'with_count' is not a boolean."):format(word))
  end
  return wanted
end

local function find_page(ctx, order, page, matches)
  if page.marker then
    page.marker = ctx:snapshot(page.marker)
  end
  listing.resolve_order(ctx, order)
  local store = ctx.sim.store
  return listing.page(store.snapshots, function(record) return store:index_of(record) end,
    order, page, matches)
end

local function index(ctx, collection, show_one)
  local query = ctx.request.params:copy()
  for _, item in ipairs(query.items) do
    if not json.is_utf8(item[1] .. item[2]) then
      ctx:fail(400, "Error decoding your request. Either the URL or the request body contained "
        .. "characters that could not be decoded by Cinder.")
    end
  end
  local order = listing.take_order(ctx, query)
  local page = listing.take_page(ctx, query)
  local counted = take_count(ctx, query)
  local matches = listing.filter(ctx, query)
  if ctx.micro >= 30 then
    for _, part in ipairs(order) do
      if part[1] == "name" then
        part[1] = "display_name"
        break -- only the first: another is no key
      end
    end
  end
  listing.complete_order(ctx, order)
  local records = matches and find_page(ctx, order, page, matches) or {}
  local count = counted and (matches and listing.count(ctx.sim.store.snapshots, matches) or 0)
  local shown = json.array()
  for i, record in ipairs(records) do
    shown[i] = show_one(ctx, record)
  end
  local body = json.object("snapshots", shown)
  local links = listing.links(ctx, collection, records, count)
  if links then
    body:set("snapshots_links", links)
  end
  if count then
    body:set("count", count)
  end
  return answer.json(200, body)
end

--- GET /snapshots
function snapshots.list(ctx)
  return index(ctx, "snapshots", function(_, record) return summary(record) end)
end

--- GET /snapshots/detail
function snapshots.list_detail(ctx)
  return index(ctx, "snapshots/detail", detail)
end

--- GET /snapshots/{id}
function snapshots.get(ctx, id)
  return show(200, detail(ctx, ctx:snapshot(id)))
end

-- Creating --------------------------------------------------------------------------------

local function value_of(object, name)
  local value = object:get(name)
  if value == json.null then
    return nil
  end
  return value
end

local function stripped(value)
  return value and python.strip(value)
end

local function check_volume(ctx, volume, in_use_too)
  if not volume.host then
    ctx:fail(400, "Invalid volume: volume is not assigned to a host")
  end
  if volume.status == "available" or in_use_too and volume.status == "in-use" then
    return
  end
  ctx:fail(400, ("Invalid volume: Volume %s status must be %s, but current status is: %s.")
    :format(volume.id, in_use_too and "available, in-use" or "available", volume.status))
end

local function check_quota(ctx)
  local limit = ctx.project.quota or ctx.sim.quota_snapshots
  if limit and ctx.sim.store:count_in_project(ctx.project.id) >= limit then
    ctx:fail(413, ("SnapshotLimitExceeded: Maximum number of snapshots allowed (%d) exceeded")
      :format(limit), "0")
  end
end

-- Whether a volume in use will do.
local function takes_in_use(ctx, wish)
  local force = value_of(wish, "force")
  if type(force) == "string" then
    force = python.boolean(force)
  end
  if ctx.micro >= 66 and force == false then
    ctx:fail(400, FORCE_IS_OVER)
  end
  return force or ctx.micro >= 66
end

--- Makes the record a create body asks for.
-- @param ctx the context
-- @param wish the body's Object, checked
-- @param volume the record of the volume
function snapshots.make(ctx, wish, volume)
  local name = wish:get("name") ~= nil and "name" or "display_name"
  local metadata = value_of(wish, "metadata")
  return ctx.sim.store:create_snapshot {
    volume = volume, project_id = ctx.project.id or false, user_id = ctx.user.id,
    name = stripped(value_of(wish, name)), description = stripped(value_of(wish, "description")),
    metadata = metadata and metadata:copy(),
  }
end

--- POST /snapshots
function snapshots.create(ctx)
  local body = ctx:body()
  local wrong = schema.check(body, "snapshot", schema.CREATE)
  if wrong then
    ctx:fail(400, wrong)
  end
  local wish = body:get("snapshot")
  local volume = ctx:volume(value_of(wish, "volume_id") or "None")
  check_volume(ctx, volume, takes_in_use(ctx, wish))
  check_quota(ctx)
  return show(202, view(ctx, snapshots.make(ctx, wish, volume)))
end

--- POST /manageable_snapshots, /os-snapshot-manage
function snapshots.manage(ctx)
  local body = ctx:body()
  local wrong = schema.check(body, "snapshot", schema.MANAGE)
  if wrong then
    ctx:fail(400, wrong)
  end
  local volume = ctx:volume(body:get("snapshot"):get("volume_id"))
  ctx:only_admin("snapshot_extension:snapshot_manage")
  ctx.sim.store:take_back(body:get("snapshot"):get("ref"))
  return show(202, summary(snapshots.make(ctx, body:get("snapshot"), volume)))
end

-- Changing --------------------------------------------------------------------------------

local function change(record, wish, names, field)
  for _, name in ipairs(names) do
    if wish:get(name) ~= nil then
      record[field] = stripped(value_of(wish, name))
    end
  end
end

--- PUT /snapshots/{id}
function snapshots.update(ctx, id)
  local body = ctx:body()
  local wrong = schema.check(body, "snapshot", schema.UPDATE)
  if wrong then
    ctx:fail(400, wrong)
  end
  local record = ctx:snapshot(id)
  local wish = body:get("snapshot")
  change(record, wish, { "display_name", "name" }, "name")
  change(record, wish, { "display_description", "description" }, "description")
  local reply = show(200, view(ctx, record)) -- still with the old updated_at
  record.updated = ctx.sim.now()
  return reply
end

--- Whether a snapshot may be deleted as it is.
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
  ctx.sim.store:delete_snapshot(record)
  return answer.new(202, "", "text/html; charset=UTF-8")
end

return snapshots
