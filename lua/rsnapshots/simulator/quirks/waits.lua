--- What goes wrong between a change and the next request for it: proxies and maintenance pages,
-- replicas that lag behind, changes with undocumented answers.
-- @module rsnapshots.simulator.quirks.waits

local answer = require "rsnapshots.simulator.http.answer"
local editing = require "rsnapshots.simulator.quirks.editing"

local APACHE = "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1><p>The "
  .. "requested URL was not found on this server.</p></body></html>"
local MAINTENANCE = "<html><head><title>Maintenance</title></head><body><h1>We will be back "
  .. "soon</h1></body></html>"

-- Is it the turn of this request, one of every `n`?
local function is_turn(self)
  self.seen = self.seen + 1
  return self.seen % self.n == 0
end

local function is_get(request)
  return request.asks.resource ~= nil and request.method == "GET"
end

-- A `before` that answers one of every `n` requests for a resource.
local function now_and_then(make)
  return function(self, request)
    if request.asks.resource and is_turn(self) then
      return make()
    end
    return nil
  end
end

-- An `after` that changes one of every `n` answers to a GET of a snapshot.
local function spoil(change)
  return function(self, request, reply)
    if is_get(request) and reply.status == 200 and is_turn(self) then
      change(reply)
    end
  end
end

-- An `after` for one successful operation on snapshots: `change(self, reply, request)` returns
-- another answer.
local function on_success(operation, change)
  return function(self, request, reply)
    local asks = request.asks
    if asks.resource == "snapshots" and asks.operation == operation and reply.status < 300 then
      return change(self, reply, request)
    end
    return nil
  end
end

local function instead(status, body, content_type)
  return function() return answer.new(status, body, content_type) end
end

-- A create's answer that says only where the new snapshot is.
local function only_location(status)
  return on_success("create", function(self, reply, request)
    local id = editing.id(reply)
    return id and answer.new(status):header("Location",
      ("%s%s/%s"):format(self.sim.url, request.path:gsub("/$", ""), id)) or nil
  end)
end

-- Remembers a new snapshot, and hides it from the next `n` requests for it.
local function hide_new(self, request, reply)
  local asks = request.asks
  if asks.resource ~= "snapshots" then
    return nil
  elseif asks.operation == "create" and reply.status < 300 then
    local id = editing.id(reply)
    if id then
      self.memory[id] = self.n
    end
  elseif asks.operation == "get" and (self.memory[asks.id] or 0) > 0 then
    self.memory[asks.id] = self.memory[asks.id] - 1
    return answer.fault(404, ("Snapshot %s could not be found."):format(asks.id))
  end
  return nil
end

-- Keeps what a GET of a snapshot would show now, and how often it will still be shown.
local function stale_copy(self, request)
  local get = setmetatable({ method = "GET", body = "" }, { __index = request })
  local reply = self.sim:route(get)
  return reply.status == 200 and { body = reply.body, left = self.n } or nil
end

-- The old state of a snapshot while it is still shown; counts down.
local function take_old(self, id)
  local old = self.memory[id]
  if old and old.left > 0 then
    old.left = old.left - 1
    return old
  end
  return nil
end

-- Before a delete, keeps what a GET would show; the next ones get that stale state.
local function show_old(self, request)
  local asks = request.asks
  if asks.resource == "snapshots" and asks.operation == "delete" then
    self.memory[asks.id] = self.memory[asks.id] or stale_copy(self, request)
  elseif asks.resource == "snapshots" and asks.operation == "get" then
    local old = take_old(self, asks.id)
    return old and answer.new(200, old.body, "application/json")
  end
  return nil
end

-- Lists show the old state, too, while they show the snapshot at all. A refused delete changes
-- nothing.
local function list_old(self, request, reply)
  local asks = request.asks
  if asks.operation == "delete" and reply.status >= 300 then
    self.memory[asks.id] = nil
  elseif asks.resource == "snapshots" and asks.operation == "list" then
    editing.records(reply, function(record)
      if take_old(self, record:get("id")) then
        record:set("status", "available")
      end
    end)
  end
end

return {
  { name = "proxy_404_text", n = 3,
    says = "One of every 3 requests (=N: of every N) gets a proxy's 404, as text.",
    before = now_and_then(instead(404, "default backend - 404", "text/plain; charset=utf-8")) },
  { name = "proxy_404_html", n = 3,
    says = "One of every 3 requests (=N: of every N) gets a proxy's 404, as HTML.",
    before = now_and_then(instead(404, APACHE, "text/html; charset=iso-8859-1")) },
  { name = "maintenance_page", n = 3,
    says = "One of every 3 GETs (=N: of every N) gets a maintenance page: HTML with status 200.",
    before = function(self, request)
      if is_get(request) and is_turn(self) then
        return answer.new(200, MAINTENANCE, "text/html")
      end
      return nil
    end },
  { name = "empty_body", n = 3,
    says = "One of every 3 GETs (=N: of every N) gets a 200 without a body.",
    after = spoil(function(reply) reply.body = "" end) },
  { name = "half_body", n = 3,
    says = "One of every 3 GETs (=N: of every N) gets half of the body, with a length that fits.",
    after = spoil(function(reply)
      reply.body = reply.body:sub(1, math.floor(#reply.body / 2))
    end) },
  { name = "late_after_create", n = 2,
    says = "A new snapshot is a 404 for the first 2 GETs (=N: N of them).", after = hide_new },
  { name = "stale_after_delete", n = 3,
    says = "A deleted snapshot looks unchanged for 3 GETs (=N: N of them).",
    before = show_old, after = list_old },
  { name = "delete_200_text", says = "A delete is answered by 200 and the text OK.",
    after = on_success("delete", instead(200, "OK", "text/plain")) },
  { name = "delete_200_null", says = "A delete is answered by 200 and null.",
    after = on_success("delete", instead(200, "null", "application/json")) },
  { name = "delete_200_html", says = "A delete is answered by 200 and a page.",
    after = on_success("delete", instead(200, "<html><body>202 Accepted</body></html>",
      "text/html")) },
  { name = "delete_204", says = "A delete is answered by 204.",
    after = on_success("delete", instead(204)) },
  { name = "metadata_204", says = "A change of metadata is answered by 204, without a body.",
    after = function(_, request, reply)
      if request.method ~= "GET" and request.path:find("/metadata", 1, true)
        and reply.status < 300 then
        return answer.new(204)
      end
      return nil
    end },
  { name = "update_204", says = "An update is answered by 204, without a body.",
    after = on_success("update", instead(204)) },
  { name = "create_201_location", says = "A create is answered by 201 and a Location, no body.",
    after = only_location(201) },
  { name = "create_202_location", says = "A create is answered by 202 and a Location, no body.",
    after = only_location(202) },
}
