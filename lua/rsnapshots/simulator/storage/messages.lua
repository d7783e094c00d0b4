--- The service's messages about what failed: GET /messages, from 3.3 on.
-- @module rsnapshots.simulator.storage.messages

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local listing = require "rsnapshots.simulator.storage.listing"
local time = require "rsnapshots.simulator.text.time"

local messages = {}

local PAGES_SINCE = 5 -- before this microversion, there are neither filters nor pages
local KEPT = 30 * 24 * 3600 -- seconds

local function links(ctx, record)
  local path = "/messages/" .. record.id
  return json.array {
    json.object("rel", "self", "href", ctx:base_url() .. path),
    json.object("rel", "bookmark", "href", ctx:bookmark_url() .. path),
  }
end

local function view(ctx, record)
  return json.object("id", record.id, "event_id", record.event_id,
    "user_message", record.user_message, "message_level", record.level,
    "created_at", time.iso(record.created), "guaranteed_until", time.iso(record.created + KEPT),
    "request_id", record.request_id, "links", links(ctx, record),
    "resource_type", record.resource_type, "resource_uuid", record.resource_uuid)
end

local function find(ctx, id)
  local record = ctx.sim.store.message_by_id[id]
  return ctx:sees(record) and record or ctx:not_found("Message", id)
end

local RESOURCE = {
  name = "messages", find = find, allowed_filters = "message_filters", old_filters = {},
  metadata_since = 0, name_key_since = math.huge,
  columns = { id = "id", created_at = "created", event_id = "event_id",
    resource_uuid = "resource_uuid", resource_type = "resource_type", request_id = "request_id",
    message_level = "level" },
}
for name in pairs(RESOURCE.columns) do
  RESOURCE.old_filters[name] = true
end

local function list_all(ctx)
  local shown, list = json.array(), ctx.sim.store.messages
  for i = #list, 1, -1 do
    if list[i].project_id == ctx.project.id then
      shown[#shown + 1] = view(ctx, list[i])
    end
  end
  return answer.json(200, json.object("messages", shown))
end

--- GET /messages
function messages.list(ctx)
  if ctx.micro < PAGES_SINCE then
    return list_all(ctx)
  end
  return listing.answer(ctx, RESOURCE, "messages", view)
end

--- GET /messages/{id}
function messages.get(ctx, id)
  return answer.json(200, json.object("message", view(ctx, find(ctx, id))))
end

--- DELETE /messages/{id}
function messages.delete(ctx, id)
  ctx.sim.store:remove_message(find(ctx, id))
  return answer.new(204, "", "text/html; charset=UTF-8")
end

return messages
