--- The identity API v2.0, as at Rackspace: passwords, API keys, tokens and a second factor.
-- @module rsnapshots.simulator.keystone.identity_v2

local accounts = require "rsnapshots.simulator.keystone.accounts"
local answer = require "rsnapshots.simulator.http.answer"
local catalog = require "rsnapshots.simulator.keystone.catalog"
local json = require "rsnapshots.simulator.text.json"

local IdentityV2 = { __name = "rsnapshots.simulator.IdentityV2" }
IdentityV2.__index = IdentityV2

local identity_v2 = {}

local REFUSED = "Unable to authenticate user with credentials provided."

--- @param sim the simulator
function identity_v2.new(sim)
  return setmetatable({ sim = sim }, IdentityV2)
end

local function fault(status, message)
  return answer.json(status, json.object(answer.fault_name(status),
    json.object("code", status, "message", message)))
end

local function is_object(value)
  return json.type(value) == "object"
end

-- The user if name and secret match; otherwise nil and the answer.
function IdentityV2:check(part, secret_name, field)
  if not is_object(part) or not part:get("username") then
    return nil, fault(400, "Expecting username")
  end
  local user = self.sim.accounts:user(part:get("username"))
  if not user or user[field] ~= part:get(secret_name) then
    return nil, fault(401, REFUSED)
  end
  if user.mfa then
    return nil, fault(401, "Additional authentication credentials required")
      :header("WWW-Authenticate", ("OS-MF sessionId='%s', factor='PASSCODE'")
        :format(self.sim.random:hex(32)))
  end
  return user
end

function IdentityV2:by_token(part)
  local id = is_object(part) and part:get("id")
  local token = self.sim.accounts:valid(id)
  if not token then
    return nil, fault(401, "Token not found.")
  end
  return token.user, nil, token
end

-- Checks who the request comes from: the user, or nil and the answer. A third result is the token
-- that proved it.
function IdentityV2:prove(auth)
  if auth:get("RAX-KSKEY:apiKeyCredentials") then
    return self:check(auth:get("RAX-KSKEY:apiKeyCredentials"), "apiKey", "api_key")
  end
  if auth:get("passwordCredentials") then
    return self:check(auth:get("passwordCredentials"), "password", "password")
  end
  if auth:get("token") then
    return self:by_token(auth:get("token"))
  end
  return nil, fault(400, "Invalid request body: no authentication method")
end

local function fits_tenant(auth, project)
  local id, name = auth:get("tenantId"), auth:get("tenantName")
  if id and id ~= project.id then
    return false
  end
  return not name or name == project.name or name == project.id
end

function IdentityV2:show(token, by_key)
  local project, user = token.project, token.user
  local roles = json.array()
  for i, role in ipairs(user.roles) do
    roles[i] = json.object("id", role.id, "description", role.name .. " of the project",
      "name", role.name)
  end
  return json.object("access", json.object(
    "token", json.object("id", token.id, "expires", accounts.time(token.expires),
      "tenant", json.object("id", project.id, "name", project.name),
      "RAX-AUTH:authenticatedBy", json.array { by_key and "APIKEY" or "PASSWORD" }),
    "serviceCatalog", self.sim.catalog:v2(project.id),
    "user", json.object("id", user.id, "roles", roles, "name", user.name,
      "RAX-AUTH:defaultRegion", catalog.V2_REGIONS[1])))
end

function IdentityV2:authenticate(request)
  local body = json.decode(request.body)
  local auth = is_object(body) and body:get("auth")
  if not is_object(auth) then
    return fault(400, "Invalid request body: unable to parse Auth data.")
  end
  if auth:get("tenantId") and auth:get("tenantName") then
    return fault(400, "Invalid request. Specify tenantId OR tenantName, not both.")
  end
  local user, refusal, parent = self:prove(auth)
  if not user then
    return refusal
  end
  if not fits_tenant(auth, user.project) then
    return fault(401, REFUSED)
  end
  local by_key = auth:get("RAX-KSKEY:apiKeyCredentials") ~= nil
  local token = parent or self.sim.accounts:issue(user, user.project,
    { short = true, methods = { "password" } })
  return answer.json(200, self:show(token, by_key))
end

--- Answers a request below /v2.0.
-- @tparam table request
-- @tparam string path what follows
-- @param description what the version's root shows
function IdentityV2:serve(request, path, description)
  local reply
  if path == "" then
    reply = answer.json(200, json.object("version", description))
  elseif path ~= "/tokens" then
    reply = fault(404, "Resource Not Found")
  elseif request.method ~= "POST" then
    reply = fault(405, "Method Not Allowed"):header("Allow", "POST")
  else
    reply = self:authenticate(request)
  end
  return reply:header("Vary", "Accept, Accept-Encoding, X-Auth-Token")
end

return identity_v2
