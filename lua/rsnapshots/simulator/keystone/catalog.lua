--- The catalog of services, in the form of Keystone v3 and in that of v2 (as at Rackspace).
-- @module rsnapshots.simulator.keystone.catalog

local json = require "rsnapshots.simulator.text.json"

local Catalog = { __name = "rsnapshots.simulator.Catalog" }
Catalog.__index = Catalog

local catalog = {}

--- The region of the v3 catalog, and those of the v2 one.
catalog.REGION = "RegionOne"
catalog.V2_REGIONS = { "DFW", "ORD" }

local INTERFACES = { "public", "internal", "admin" }

-- Nothing listens behind "image": it is there because real catalogs have several services.
local SERVICES = {
  { type = "identity", name = "keystone", path = "/identity/v3" },
  { type = "volumev3", name = "cinderv3", path = "/v3/%s", api = 3 },
  { type = "block-storage", name = "cinder", path = "/v3/%s", api = 3 },
  { type = "volumev2", name = "cinderv2", path = "/v2/%s", api = 2 },
  { type = "volume", name = "cinderv1", path = "/v1/%s", api = 1 },
  { type = "image", name = "glance", url = "http://127.0.0.1:9/v2" },
}

-- Rackspace's catalog has only publicURL, and some services have no region.
local V2_SERVICES = {
  { type = "volume", name = "cloudBlockStorage", path = "/v1/%s", api = 1 },
  { type = "volumev2", name = "cloudBlockStorageV2", path = "/v2/%s", api = 2 },
  { type = "volumev3", name = "cloudBlockStorageV3", path = "/v3/%s", api = 3 },
  { type = "rax:dns", name = "cloudDNS", url = "http://127.0.0.1:9/v1.0/%s", global = true },
}

--- @tparam string url where the simulator is
-- @tparam table api set of the block storage versions, `{[3] = true}`
-- @param random a generator of identifiers
-- @tparam boolean projects whether v3's URLs end with the project's id
function catalog.new(url, api, random, projects)
  local self = setmetatable({ url = url, api = api, ids = {}, projects = projects }, Catalog)
  for _, service in ipairs(SERVICES) do
    local ids = { service = random:hex(32) }
    for _, interface in ipairs(INTERFACES) do
      ids[interface] = random:hex(32)
    end
    self.ids[service] = ids
  end
  return self
end

function Catalog:address(service, project_id, prefix)
  local url = service.url or self.url .. (prefix or "") .. service.path
  if service.api and not self.projects and not prefix then
    url = url:gsub("/%%s$", "")
  end
  return (url:gsub("%%s", project_id))
end

-- If a token has no project, Keystone leaves out the endpoints that need one.
function Catalog:is_shown(service, project_id)
  return project_id or not (self.projects and service.api)
end

function Catalog:v3_service(service, project_id)
  local ids, endpoints = self.ids[service], json.array()
  for i, interface in ipairs(self:is_shown(service, project_id) and INTERFACES or {}) do
    endpoints[i] = json.object("id", ids[interface], "interface", interface,
      "region_id", catalog.REGION, "url", self:address(service, project_id or ""),
      "region", catalog.REGION)
  end
  return json.object("endpoints", endpoints, "id", ids.service, "type", service.type,
    "name", service.name)
end

--- The catalog in v3's form, for a project, or without one for the system.
function Catalog:v3(project_id)
  local list = json.array()
  for _, service in ipairs(SERVICES) do
    if not service.api or self.api[service.api] then
      list[#list + 1] = self:v3_service(service, project_id)
    end
  end
  return list
end

function Catalog:v2_service(service, project_id)
  local endpoints = json.array()
  if service.global then
    endpoints[1] = json.object("publicURL", self:address(service, project_id),
      "tenantId", project_id)
  else
    for i, region in ipairs(catalog.V2_REGIONS) do
      endpoints[i] = json.object(
        "publicURL", self:address(service, project_id, "/" .. region:lower()),
        "region", region, "tenantId", project_id)
    end
  end
  return json.object("endpoints", endpoints, "name", service.name, "type", service.type)
end

--- The catalog for a project in v2's form.
function Catalog:v2(project_id)
  local list = json.array()
  for _, service in ipairs(V2_SERVICES) do
    if not service.api or self.api[service.api] then
      list[#list + 1] = self:v2_service(service, project_id)
    end
  end
  return list
end

return catalog
