--- What an identity service grants: the token, whose it is, and the catalog.
local ascii = require "rsnapshots.support.ascii"
local core = require "rsnapshots.core"
local documents = require "rsnapshots.identity.documents"
local errors = require "rsnapshots.error"

local answer = {}

-- The text at the end of these keys, without blanks around it; nil for an empty one.
local function text_at(value, ...)
  for _, key in ipairs { ... } do
    value = type(value) == "table" and value[key] or nil
  end
  value = type(value) == "string" and ascii.trim(value) or ""
  return value ~= "" and value or nil
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

-- ------------------------------------------------------------------ catalogs

-- Calls a function with each service and endpoint of a catalog, which may hold anything.
local function each_endpoint(list, visit)
  for _, service in ipairs(type(list) == "table" and list or {}) do
    local endpoints = type(service) == "table" and service.endpoints
    for _, endpoint in ipairs(type(endpoints) == "table" and endpoints or {}) do
      visit(service, endpoint)
    end
  end
end

-- A region has an id and, in old Keystones, a name. People may know either.
local function add_endpoint(catalog, service, endpoint, interface, address)
  if address then
    catalog[#catalog + 1] = {
      type = text_at(service, "type") or "", name = text_at(service, "name") or "",
      interface = interface, url = address,
      region = text_at(endpoint, "region_id") or text_at(endpoint, "region"),
      region_name = text_at(endpoint, "region"),
    }
  end
end

local function catalog_v3(list)
  local catalog = {}
  each_endpoint(list, function(service, endpoint)
    add_endpoint(catalog, service, endpoint, text_at(endpoint, "interface") or "public",
      text_at(endpoint, "url"))
  end)
  return catalog
end

local function catalog_v2(list)
  local catalog = {}
  each_endpoint(list, function(service, endpoint)
    for _, interface in ipairs { "public", "internal", "admin" } do
      add_endpoint(catalog, service, endpoint, interface, text_at(endpoint, interface .. "URL"))
    end
  end)
  return catalog
end

-- ------------------------------------------------------------------- answers

-- The answer about a token that was given may leave out the token itself.
local function read_v3(request, document, given)
  local token = document.token
  local id = given or request:header("X-Subject-Token")
  if type(token) ~= "table" or not id or id == "" then
    return nil
  end
  return {
    token = id,
    lifetime = lifetime(request, text_at(token, "expires_at"), text_at(token, "issued_at")),
    project_id = text_at(token, "project", "id"), user_id = text_at(token, "user", "id"),
    catalog = catalog_v3(token.catalog), description = token,
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

--- What the answer to a request for a token grants. The request is closed.
-- @int version of the identity API
-- @string[opt] given the token that the request asked about
-- @treturn table token, lifetime (seconds), project_id, user_id, catalog, and of v3 Keystone's
-- `description`; nil and a `decode` error
function answer.read(version, request, given)
  local document, problem = core.decode(request)
  local access
  if type(document) == "table" then
    access = (version == 3 and read_v3 or read_v2)(request, document, given)
    problem = "there is no token in it"
  end
  if access and access.token:find("[%z\1-\32\127]") then
    access, problem = nil, "the token in it has characters that a header cannot hold"
  end
  request:close()
  if not access then
    return errors.fail("decode", "the identity service's answer cannot be used: "
      .. (problem or "it is not an object"))
  end
  return access
end

--- The catalog in the answer to `GET /v3/auth/catalog`, which is closed; nil if there is none.
function answer.catalog(request)
  local document = documents.read(request)
  return document and type(document.catalog) == "table" and catalog_v3(document.catalog) or nil
end

return answer
