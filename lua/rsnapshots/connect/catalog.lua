--- Where the service is: an endpoint of the token's catalog, or the one given.
local errors = require "rsnapshots.error"
local url = require "rsnapshots.support.url"

local catalog = {}

-- Service types, newest API first.
local TYPES = { "block-storage", "block-store", "volumev3", "volumev2", "volume" }
local TYPE_VERSION = { volumev3 = 3, ["block-storage"] = 3, ["block-store"] = 3,
  volumev2 = 2, volume = 1 }

-- Rackspace's name of the service, which is taken for a type, too.
local RACKSPACE_NAME = "cloudBlockStorage"

local PROJECTLESS_SINCE = 67 -- the microversion with URLs that name no project

local function fail(kind, message)
  return nil, errors.new(kind, message)
end

--- The API version that a URL's path names, or nil; the last one, as a gateway's
-- path before it may name its own.
local function version_in(address)
  local path = address:gsub("^%a+://[^/]*", "")
  return tonumber((path .. "/"):match("^.*/v([123])[%.%d]*/"))
end

local function version_of(entry)
  return version_in(entry.url) or TYPE_VERSION[entry.type]
end

-- ------------------------------------------------------------- one endpoint

local function is_block_storage(entry)
  return TYPE_VERSION[entry.type] ~= nil
end

-- Is it of the type that is asked for, to the letter?
local function is_exactly(entry, kind)
  return entry.type == kind or (kind == RACKSPACE_NAME and entry.name == kind)
end

-- Clouds call the service by one of its types or by several, so that another of
-- them will do where the one asked for is missing; volumev2 and volumev3 say
-- which version, too.
local function is_alias(entry, kind)
  local version = kind:match "^volumev([23])$"
  return TYPE_VERSION[kind] ~= nil and is_block_storage(entry)
    and (not version or version_of(entry) == tonumber(version))
end

local function is_wanted(entry, settings)
  local kind = settings.service_type
  if settings.service_name and entry.name ~= settings.service_name then
    return false
  elseif kind then
    return is_exactly(entry, kind) or is_alias(entry, kind)
  end
  return is_block_storage(entry)
end

-- Rackspace's catalog has services without a region, which are in every one.
local function is_in_region(entry, region)
  return not region or not entry.region or entry.region == region
end

-- An endpoint's URL as a message may have it: without a password in it.
local function without_user(address)
  return (address:gsub("//[^/]*@", "//***@"))
end

local function describe(entries)
  local lines, seen = {}, {}
  for _, entry in ipairs(entries) do
    local line = ("%s (%s, %s, %s)"):format(entry.type, entry.region or "no region",
      entry.interface, without_user(entry.url))
    if not seen[line] then
      seen[line] = true
      lines[#lines + 1] = line
    end
  end
  table.sort(lines)
  return table.concat(lines, "; ")
end

local function select_entries(entries, keep)
  local kept = {}
  for _, entry in ipairs(entries) do
    if keep(entry) then
      kept[#kept + 1] = entry
    end
  end
  return kept
end

local RANK = {}
for i, kind in ipairs(TYPES) do
  RANK[kind] = i
end

local function rank(entry)
  return RANK[entry.type] or #TYPES + 1
end

-- The entries of the newest version among these, and in each region of the
-- first type for it.
local function newest(entries)
  local version, first = 0, {}
  for _, entry in ipairs(entries) do
    version = math.max(version, version_of(entry) or 0)
  end
  entries = select_entries(entries, function(entry)
    return (version_of(entry) or 0) == version
  end)
  for _, entry in ipairs(entries) do
    local region = entry.region or ""
    first[region] = math.min(first[region] or math.huge, rank(entry))
  end
  return select_entries(entries, function(entry)
    return rank(entry) == first[entry.region or ""]
  end)
end

local function only_one(entries)
  for _, entry in ipairs(entries) do
    if url.trim(entry.url) ~= url.trim(entries[1].url) then
      return false
    end
  end
  return true
end

-- A token of the system has no project to put into URLs, and Keystone leaves out
-- those that need one.
local SYSTEM_HINT = "; a token of the system comes without the endpoints that name a project: "
  .. "give one without, as endpoint (https://.../v3)"

local function list_types(entries)
  local types, seen = {}, {}
  for _, entry in ipairs(entries) do
    if not seen[entry.type] then
      seen[entry.type] = true
      types[#types + 1] = entry.type
    end
  end
  table.sort(types)
  return table.concat(types, ", ")
end

local function nothing_fits(all, settings)
  local hint = settings.system_scope and SYSTEM_HINT or ""
  if #all == 0 then
    return fail("catalog", "the token came with no service catalog" .. (hint ~= "" and hint
      or ": is it scoped to a project? Set project_name (or project_id), or give an endpoint"))
  end
  local services = select_entries(all, function(entry)
    return is_block_storage(entry) or entry.type == settings.service_type
  end)
  if #services == 0 then
    return fail("catalog", ("there is no block storage in the catalog%s; there are services of "
      .. "the types %s"):format(hint, list_types(all)))
  end
  return fail("catalog", ("no block storage endpoint fits (service type %s, %sregion %s, "
    .. "interface %s, API version %s); there are: %s"):format(settings.service_type or "any",
    settings.service_name and "service name " .. settings.service_name .. ", " or "",
    settings.region or "any", settings.interface, settings.api_version or "any",
    describe(services)))
end

-- Which option would choose among these.
local function chooser(entries)
  for _, entry in ipairs(entries) do
    if entry.region ~= entries[1].region then
      return "region (or endpoint)"
    end
  end
  return "endpoint"
end

-- Those of the very type that is asked for, where there are any.
local function prefer_exact(entries, kind)
  local exact = kind and select_entries(entries, function(entry)
    return is_exactly(entry, kind)
  end) or {}
  return #exact > 0 and exact or entries
end

--- The catalog's endpoint for these settings.
-- @tparam table all entries with type, name, interface, region and url
-- @tparam table settings
-- @treturn table the entry; nil and a `catalog` error that lists what there is
function catalog.choose(all, settings)
  local interface = settings.interface:gsub("URL$", "")
  local found = select_entries(all, function(entry)
    return is_wanted(entry, settings) and entry.interface == interface
      and is_in_region(entry, settings.region)
      and (not settings.api_version or version_of(entry) == settings.api_version)
  end)
  if #found == 0 then
    return nothing_fits(all, settings)
  end
  found = newest(prefer_exact(found, settings.service_type))
  if not only_one(found) then
    return fail("catalog", ("several block storage endpoints fit, choose with %s: %s"):format(
      chooser(found), describe(found)))
  end
  return found[1]
end

-- ------------------------------------------------------------- completing it

-- Completes an endpoint given as an option: its version, and its project where
-- %(project_id)s stands for it as keystoneauth has it.
local function complete(settings, access)
  local project_id = access.project_id or settings.project_id
  local is_missing = false
  local address = settings.endpoint:gsub("%%%((%w+)_id%)s", function(what)
    if what ~= "project" and what ~= "tenant" then
      return nil
    end
    is_missing = not project_id
    return project_id and url.encode(project_id)
  end)
  if is_missing then
    return fail("config", "the endpoint holds %(project_id)s, and nobody knows which project "
      .. "that is: set project_id")
  end
  local version = version_in(address)
  if not version and settings.api_version then
    version, address = settings.api_version, address .. "/v" .. settings.api_version
  elseif not version then
    return nil, errors.new("config", "the endpoint names no API version (/v1, /v2 or /v3): "
      .. "add it, or set api_version")
  elseif settings.api_version and settings.api_version ~= version then
    return nil, errors.new("config", ("the endpoint is of API version %d, and api_version says %d")
      :format(version, settings.api_version))
  end
  return { url = address, version = version, region = settings.region }
end

--- Finds the service.
-- @treturn table url, version, region; nil and an error
function catalog.locate(settings, access)
  if settings.endpoint then
    return complete(settings, access)
  end
  local entry, err = catalog.choose(access.catalog, settings)
  if not entry then
    return nil, err
  end
  local address, problem = url.normalize(entry.url)
  if not address then
    return fail("catalog", ("the catalog's endpoint '%s' is no URL that can be used: %s"):format(
      without_user(entry.url), problem))
  end
  local version = version_of(entry) or 3
  if not version_in(address) then -- the root of all versions, as service types without one have
    address = address .. "/v" .. version
  end
  return { url = address, version = version, region = entry.region or settings.region }
end

--- Adds the project to a URL that ends with the version, unless the service takes
-- such URLs.
-- @tparam table place as `locate` gives it
-- @tparam[opt] string project_id of the token, or as an option says
-- @tparam[opt] table settled what `microversion.negotiate` gives, of version 3
-- @treturn string the URL; nil and an error
function catalog.with_project(place, project_id, settled)
  local address = place.url
  if not address:match("/v[123][%.%d]*$")
    or settled and settled.version[2] >= PROJECTLESS_SINCE then
    return address
  elseif project_id then
    return address .. "/" .. url.encode(project_id)
  elseif settled and (not settled.most or settled.most[2] >= PROJECTLESS_SINCE) then
    return address -- Cinder reads these URLs by its release, whatever microversion is asked for
  end
  return fail("config", ("%s names no project, which %s: add the project's id to it, or "
    .. "connect for a project (project_id)"):format(address, settled
    and ("services take from microversion 3.%d on, and this one has up to 3.%d"):format(
      PROJECTLESS_SINCE, settled.most[2]) or ("version %d of the API needs"):format(
      place.version)))
end

return catalog
