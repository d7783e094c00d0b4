--- Where the service is: an endpoint of the token's catalog, or the one given.
local ascii = require "rsnapshots.support.ascii"
local documents = require "rsnapshots.identity.documents"
local errors = require "rsnapshots.error"
local suggest = require "rsnapshots.support.suggest"
local tables = require "rsnapshots.support.tables"
local url = require "rsnapshots.support.url"

local endpoint = {}

-- Service types, newest API first, and the version that a type stands for. `volume` may have any
-- version.
local TYPES = { "block-storage", "block-store", "volumev3", "volumev2", "volume" }
local TYPE_VERSION = { volumev3 = 3, ["block-storage"] = 3, ["block-store"] = 3, volumev2 = 2 }

local RANK = {}
for i, kind in ipairs(TYPES) do
  RANK[kind] = i
end

-- A type as it is usually spelled: some catalogs have VolumeV3, or block_storage.
local function usual(kind)
  return (ascii.lower(kind):gsub("_", "-"))
end

-- Rackspace's name for the service, which people also use as a type.
local RACKSPACE_NAME = "cloudBlockStorage"

local PROJECTLESS_SINCE = 67 -- the microversion since which URLs need no project

local NEWEST = 3 -- version of the API

local function refuse(message, ...)
  return errors.fail("catalog", message:format(...))
end

-- -------------------------------------------------------------- the version

-- Names of a service's own path. A version before such a name belongs to a gateway.
local SERVICE_PATHS = { volume = true, volumes = true, cinder = true, storage = true,
  ["block-storage"] = true, block_storage = true, blockstorage = true, ["block-store"] = true,
  block = true, volumev2 = true, volumev3 = true }

-- The API version and the project that a URL's path names: the last version, at its end or before
-- the project.
local function version_in(address)
  local path = address:gsub("^%a+://[^/]*", "") .. "/"
  local version, rest = path:match "^.*/v([123])[%.0-9]*/(.*)$"
  rest = url.trim(rest or ""):match "^/*(.*)$"
  if rest:find("/", 1, true) or SERVICE_PATHS[ascii.lower(rest)] then
    return nil
  end
  return tonumber(version), rest ~= "" and rest or nil
end

-- The version that the entry's type stands for, if any.
local function type_version(entry)
  return entry.type and TYPE_VERSION[usual(entry.type)]
end

local function version_of(entry)
  return version_in(entry.url) or type_version(entry)
end

-- ------------------------------------------------------------- one endpoint

local function is_block_storage(entry)
  return RANK[usual(entry.type)] ~= nil
end

local function rank_of(entry)
  return RANK[usual(entry.type)] or #TYPES + 1
end

local function has_version(entry, version)
  return not version or (version_of(entry) or version) == version
end

-- The version that the settings ask for; nil for any. volumev2 and volumev3 imply one, too.
local function wanted_version(settings)
  return settings.api_version
    or tonumber(usual(settings.service_type or ""):match "^volumev([23])$")
end

local function is_exactly(entry, kind)
  return kind ~= nil and (usual(entry.type) == usual(kind)
    or kind == RACKSPACE_NAME and entry.name == kind)
end

-- Clouds list the service under one of its types or under several. If the one asked for is missing,
-- another one may be used.
local function is_alias(entry, settings)
  return RANK[usual(settings.service_type)] ~= nil and is_block_storage(entry)
    and has_version(entry, wanted_version(settings))
end

local function is_wanted(entry, settings)
  local kind = settings.service_type
  if settings.service_name and entry.name ~= settings.service_name then
    return false
  elseif kind then
    return is_exactly(entry, kind) or is_alias(entry, settings)
  end
  return is_block_storage(entry)
end

-- Is it in the region, by its id or name? In Rackspace's catalog, services without a region are in
-- every region, and so are those with the region *.
local function is_in_region(entry, spelled, region)
  return not entry.region or entry.region == "*"
    or spelled(entry.region) == spelled(region)
    or entry.region_name ~= nil and spelled(entry.region_name) == spelled(region)
end

-- An interface's usual name: publicURL, Public and PUBLIC are "public".
local function interface_name(text)
  return (ascii.lower(text):gsub("url$", ""))
end

local function has_interface(entry, name)
  return interface_name(entry.interface) == interface_name(name)
end

-- ------------------------------------------------------------------- several

-- The entries that fit the first choice that any entry fits.
local function first_fitting(entries, choices, fits, ...)
  local kept = {}
  for _, choice in ipairs(choices) do
    kept = #kept > 0 and kept or tables.select(entries, fits, choice, ...)
  end
  return kept
end

-- The entries in the region as it is written; if there are none, ignoring case.
local function in_region(entries, region)
  return region and first_fitting(entries, { tostring, ascii.lower }, is_in_region, region)
    or entries
end

local function interfaces_of(settings)
  local names = settings.interface
  return type(names) == "table" and names or { names }
end

-- The entries of the newest version among these, and of the first type for it in their region. An
-- open version may be the newest.
local function newest(entries)
  local version, first = 0, {}
  for _, entry in ipairs(entries) do
    version = math.max(version, version_of(entry) or NEWEST)
  end
  local found = tables.select(entries, has_version, version)
  for _, entry in ipairs(found) do
    local region = entry.region or ""
    first[region] = math.min(first[region] or math.huge, rank_of(entry))
  end
  return tables.select(found, function(entry)
    return rank_of(entry) == first[entry.region or ""]
  end)
end

-- -------------------------------------------------------------- what is wrong

-- A URL for messages, without a password.
local function without_user(address)
  return (address:gsub("//[^/]*@", "//***@"))
end

local function each_once(entries, text_of)
  local lines, seen = {}, {}
  for _, entry in ipairs(entries) do
    local line = text_of(entry)
    if not seen[line] then
      seen[line] = true
      lines[#lines + 1] = line
    end
  end
  table.sort(lines)
  return lines
end

local function describe(entries)
  return table.concat(each_once(entries, function(entry)
    return ("%s (%s, %s, %s)"):format(entry.type, entry.region or "no region",
      entry.interface, without_user(entry.url))
  end), "; ")
end

-- "r1 (Region One)", if a region has an id and a name.
local function region_text(entry)
  local id, name = entry.region or "no region", entry.region_name
  return name and name ~= id and ("%s (%s)"):format(id, name) or id
end

-- For a token without a project, Keystone leaves out the URLs that need one.
local SYSTEM_HINT = "; a token of the system comes without the endpoints that name a project: "
  .. "give one without, as endpoint (https://.../v3)"
local NO_PROJECT_HINT = "; the token is for no project, and comes without the endpoints that name "
  .. "one: set project_name (or project_id)"

local function no_storage(all, settings, is_projectless)
  local hint = settings.system_scope and SYSTEM_HINT
  if #all == 0 then
    return refuse("the token came with no service catalog%s", hint
      or ": is it scoped to a project? Set project_name (or project_id), or give an endpoint")
  end
  local types = each_once(all, function(entry) return entry.type end)
  return refuse("there is no block storage in the catalog%s; there are services of the types %s",
    hint or is_projectless and NO_PROJECT_HINT or "", table.concat(types, ", "))
end

local function no_region(services, settings)
  local regions = each_once(services, region_text)
  return refuse("there is no block storage in the region '%s'%s The regions are: %s",
    settings.region, suggest.ending(settings.region, regions), suggest.list(regions))
end

local function nothing_fits(all, settings, is_projectless)
  local services = tables.select(all, function(entry)
    return is_block_storage(entry) or is_exactly(entry, settings.service_type)
  end)
  if #services == 0 then
    return no_storage(all, settings, is_projectless)
  elseif #in_region(services, settings.region) == 0 then
    return no_region(services, settings)
  end
  return refuse("no block storage endpoint fits (service type %s, %sregion %s, interface %s, API "
    .. "version %s); there are: %s", settings.service_type or "any",
    settings.service_name and "service name " .. settings.service_name .. ", " or "",
    settings.region or "any", table.concat(interfaces_of(settings), " or "),
    settings.api_version or "any", describe(services))
end

-- The option that would choose among these; nil if all have the same address, so that the first one
-- will do.
local function chooser(entries)
  local function differ(text_of)
    return #each_once(entries, text_of) > 1
  end
  if not differ(function(entry) return url.trim(entry.url) end) then
    return nil
  elseif differ(function(entry) return entry.region or "" end) then
    return "region (or endpoint)"
  end
  return differ(function(entry) return entry.name end) and "service_name (or endpoint)" or nil
end

-- Is its URL valid? Some catalogs have a word in place of the URL for what is not installed.
local function is_usable(entry)
  return url.normalize(entry.url) ~= nil
end

local function candidates(all, settings, version)
  local found = in_region(tables.select(all, is_wanted, settings), settings.region)
  local usable = tables.select(found, is_usable)
  found = #usable > 0 and usable or found
  return first_fitting(tables.select(found, has_version, version), interfaces_of(settings),
    has_interface)
end

--- The catalog's endpoint for these settings.
-- @tparam table all entries with type, name, interface, region, region_name and url
-- @tparam[opt] boolean is_projectless whether the token is known to be for no project
-- @treturn table the entry; nil and a `catalog` error that lists what there is
function endpoint.choose(all, settings, is_projectless)
  local found = candidates(all, settings, settings.api_version or settings.preferred_version)
  if #found == 0 and not settings.api_version then
    found = candidates(all, settings)
  end
  if #found == 0 then
    return nothing_fits(all, settings, is_projectless)
  end
  local exact = tables.select(found, is_exactly, settings.service_type)
  found = newest(#exact > 0 and exact or found)
  local option = chooser(found)
  if option then
    return refuse("several block storage endpoints fit, choose with %s: %s", option,
      describe(found))
  end
  return found[1]
end

-- ------------------------------------------------------------- completing it

-- A usable URL, with the project in place of %(project_id)s, $(tenant_id)s, ...
local function complete(text, project_id)
  local address, problem = url.normalize(text)
  if not address then
    return refuse("the catalog's endpoint '%s' is not a usable URL: %s", without_user(text),
      problem)
  end
  local id = project_id and url.encode(project_id)
  address = address:gsub("[%%$]%((%w+)_id%)s", { project = id, tenant = id })
  if address:find "[%%$]%(project_id%)s" or address:find "[%%$]%(tenant_id%)s" then
    return errors.config("the endpoint holds %(project_id)s, and nobody knows which project "
      .. "that is: set project_id")
  end
  return address
end

-- Does the path leave the version open? If the version is not followed by the project, or the type
-- implies another version, it may belong to a gateway.
local function is_doubtful(entry, address, project_id)
  local version, project = version_in(address)
  if not version then
    return type_version(entry) == nil
  end
  local of_type = type_version(entry) or version
  return project ~= nil and (version ~= of_type
    or project_id ~= nil and not project:find(url.encode(project_id), 1, true))
end

-- The version of an endpoint that was given as an option, and whether its URL lacks it; nil and an
-- error. If the version is in doubt, the service is asked.
local function version_of_option(address, settings, ask)
  local named, wanted = version_in(address), settings.api_version
  local version, err = named or wanted, nil
  if not version then
    version, err = ask()
  end
  if named and wanted and named ~= wanted then
    return errors.config(("the endpoint is of API version %d, and api_version says %d"):format(
      named, wanted))
  elseif err then
    return nil, err
  elseif not version then
    return errors.config("the endpoint names no API version (/v1, /v2 or /v3), and there is no "
      .. "document that does: add it, or set api_version")
  end
  return version, not named
end

-- The same for the catalog's endpoint, but never an error.
local function version_of_listed(address, settings, ask, entry, project_id)
  local asked = is_doubtful(entry, address, project_id) and ask(wanted_version(settings))
  local named = not asked and version_in(address)
  return asked or named or type_version(entry) or settings.api_version or NEWEST, not named
end

--- Finds the service.
-- @tparam table access from `Identity:authenticate`
-- @tparam Session session for asking the service for its version if the URL does not tell it
-- @treturn table url, version, region; nil and an error
function endpoint.locate(settings, access, session, deadline)
  local entry, address, err = { url = settings.endpoint }, nil, nil
  if not settings.endpoint then
    entry, err = endpoint.choose(access.catalog, settings,
      access.description ~= nil and not access.project_id)
  end
  if entry then
    address, err = complete(entry.url, access.project_id or settings.project_id)
  end
  if not address then
    return nil, err
  end
  -- Does a failure leave open what an option needs to know? A proxy's 404 does not.
  local function matters(problem)
    return settings.endpoint and errors.is_unanswered(problem) and problem.status ~= 404
  end
  -- returns the newest version in the service's own document
  local function ask(wanted)
    local offered, problem = documents.insist(session, address .. "/", deadline, matters)
    for version = NEWEST, 1, -1 do
      if offered and offered[version] and (not wanted or wanted == version) then
        return version
      end
    end
    return nil, problem
  end
  local find = settings.endpoint and version_of_option or version_of_listed
  local version, lacks = find(address, settings, ask, entry, access.project_id)
  if not version then
    return nil, lacks
  end
  return { url = lacks and address .. "/v" .. version or address, version = version,
    region = entry.region ~= "*" and entry.region or settings.region }
end

--- Adds the project to a URL that ends with the version, unless the service accepts URLs without
-- one.
-- @tparam table place from `locate`
-- @tparam[opt] string project_id the token's, or from an option
-- @tparam[opt] table settled from `microversion.negotiate`, for version 3
-- @treturn string the URL; nil and an error
function endpoint.with_project(place, project_id, settled)
  local address = place.url
  if not address:match("/v[123][%.0-9]*$")
    or settled and settled.minor >= PROJECTLESS_SINCE then
    return address
  elseif project_id then
    return address .. "/" .. url.encode(project_id)
  elseif settled and (not settled.most or settled.most >= PROJECTLESS_SINCE) then
    return address -- Cinder accepts such URLs depending on its release, not on the microversion
  end
  return errors.config(("%s names no project, but %s: add the project's id to it, or "
    .. "connect for a project (project_id)"):format(address, settled
    and ("this works only from microversion 3.%d on, and the service has up to 3.%d"):format(
      PROJECTLESS_SINCE, settled.most) or ("version %d of the API needs one"):format(
      place.version)))
end

return endpoint
