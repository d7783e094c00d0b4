--- Who we are: obtains tokens, in whichever way the settings ask for.
local body = require "rsnapshots.client.body"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local nearest = require "rsnapshots.support.suggest"

local Identity = { __name = "rsnapshots.Identity" }
Identity.__index = Identity

-- auth_type -> the file that does it, by the identity version where it matters
local METHODS = {
  password = { [3] = "v3password", [2] = "v2password" },
  token = { [3] = "v3token", [2] = "v2token" },
  v3password = "v3password", v3token = "v3token",
  v3applicationcredential = "v3applicationcredential",
  v2password = "v2password", v2token = "v2token",
  rackspace_apikey = "rackspace_apikey",
  none = "none",
}

-- All are loaded at once: later a host may have another root, with no files (HAProxy's chroot).
local FILES = {}
for _, name in pairs(METHODS) do
  for _, file in pairs(type(name) == "table" and name or { name }) do
    FILES[file] = require("rsnapshots.identity." .. file)
  end
end

--- The ways there are, sorted.
function Identity.methods()
  local names = {}
  for name in pairs(METHODS) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

local function load_method(auth_type, version)
  local name = METHODS[auth_type]
  if type(name) == "table" then
    name = name[version]
  end
  return FILES[name]
end

--- Checks the settings and makes an identity; nil and a `config` error.
function Identity.new(settings)
  local auth_type = settings.auth_type
  local origin = settings.origin and " (in " .. settings.origin .. ")" or ""
  local method = load_method(auth_type, 3)
  if not method then
    local names, from = Identity.methods(), settings.auth_type_from
    return nil, errors.new("config", ("there is no auth_type '%s'%s%s; there are: %s"):format(
      auth_type, from and ", which " .. from .. " says" or "", nearest.hint(auth_type, names),
      table.concat(names, ", ")))
  end
  local missing = method.check(settings)
  if not missing and not settings.auth_url and auth_type ~= "none" then
    missing = "auth_url is missing"
  end
  if missing then
    local name = missing:match("^[%w_]+"):upper()
    local variable = settings.is_environment and (" (%s_%s)"):format(
      name == "API_KEY" and "RS" or "OS", name)
    return nil, errors.new("config", ("%s, which auth_type '%s' needs%s"):format(missing,
      auth_type, variable or origin))
  end
  return setmetatable({
    settings = settings, method = method,
    -- a token that was given to us is not renewed: nobody has the credentials
    renewable = auth_type ~= "none" and not settings.token,
  }, Identity)
end

-- -------------------------------------------------------------- the versions

--- The versions in a discovery document: {"versions": [...]} or
-- {"versions": {"values": [...]}}.
local function offered_versions(document)
  local list = type(document) == "table" and document.versions
  list = type(list) == "table" and (list.values or list) or {}
  local found = {}
  for _, version in ipairs(list) do
    local major = type(version) == "table" and type(version.id) == "string"
      and version.id:match("^v(%d+)")
    if major then
      found[tonumber(major)] = true
    end
  end
  return found
end

-- Where auth_url names no version, asks which there are: v3 unless only v2 is.
local function discover(self, session, deadline)
  local request, err = session:send {
    method = "GET", url = self.settings.auth_url .. "/", deadline = deadline, choices = true,
  }
  if not request and errors.is_unanswered(err) then
    return nil, err
  end
  local found = offered_versions(request and core.decode(request))
  return (found[2] and not found[3]) and 2 or 3
end

-- The identity version in use and the URL below which it is.
local function locate(self, session, deadline)
  local base = self.settings.auth_url
  local root, named = base:match("^(.-)/v([23])[%.%d]*$")
  local version = self.method.version
  if type(METHODS[self.settings.auth_type]) == "table" then
    if named then
      version = tonumber(named)
    else
      local problem
      version, problem = discover(self, session, deadline)
      if not version then
        return nil, problem
      end
    end
  end
  return version, (root or base) .. (version == 3 and "/v3" or "/v2.0")
end

-- ---------------------------------------------------------------- the answers

-- The text at the end of these keys; nil for an empty one, which says nothing.
local function text_at(value, ...)
  for _, key in ipairs { ... } do
    value = type(value) == "table" and value[key] or nil
  end
  return type(value) == "string" and value ~= "" and value or nil
end

-- How long a token lives, by the service's own clock.
local function lifetime(request, expires, issued)
  expires = expires and core.timestamp(expires)
  local from = issued and core.timestamp(issued)
  if not from then
    local date = request:header("Date")
    from = date and core.http_date(date) or os.time()
  end
  return expires and expires > from and expires - from or nil
end

-- Calls a function with each service and endpoint of a catalog, which may hold
-- anything.
local function each_endpoint(list, visit)
  for _, service in ipairs(type(list) == "table" and list or {}) do
    local endpoints = type(service) == "table" and service.endpoints
    for _, endpoint in ipairs(type(endpoints) == "table" and endpoints or {}) do
      visit(service, endpoint)
    end
  end
end

local function add_endpoint(catalog, service, interface, region, address)
  if address then
    catalog[#catalog + 1] = {
      type = text_at(service, "type") or "", name = text_at(service, "name") or "",
      interface = interface, region = region, url = address,
    }
  end
end

local function catalog_v3(list)
  local catalog = {}
  each_endpoint(list, function(service, endpoint)
    add_endpoint(catalog, service, text_at(endpoint, "interface") or "public",
      text_at(endpoint, "region_id") or text_at(endpoint, "region"), text_at(endpoint, "url"))
  end)
  return catalog
end

local function catalog_v2(list)
  local catalog = {}
  each_endpoint(list, function(service, endpoint)
    for _, interface in ipairs { "public", "internal", "admin" } do
      add_endpoint(catalog, service, interface, text_at(endpoint, "region"),
        text_at(endpoint, interface .. "URL"))
    end
  end)
  return catalog
end

local function read_v3(request, document)
  local token = document.token
  local id = request:header("X-Subject-Token")
  if type(token) ~= "table" or not id or id == "" then
    return nil
  end
  return {
    token = id,
    lifetime = lifetime(request, text_at(token, "expires_at"), text_at(token, "issued_at")),
    project_id = text_at(token, "project", "id"), user_id = text_at(token, "user", "id"),
    catalog = catalog_v3(token.catalog),
  }
end

local function read_v2(request, document)
  local access = document.access
  local id = text_at(access, "token", "id")
  if not id then
    return nil
  end
  return {
    token = id,
    lifetime = lifetime(request, text_at(access, "token", "expires"),
      text_at(access, "token", "issued_at")),
    project_id = text_at(access, "token", "tenant", "id"), user_id = text_at(access, "user", "id"),
    catalog = catalog_v2(access.serviceCatalog),
  }
end

-- What the answer grants; nil and an error.
local function read(version, request)
  local document, problem = core.decode(request)
  local access
  if type(document) == "table" then
    access = (version == 3 and read_v3 or read_v2)(request, document)
    problem = "there is no token in it"
  end
  if access and access.token:find("[%c ]") then
    access, problem = nil, "the token in it has characters that no header holds"
  end
  request:close()
  if not access then
    return nil, errors.new("decode", "the identity service's answer cannot be used: "
      .. (problem or "it is no object"))
  end
  return access
end

-- Keystone answers 404 to a token that it does not know; a 404 from anywhere
-- else means that there is no identity service.
local function explain(self, err)
  if err.status ~= 404 then
    return err
  elseif err.code and self.settings.token then
    err.kind = "auth"
  else
    err.kind = "config"
    err.message = ("there is no identity service of version %d at %s: is auth_url right?"):format(
      self.version, self.url)
  end
  return err
end

--- Obtains a token.
-- @tparam Session session
-- @tparam number deadline
-- @treturn table token, lifetime (seconds), project_id, user_id, catalog;
-- or nil and an error
function Identity:authenticate(session, deadline)
  local settings = self.settings
  if settings.auth_type == "none" then
    return { catalog = {}, project_id = settings.project_id }
  elseif not self.url then
    local version, where = locate(self, session, deadline)
    if not version then
      return nil, where
    end
    self.version, self.url = version, where
    self.method = load_method(settings.auth_type, version)
  end
  local missing = self.method.check(settings)
  if missing then
    return nil, errors.new("config", missing .. ", which identity v" .. self.version .. " needs")
  elseif settings.system_scope and self.version ~= 3 then
    return nil, errors.new("config", "system_scope takes identity v3, and only v2 is offered")
  end
  local text, problem = body.encode(self.method.body(settings))
  if not text then
    return nil, problem
  end
  local request, err = session:send {
    method = "POST", url = self.url .. (self.version == 3 and "/auth/tokens" or "/tokens"),
    body = text, idempotent = true, login = true, deadline = deadline,
  }
  if not request then
    return nil, explain(self, err)
  end
  return read(self.version, request)
end

--- How the core obtains the next tokens.
-- @treturn table `url`, `body`, `version`
function Identity:source()
  local text = body.encode(self.method.body(self.settings))
  return text and { url = self.url .. (self.version == 3 and "/auth/tokens" or "/tokens"),
    body = text, version = self.version }
end

return Identity
