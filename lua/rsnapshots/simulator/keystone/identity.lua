--- Keystone: discovery and the v3 API, as far as a user of block storage needs it.
-- @module rsnapshots.simulator.keystone.identity

local accounts = require "rsnapshots.simulator.keystone.accounts"
local answer = require "rsnapshots.simulator.http.answer"
local compat = require "rsnapshots.support.compat"
local guard = require "rsnapshots.simulator.http.guard"
local identity_v2 = require "rsnapshots.simulator.keystone.identity_v2"
local json = require "rsnapshots.simulator.text.json"

local Identity = { __name = "rsnapshots.simulator.Identity" }
Identity.__index = Identity

local identity = {}

local REFUSED = "The request you have made requires authentication."
local BLAME = " The server could not comply with the request since it is either malformed or "
  .. "otherwise incorrect. The client is assumed to be in error."
local HTML_404 = [[
<!doctype html>
<html lang=en>
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>The requested URL was not found on the server. If you entered the URL manually please check ]]
  .. "your spelling and try again.</p>\n"
local RECEIPT_SECONDS = 300
local METHODS = { "external", "password", "token", "oauth1", "mapped", "application_credential" }

--- @param sim the simulator
function identity.new(sim)
  return setmetatable({ sim = sim, v2 = identity_v2.new(sim) }, Identity)
end

-- Errors ----------------------------------------------------------------------------------

function Identity:refuse(message, extra)
  local reply = answer.keystone(401, message or REFUSED, extra)
  reply:header("Www-Authenticate", ('Keystone uri="%s/identity/v3"'):format(self.sim.url))
  return reply
end

local function missing(what, where)
  return answer.keystone(400, ("Expecting to find %s in %s."):format(what, where) .. BLAME)
end

-- Discovery -------------------------------------------------------------------------------

function Identity:describe(version)
  local id = version == 3 and "v3.14" or "v2.0"
  local path = version == 3 and "/identity/v3/" or "/identity/v2.0/"
  local kind = version == 3 and "v3" or "v2.0"
  return json.object("id", id, "status", version == 3 and "stable" or "deprecated",
    "updated", version == 3 and "2020-04-07T00:00:00Z" or "2016-08-04T00:00:00Z",
    "links", json.array { json.object("rel", "self", "href", self.sim.url .. path) },
    "media-types", json.array { json.object("base", "application/json",
      "type", ("application/vnd.openstack.identity-%s+json"):format(kind)) })
end

function Identity:root()
  local list = json.array()
  for _, version in ipairs { 3, 2 } do
    if self.sim.identity_versions[version] then
      list[#list + 1] = self:describe(version)
    end
  end
  local reply = answer.json(300, json.object("versions", json.object("values", list)))
  return reply:header("Location", self.sim.url .. "/identity/v3/")
end

-- Authentication --------------------------------------------------------------------------

local function in_default_domain(domain)
  return domain:get("id") == "default" or domain:get("name") == "Default"
end

local function is_object(value)
  return json.type(value) == "object"
end

-- Finds the user that a request names: the record, or nil and the answer.
function Identity:named_user(spec)
  if spec:get("id") then
    return self.sim.accounts.user_by_id[spec:get("id")], self:refuse()
  end
  if not spec:get("name") then
    return nil, missing("id or name", "user")
  end
  if not is_object(spec:get("domain")) then
    return nil, missing("domain", "user")
  end
  local user = in_default_domain(spec:get("domain")) and self.sim.accounts:user(spec:get("name"))
  return user, self:refuse()
end

local PROVERS = {}

function PROVERS.password(self, part)
  local spec = part:get("user")
  if not is_object(spec) then
    return nil, missing("user", "password")
  end
  local user, refusal = self:named_user(spec)
  if not user or user.password ~= spec:get("password") then
    return nil, refusal
  end
  return { user = user, project = user.project, methods = { "password" } }
end

function PROVERS.token(self, part)
  local id = part:get("id")
  if not id then
    return nil, missing("id", "token")
  end
  local parent = self.sim.accounts:valid(id)
  if not parent then
    return nil, self:unknown_token(id)
  end
  local methods = { "token" }
  for _, method in ipairs(parent.methods) do
    if method ~= "token" then
      methods[#methods + 1] = method
    end
  end
  return { user = parent.user, project = parent.project, methods = methods, parent = parent }
end

function PROVERS.application_credential(self, part)
  local known = self.sim.accounts.application_credential
  local id, name = part:get("id"), part:get("name")
  if id and id ~= known.id then
    return nil, answer.keystone(404, ("Could not find Application Credential: %s."):format(id))
  end
  if not id and not is_object(part:get("user")) then
    return nil, missing("user", "application credential")
  end
  if not id then
    local user, refusal = self:named_user(part:get("user"))
    if user ~= known.user or name ~= known.name then
      return nil, refusal
    end
  end
  if part:get("secret") ~= known.secret then
    return nil, self:refuse()
  end
  return { user = known.user, project = known.project, credential = known,
    methods = { "application_credential" } }
end

--- Keystone's answer to an unknown or expired token.
function Identity:unknown_token(id)
  if self.sim.accounts.tokens[id] then
    return answer.keystone(404, "Failed to validate token")
  end
  return answer.keystone(404, "Could not recognize Fernet token")
end

-- Checks who the request comes from: the proof, or nil and the answer.
function Identity:prove(spec)
  local methods = spec:get("methods")
  if json.type(methods) ~= "array" or #methods == 0 then
    return nil, missing("methods", "identity")
  end
  local proof, refusal
  for _, method in ipairs(methods) do
    if not PROVERS[method] then
      return nil, self:refuse("Attempted to authenticate with an unsupported method.",
        json.object("methods", json.array { compat.unpack(METHODS) }))
    end
    if not is_object(spec:get(method)) then
      return nil, missing(method, "identity")
    end
    proof, refusal = PROVERS[method](self, spec:get(method))
    if not proof then
      return nil, refusal
    end
  end
  return proof
end

function Identity:scoped_project(spec)
  local project
  if spec:get("id") then
    project = self.sim.accounts.project_by_id[spec:get("id")]
  elseif not is_object(spec:get("domain")) then
    return nil, missing("domain", "project")
  elseif in_default_domain(spec:get("domain")) then
    project = self.sim.accounts:project(spec:get("name"))
  end
  return project, self:refuse()
end

-- May a token be for the system? True, or nil and the answer.
function Identity:allow_system(spec, user)
  local all = spec:get("all")
  if all ~= nil and type(all) ~= "boolean" then
    return nil, answer.keystone(400, "Invalid input for field 'scope/system/all'")
  end
  return user.is_admin or nil, self:refuse()
end

-- The project that a token is for (false: none), or nil and the answer. Marks a proof that is for
-- the system.
function Identity:scope(scope, proof)
  if scope == nil then
    return proof.project or false
  end
  if proof.credential then
    return nil, self:refuse("Error authenticating with application credential: Application "
      .. "credentials cannot request a scope.", json.object())
  end
  if scope == "unscoped" or is_object(scope) and scope:get("unscoped") then
    return false
  end
  if not is_object(scope) or #scope.keys == 0 then
    return nil, missing("system, project, domain, OS-TRUST:trust or unscoped", "scope")
  end
  if is_object(scope:get("system")) then
    local allowed, refusal = self:allow_system(scope:get("system"), proof.user)
    proof.system = allowed
    if allowed then
      return false
    end
    return nil, refusal
  end
  if not is_object(scope:get("project")) then
    return nil, self:refuse()
  end
  local project, refusal = self:scoped_project(scope:get("project"))
  if not project or project ~= proof.user.project then
    return nil, refusal or self:refuse()
  end
  return project
end

local function strings(list)
  local copy = json.array()
  for i, value in ipairs(list) do
    copy[i] = value
  end
  return copy
end

-- The answer to a user who has to use more methods: a receipt for those used so far, and the rules.
function Identity:receipt(proof)
  local user, now = proof.user, self.sim.now()
  local reply = answer.json(401, json.object(
    "receipt", json.object("methods", strings(proof.methods),
      "user", json.object("id", user.id, "name", user.name,
        "domain", json.object("id", "default", "name", "Default")),
      "expires_at", accounts.time(now + RECEIPT_SECONDS), "issued_at", accounts.time(now)),
    "required_auth_methods", json.array { strings { "password", "totp" } }))
  return reply:header("Openstack-Auth-Receipt", "gAAAAAB" .. self.sim.random:hex(128))
end

-- The `auth` part of the body, or nil and the answer.
local function read_auth(request)
  if request.body == "" then
    return nil, missing("auth", "request body")
  end
  if (request.headers["content-type"] or ""):find("text/plain", 1, true) then
    return nil, missing("application/json", "Content-Type header")
  end
  local body = json.decode(request.body)
  if not is_object(body) then
    return nil, missing("valid JSON", "request body")
  end
  local auth = body:get("auth")
  if not is_object(auth) then
    return nil, missing("auth", "request body")
  end
  if not is_object(auth:get("identity")) then
    return nil, answer.keystone(400, "'identity' is a required property")
  end
  return auth
end

function Identity:authenticate(request)
  local auth, refusal = read_auth(request)
  if not auth then
    return refusal
  end
  local proof, project
  proof, refusal = self:prove(auth:get("identity"))
  if not proof then
    return refusal
  end
  project, refusal = self:scope(auth:get("scope"), proof)
  if project == nil then
    return refusal
  end
  if proof.user.mfa then
    return self:receipt(proof)
  end
  local token = self.sim.accounts:issue(proof.user, project or nil, proof)
  return self:show(201, token, request.params:get("nocatalog") ~= nil)
end

-- Showing tokens --------------------------------------------------------------------------

local function domain_object()
  return json.object("id", "default", "name", "Default")
end

local function roles_of(token)
  local list = json.array()
  for _, role in ipairs(token.user.roles) do
    table.insert(list, token.credential and 1 or #list + 1,
      json.object("id", role.id, "name", role.name))
  end
  return list
end

function Identity:add_system(shown, token, bare)
  shown:set("roles", roles_of(token))
  shown:set("system", json.object("all", true))
  if not bare then
    shown:set("catalog", self.sim.catalog:v3())
  end
end

function Identity:add_scope(shown, token, bare)
  local project = token.project
  shown:set("project", json.object("domain", domain_object(), "id", project.id,
    "name", project.name))
  shown:set("is_domain", false)
  shown:set("roles", roles_of(token))
  if not bare then
    shown:set("catalog", self.sim.catalog:v3(project.id))
  end
  local credential = token.credential
  if credential then
    shown:set("application_credential", json.object("id", credential.id,
      "name", credential.name, "restricted", credential.restricted))
  end
end

function Identity:show(status, token, bare)
  local shown = json.object("methods", strings(token.methods),
    "user", json.object("domain", domain_object(), "id", token.user.id,
      "name", token.user.name, "password_expires_at", nil),
    "audit_ids", strings(token.audit_ids), "expires_at", accounts.time(token.expires),
    "issued_at", accounts.time(token.issued))
  if token.project then
    self:add_scope(shown, token, bare)
  elseif token.system then
    self:add_system(shown, token, bare)
  end
  local reply = answer.json(status, json.object("token", shown))
  return reply:header("X-Subject-Token", token.id)
end

-- The token that a request is about, or nil and the answer.
function Identity:subject(request)
  if not self.sim.accounts:valid(request.headers["x-auth-token"]) then
    return nil, self:refuse()
  end
  local id = request.headers["x-subject-token"]
  if not id then
    return nil, answer.keystone(403, "You are not authorized to perform the requested action: "
      .. "identity:validate_token.")
  end
  local token = self.sim.accounts:valid(id)
  if not token then
    return nil, self:unknown_token(id)
  end
  return token
end

-- Paths -----------------------------------------------------------------------------------

-- Keystone ends these answers with a newline, but not the others.
local function listed(object)
  local reply = answer.json(200, object)
  reply.body = reply.body .. "\n"
  return reply
end

local ROUTES = {}

ROUTES["/auth/tokens"] = function(self, request)
  if request.method == "POST" then
    return self:authenticate(request)
  end
  if request.method ~= "GET" and request.method ~= "HEAD" and request.method ~= "DELETE" then
    return answer.json(405, json.object("message",
      "The method is not allowed for the requested URL."))
      :header("Allow", "GET, HEAD, DELETE, POST, OPTIONS")
  end
  local token, refusal = self:subject(request)
  if not token then
    return refusal
  end
  if request.method == "DELETE" then
    token.revoked = true
    return answer.new(204)
  end
  return self:show(200, token, request.params:get("nocatalog") ~= nil)
end

ROUTES["/auth/catalog"] = function(self, _, token)
  return listed(json.object("catalog", self.sim.catalog:v3(token.project.id), "links",
    json.object("self", self.sim.url .. "/identity/v3/auth/catalog")))
end

ROUTES["/auth/projects"] = function(self, _, token)
  local project, base = token.user.project, self.sim.url .. "/identity/v3"
  local shown = json.object("id", project.id, "name", project.name, "domain_id", "default",
    "description", "", "enabled", true, "parent_id", "default", "is_domain", false,
    "tags", json.array(), "options", json.object(),
    "links", json.object("self", base .. "/projects/" .. project.id))
  return listed(json.object("projects", json.array { shown }, "links",
    json.object("next", nil, "self", base .. "/auth/projects", "previous", nil)))
end

local function no_page()
  return answer.new(404, HTML_404, "text/html; charset=utf-8")
end

-- The v3 API below its root.
function Identity:serve_v3(request, path)
  if path == "" then
    return answer.json(200, json.object("version", self:describe(3)))
  end
  local route = ROUTES[path]
  if not route then
    return no_page()
  end
  if path == "/auth/tokens" then
    return route(self, request)
  end
  local token = self.sim.accounts:valid(request.headers["x-auth-token"])
  if not token or not token.project then
    return self:refuse()
  end
  return route(self, request, token)
end

function Identity:route(request, path)
  path = path:gsub("/+$", "")
  if path == "" then
    return self:root()
  end
  local rest = path:match("^/v3(.*)$")
  if rest and self.sim.identity_versions[3] then
    return self:serve_v3(request, rest)
  end
  rest = path:match("^/v2%.0(.*)$")
  if rest and self.sim.identity_versions[2] then
    return self.v2:serve(request, rest, self:describe(2))
  end
  return no_page()
end

--- Answers a request.
-- @tparam table request
-- @tparam string path what follows /identity
function Identity:serve(request, path)
  local reply = guard(self.sim, function() return self:route(request, path) end)
  local id = "req-" .. self.sim.random:uuid()
  if not reply:get_header("Vary") then
    reply:header("Vary", "X-Auth-Token")
  end
  reply:header("X-Openstack-Request-Id", id)
  reply.reason = answer.reason(reply.status):upper()
  return reply
end

return identity
