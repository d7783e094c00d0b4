--- What an identity service grants: the token, its owner, and the catalog.
local ascii = require "rsnapshots.support.ascii"
local core = require "rsnapshots.core"
local documents = require "rsnapshots.identity.documents"
local errors = require "rsnapshots.error"

local answer = {}

-- The text found by following these keys, without blanks around it; nil if it is empty.
local function text_at(value, ...)
  for _, key in ipairs { ... } do
    value = type(value) == "table" and value[key] or nil
  end
  value = type(value) == "string" and ascii.trim(value) or ""
  return value ~= "" and value or nil
end

-- ------------------------------------------------------------------ catalogs

-- Iterates over a list; a single item in place of a list counts as a list of one.
local function each(list)
  list = type(list) == "table" and list or {}
  return ipairs(list[1] == nil and next(list) ~= nil and { list } or list)
end

-- The keys of an endpoint's URLs: in v3, an endpoint has one interface, in v2 all of them.
local URLS = { "url", "publicURL", "internalURL", "adminURL" }

-- The endpoints of a catalog, which may contain anything. A region has an id and, in old Keystones,
-- a name. People may know either.
local function catalog_of(list)
  local catalog = {}
  for _, service in each(list) do
    for _, endpoint in each(type(service) == "table" and service.endpoints) do
      for _, key in ipairs(URLS) do
        local address, name = text_at(endpoint, key), text_at(endpoint, "region")
        catalog[#catalog + 1] = address and { url = address,
          type = text_at(service, "type") or "", name = text_at(service, "name") or "",
          interface = key:match "^(.+)URL$" or text_at(endpoint, "interface") or "public",
          region = text_at(endpoint, "region_id") or name, region_name = name }
      end
    end
  end
  return catalog
end

-- ------------------------------------------------------------------- answers

local function read_v3(document)
  local token = document.token
  return type(token) == "table" and { project_id = text_at(token, "project", "id"),
    user_id = text_at(token, "user", "id"), catalog = catalog_of(token.catalog),
    description = token }
end

local function read_v2(document)
  local access = document.access
  return type(access) == "table" and { project_id = text_at(access, "token", "tenant", "id"),
    user_id = text_at(access, "user", "id"), catalog = catalog_of(access.serviceCatalog) }
end

--- Reads what the answer to a request for a token grants, and closes the request.
-- @int version of the identity API
-- @string[opt] given the token that the request asked about
-- @treturn table token, lifetime (seconds), project_id, user_id, catalog, and for v3 Keystone's
-- `description`; nil and a `decode` error
function answer.read(version, request, given)
  local document, problem = core.decode(request)
  local token, lifetime = given, nil
  if not given then
    token, lifetime = core.grant(request, version, request:header "X-Subject-Token",
      request:header "Date")
  end
  request:close()
  local access = type(document) == "table" and (version == 3 and read_v3 or read_v2)(document)
  if type(document) ~= "table" then
    problem = problem or "it is not an object"
  elseif not token then
    problem = lifetime -- what is wrong with the token
  elseif not access then
    problem = "there is no token in it"
  end
  if problem then
    return errors.fail("decode", "the identity service's answer cannot be used: " .. problem)
  end
  access.token, access.lifetime = token, lifetime
  return access
end

--- The catalog in the answer to `GET /v3/auth/catalog`; nil if there is none. Closes the request.
function answer.catalog(request)
  local document = documents.read(request)
  return document and type(document.catalog) == "table" and catalog_of(document.catalog) or nil
end

return answer
