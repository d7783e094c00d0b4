--- A Keystone below /identity and a Cinder below /v3 on one port, in the same process. A spec can
-- replace each answer.
--
--   local cloud = small_cloud.new{ ["GET /"] = { 503, "" }, ["POST /identity/v3/auth/tokens"] = … }
--
-- An answer is { status, body, headers }, "close", "hang", or a function that gives one.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local small_cloud = {}

local Cloud = {}
Cloud.__index = Cloud

--- The id of the only snapshot.
small_cloud.ID = "0b9b9e2e-7c52-4b1c-9a44-3f0a4a3d0001"

--- The token that logging in gives.
small_cloud.TOKEN = "gAAAAAB-made-by-the-small-cloud"

local SNAPSHOT = ('{"snapshot": {"id": "%s", "status": "available", "size": 1, "volume_id": "v"}}')
  :format(small_cloud.ID)

--- A version document of block storage.
function small_cloud.versions(most, least)
  return { 300, ('{"versions": [{"id": "v3.0", "min_version": "%s", "version": "%s"}]}'):format(
    least or "3.0", most or "3.70") }
end

--- A fault as Keystone words it.
function small_cloud.refusal(status, title, message)
  return { status, ('{"error": {"code": %d, "title": "%s", "message": "%s"}}'):format(status, title,
    message or "The request you have made requires authentication.") }
end

--- A service of the catalog with one endpoint, as JSON; `fields` are further ones of it.
function small_cloud.service(kind, address, fields, name)
  return ('{"type": "%s", "name": "%s", "endpoints": [{"url": "%s"%s}]}'):format(kind,
    name or "cinder", address, fields or ', "interface": "public", "region_id": "R"')
end

--- An answer of Keystone with a token of the project p.
-- @tparam {string,...} services
-- @string[opt] owner whose it is, as JSON
function small_cloud.token(services, owner)
  return { 201, ('{"token": {"user": {"id": "u"}, %s, "catalog": [%s]}}'):format(owner
    or '"project": {"id": "p", "name": "demo", "domain": {"id": "default", "name": "Default"}}',
    table.concat(services, ", ")), { "X-Subject-Token: " .. small_cloud.TOKEN } }
end

local function defaults(self)
  local token = function()
    return small_cloud.token(self.services)
  end
  return {
    ["GET /"] = small_cloud.versions(),
    ["GET /identity/"] = { 300, '{"versions": {"values": [{"id": "v3.14"}]}}' },
    ["POST /identity/v3/auth/tokens"] = token, ["GET /identity/v3/auth/tokens"] = token,
  }
end

local function find(self, request)
  local path = request.path:gsub("%?.*", "")
  local key = request.method .. " " .. path
  self.seen[#self.seen + 1] = key
  local answer = self.answers[key] or self.defaults[key]
  if not answer and path:find("/snapshots/" .. small_cloud.ID, 1, true) then
    answer = { 200, SNAPSHOT }
  end
  if type(answer) == "function" then
    answer = answer(request)
  end
  return answer or { 404, '{"itemNotFound": {"code": 404, "message": "there is no such thing"}}' }
end

local function respond(self, request)
  local answer = find(self, request)
  if answer == "close" then
    return { bytes = "" }
  elseif answer == "hang" then
    return { bytes = "", ending = "hang" }
  end
  return { ending = "keep",
    bytes = raw_server.answer(answer[1], answer[2] or "", nil, answer[3]) }
end

--- Starts one.
-- @tparam[opt] table answers by method and path
-- @treturn table `url`, `seen` (methods and paths), `services` of the catalog, `requests`
function small_cloud.new(answers)
  local self = setmetatable({ answers = answers or {}, seen = {} }, Cloud)
  self.server = raw_server.new(function(request) return respond(self, request) end)
  self.url, self.requests, self.wait = self.server.url, self.server.requests, self.server.wait
  self.services = { small_cloud.service("volumev3", self.url .. "/v3/p") }
  self.defaults = defaults(self)
  return self
end

--- Connects with a user, a password and the given options.
function Cloud:connect(options)
  local merged = { auth_url = self.url .. "/identity/v3", wait = self.wait }
  if not (options and (options.token or options.auth_type)) then
    merged.username, merged.password, merged.project_name = "demo", "pass-word", "demo"
  end
  for name, value in pairs(options or {}) do
    merged[name] = value
  end
  merged.auth_url = merged.auth_url or nil -- false: none
  return rsnapshots.connect(merged)
end

--- Connects, and reads the snapshot; the client.
function Cloud:works(options)
  local client = assert(self:connect(options))
  assert(client:get(small_cloud.ID))
  client:close()
  return client
end

--- How often this was asked, "GET /v3/" say.
function Cloud:count(key)
  local count = 0
  for _, seen in ipairs(self.seen) do
    count = count + (seen == key and 1 or 0)
  end
  return count
end

--- The last request of a method and path.
function Cloud:last(key)
  for i = #self.seen, 1, -1 do
    if self.seen[i] == key then
      return self.requests[i]
    end
  end
end

function Cloud:close()
  self.server:close()
end

return small_cloud
