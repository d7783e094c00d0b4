--- The block storage service: versions, tokens, projects, microversions, paths.
-- @module rsnapshots.simulator.storage.blockstorage

local answer = require "rsnapshots.simulator.http.answer"
local context = require "rsnapshots.simulator.storage.context"
local guard = require "rsnapshots.simulator.http.guard"
local json = require "rsnapshots.simulator.text.json"
local manageable = require "rsnapshots.simulator.storage.manageable"
local messages = require "rsnapshots.simulator.storage.messages"
local quotas = require "rsnapshots.simulator.storage.quotas"
local rackspace = require "rsnapshots.simulator.storage.rackspace"
local snapshot_actions = require "rsnapshots.simulator.storage.snapshot_actions"
local snapshot_metadata = require "rsnapshots.simulator.storage.snapshot_metadata"
local snapshots = require "rsnapshots.simulator.storage.snapshots"
local query = require "rsnapshots.simulator.text.query"
local volumes = require "rsnapshots.simulator.storage.volumes"

local BlockStorage = { __name = "rsnapshots.simulator.BlockStorage" }
BlockStorage.__index = BlockStorage

local blockstorage = {}

local MAX_BODY = 114688
local PROJECTLESS_SINCE = 67 -- by the release's newest microversion, not the one asked for
local REFUSED = "The request you have made requires authentication."
local GENERIC = "The server could not comply with the request since it is either malformed or "
  .. "otherwise incorrect."

-- Method, path below the base, handler, and the first microversion with this route.
local ROUTES = {
  { "GET", "^snapshots$", snapshots.list },
  { "POST", "^snapshots$", snapshots.create },
  { "GET", "^snapshots/detail$", snapshots.list_detail },
  { "GET", "^snapshots/([^/]+)$", snapshots.get },
  { "PUT", "^snapshots/([^/]+)$", snapshots.update },
  { "DELETE", "^snapshots/([^/]+)$", snapshots.delete },
  { "POST", "^snapshots/([^/]+)/action$", snapshot_actions.act },
  { "GET", "^snapshots/([^/]+)/metadata$", snapshot_metadata.get },
  { "POST", "^snapshots/([^/]+)/metadata$", snapshot_metadata.merge },
  { "PUT", "^snapshots/([^/]+)/metadata$", snapshot_metadata.replace },
  { "GET", "^snapshots/([^/]+)/metadata/([^/]+)$", snapshot_metadata.get_key },
  { "PUT", "^snapshots/([^/]+)/metadata/([^/]+)$", snapshot_metadata.set_key },
  { "DELETE", "^snapshots/([^/]+)/metadata/([^/]+)$", snapshot_metadata.delete_key },
  { "GET", "^manageable_snapshots$", manageable.list, 8 },
  { "GET", "^manageable_snapshots/detail$", manageable.list_detail, 8 },
  { "POST", "^manageable_snapshots$", snapshots.manage, 8 },
  { "GET", "^os%-snapshot%-manage$", manageable.list },
  { "GET", "^os%-snapshot%-manage/detail$", manageable.list_detail },
  { "POST", "^os%-snapshot%-manage$", snapshots.manage },
  { "GET", "^volumes$", volumes.list },
  { "POST", "^volumes$", volumes.create },
  { "GET", "^volumes/detail$", volumes.list_detail },
  { "GET", "^volumes/([^/]+)$", volumes.get },
  { "DELETE", "^volumes/([^/]+)$", volumes.delete },
  { "POST", "^volumes/([^/]+)/action$", volumes.act },
  { "POST", "^volumes/([^/]+)/metadata$", snapshot_metadata.merge_of_volume },
  { "GET", "^limits$", quotas.limits },
  { "GET", "^os%-quota%-sets/([^/]+)$", quotas.show },
  { "PUT", "^os%-quota%-sets/([^/]+)$", quotas.update },
  { "GET", "^messages$", messages.list, 3 },
  { "GET", "^messages/([^/]+)$", messages.get, 3 },
  { "DELETE", "^messages/([^/]+)$", messages.delete, 3 },
}

local RESOURCES = { snapshots = true, volumes = true, manageable_snapshots = true,
  ["os-snapshot-manage"] = true, limits = true, ["os-quota-sets"] = true, messages = true }

--- @param sim the simulator
function blockstorage.new(sim)
  return setmetatable({ sim = sim }, BlockStorage)
end

-- Versions --------------------------------------------------------------------------------

local UPDATED = { "2012-01-04T11:33:21Z", "2017-02-25T12:00:00Z", "2022-08-31T00:00:00Z" }

local function describe(ctx, api)
  local v3 = api == 3
  return json.object("id", ("v%d.0"):format(api), "status", v3 and "CURRENT" or "DEPRECATED",
    "version", v3 and ctx.sim.max_microversion or "", "min_version", v3 and "3.0" or "",
    "updated", UPDATED[api], "links", json.array {
      json.object("rel", "describedby", "type", "text/html",
        "href", "https://docs.openstack.org/"),
      json.object("rel", "self", "href", ("http://%s/v%d/"):format(ctx:host(), api)),
    }, "media-types", json.array { json.object("base", "application/json",
      "type", ("application/vnd.openstack.volume+json;version=%d"):format(api)) })
end

-- The list of versions: all of them, or one.
local function versions(ctx, status, only)
  local list = json.array()
  for api = 1, 3 do
    if ctx.sim.api[api] and (not only or only == api) then
      list[#list + 1] = describe(ctx, api)
    end
  end
  return answer.json(status, json.object("versions", list))
end

-- Requests --------------------------------------------------------------------------------

local HTML_404 = [[
<html>
 <head>
  <title>404 Not Found</title>
 </head>
 <body>
  <h1>404 Not Found</h1>
  The resource could not be found.<br /><br />



 </body>
</html>]]

-- An unknown path. The answer is JSON only if the request asks for JSON.
local function no_route(ctx)
  if ctx.request.method == "HEAD" then
    return answer.new(404, "", "text/html; charset=UTF-8")
  end
  local accept = ctx.request.headers.accept or "*/*"
  if accept:find("application/json", 1, true) and not accept:find("text/html", 1, true) then
    return answer.no_route()
  end
  return answer.new(404, HTML_404, "text/html; charset=UTF-8")
end

function BlockStorage:unauthorized()
  local reply = answer.json(401, json.object("error", json.object("code", 401,
    "title", "Unauthorized", "message", REFUSED)))
  reply:header("Www-Authenticate", ('Keystone uri="%s/identity/v3"'):format(self.sim.url))
  return reply
end

local function parse_microversion(ctx, word)
  if word == "latest" then
    return ctx.sim.max_micro
  end
  local major, minor = word:match("^(%d+)%.(%d+)$")
  if not major then
    ctx:fail(400, ("API Version String %s is of invalid format. Must be of format "
      .. "MajorNum.MinorNum."):format(word))
  end
  minor = tonumber(minor)
  local supported = major == "3" and minor <= ctx.sim.max_micro
  if major == "3" then
    ctx.shown_version = "3." .. minor
  end
  if not supported then
    ctx:fail(406, ("Version %s is not supported by the API. Minimum is 3.0 and maximum is %s.")
      :format(word, ctx.sim.max_microversion))
  end
  return minor
end

-- Finds the microversion of a v3 request, and sets it for the answer's header.
local function take_microversion(ctx)
  local header = ctx.request.headers["openstack-api-version"]
  if not header then
    ctx.shown_version = "3.0"
    return 0
  end
  local word
  for part in header:gmatch("[^,]+") do
    word = word or part:match("^%s*volume%s+(%S+)%s*$")
  end
  if not word then
    ctx:fail(400, GENERIC)
  end
  local minor = parse_microversion(ctx, word)
  ctx.shown_version = "3." .. minor
  return minor
end

local function find_route(ctx)
  local method, path = ctx.request.method, ctx.path
  for _, route in ipairs(ROUTES) do
    if route[1] == method then
      local first, second = path:match(route[2])
      if first then
        return route, first, second
      end
    end
  end
  return nil
end

local function dispatch(ctx)
  if ctx.api == 3 then
    ctx.micro = take_microversion(ctx)
  else
    ctx.shown_version = ctx.api .. ".0"
  end
  local route, first, second = find_route(ctx)
  if ctx.project_in_url and ctx.project_in_url ~= ctx.project.id then
    ctx:fail(400, "Malformed request url")
  end
  if route[4] and ctx.micro < route[4] then
    ctx:fail(404, "The resource could not be found.")
  end
  return route[3](ctx, first, second)
end

-- Splits the path below /v2 or /v3 into the project (if any) and the resource's path.
local function split(path)
  local first, rest = path:match("^/([^/]+)/?(.*)$")
  if not first then
    return nil, ""
  end
  local bare = first:gsub("%.json$", "")
  if RESOURCES[bare] then
    return nil, path:sub(2)
  end
  if first:find("^[%x-]+$") then
    return first, rest
  end
  return nil, nil
end

local function finish(ctx, reply, request_id)
  if ctx.shown_version then
    reply:header("Openstack-Api-Version", "volume " .. ctx.shown_version)
    reply:header("Vary", "OpenStack-API-Version")
  end
  local is_webob = reply:get_header("Content-Type") == "text/html; charset=UTF-8"
  if not is_webob and not ctx.middleware then
    reply:header("X-Compute-Request-Id", request_id)
  end
  reply:header("X-Openstack-Request-Id", request_id)
  return reply
end

-- Makes the token's owner the context's; false if the token is not valid.
local function enter(ctx)
  local token = ctx.sim.accounts:valid(ctx.request.headers["x-auth-token"])
  if ctx.noauth then
    local demo = ctx.sim.accounts:user("demo")
    token = token or { user = demo, project = demo.project }
  end
  if not token or not (token.project or token.system) then
    return false
  end
  ctx.user, ctx.project, ctx.is_admin = token.user, token.project or {}, token.user.is_admin
  return true
end

function BlockStorage:handle(ctx, path)
  if not self.sim.api[ctx.api] then
    ctx.middleware = true
    return no_route(ctx)
  end
  if #ctx.request.body > MAX_BODY then
    ctx.middleware = true
    return answer.middleware(413, ("Request is too large. Larger than max_request_body_size "
      .. "(%d)."):format(MAX_BODY))
  end
  if not enter(ctx) then
    ctx.middleware = true
    return ctx.api == 1 and rackspace.unauthorized() or self:unauthorized()
  end
  self.sim.store:advance()
  if ctx.api == 1 then
    return guard(self.sim, function() return rackspace.serve(ctx, path) end)
  end
  return self:handle_resource(ctx, path)
end

function BlockStorage:handle_resource(ctx, path)
  if path == "" or path == "/" then
    ctx.shown_version = ctx.api == 3 and "3.0" or nil
    return versions(ctx, 200, ctx.api)
  end
  local resource
  ctx.project_in_url, resource = split(path)
  ctx.path = resource and query.unescape(resource):gsub("%.json$", "")
  local is_projectless = resource and resource ~= "" and not ctx.project_in_url
  if not resource or not find_route(ctx)
    or is_projectless and not (ctx.api == 3 and self.sim.max_micro >= PROJECTLESS_SINCE) then
    ctx.middleware = true
    return no_route(ctx)
  end
  return guard(self.sim, function() return dispatch(ctx) end)
end

--- Answers a request.
-- @tparam table request
-- @tparam string path without any prefix
-- @tparam boolean noauth whether the request needs no token
function BlockStorage:serve(request, path, noauth)
  local request_id = "req-" .. self.sim.random:uuid()
  local version, rest = path:match("^/v([123])(/?.*)$")
  if rest and rest ~= "" and not rest:find("^/") then
    version = nil
  end
  local ctx = context.new { sim = self.sim, request = request, api = tonumber(version),
    noauth = noauth, request_id = request_id }
  if path == "/" or path == "" then
    ctx.shown_version = "3.0"
    return finish(ctx, versions(ctx, 300), request_id)
  end
  if path == "/healthcheck" then
    ctx.middleware = true
    return finish(ctx, answer.new(200, '{\n    "detailed": false,\n    "reasons": []\n}',
      "application/json"), request_id)
  end
  if not version then
    ctx.middleware = true
    return finish(ctx, no_route(ctx), request_id)
  end
  local reply = self:handle(ctx, rest)
  if ctx.api == 1 then
    return reply:header("X-Compute-Request-Id", request_id)
  end
  return finish(ctx, reply, request_id)
end

return blockstorage
