--- Where the service is, and which versions of its API to speak.
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local url = require "rsnapshots.url"

local catalog = {}

-- Service types, newest API first.
local TYPES = { "block-storage", "block-store", "volumev3", "volumev2", "volume" }
local TYPE_VERSION = { volumev3 = 3, ["block-storage"] = 3, ["block-store"] = 3,
  volumev2 = 2, volume = 1 }

local NEWEST = { 3, 70 } -- the newest microversion this library knows

local function fail(kind, message)
  return nil, errors.new(kind, message)
end

--- The API version that a URL's path names, or nil.
local function version_in(address)
  return tonumber((address .. "/"):match("/v([123])[%.%d]*/"))
end

local function version_of(entry)
  return version_in(entry.url) or TYPE_VERSION[entry.type]
end

-- ------------------------------------------------------------- one endpoint

local function is_wanted(entry, settings)
  if settings.service_type then
    return entry.type == settings.service_type
      and (not settings.service_name or entry.name == settings.service_name)
  end
  return TYPE_VERSION[entry.type] ~= nil
end

-- Rackspace's catalog has services without a region, which are in every one.
local function is_in_region(entry, region)
  return not region or not entry.region or entry.region == region
end

local function describe(entries)
  local lines, seen = {}, {}
  for _, entry in ipairs(entries) do
    local line = ("%s (%s, %s, %s)"):format(entry.type, entry.region or "no region",
      entry.interface, entry.url)
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
    if entry.url:gsub("/+$", "") ~= entries[1].url:gsub("/+$", "") then
      return false
    end
  end
  return true
end

local function nothing_fits(all, settings)
  if #all == 0 then
    return fail("catalog", "the token came with no service catalog: is it scoped to a project? "
      .. "Set project_name (or project_id), or give an endpoint")
  end
  return fail("catalog", ("no block storage endpoint fits (service type %s, region %s, "
    .. "interface %s, API version %s); there are: %s"):format(settings.service_type or "any",
    settings.region or "any", settings.interface, settings.api_version or "any", describe(all)))
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
  found = newest(found)
  if not only_one(found) then
    return fail("catalog", "several block storage endpoints fit, choose with region "
      .. "(or endpoint): " .. describe(found))
  end
  return found[1]
end

-- ------------------------------------------------------------- microversions

local function parse_microversion(text)
  local major, minor = tostring(text or ""):match("^(%d+)%.(%d+)$")
  if major then
    return { tonumber(major), tonumber(minor) }
  end
end

local function is_less(a, b)
  return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2])
end

-- The range of microversions in a version document, or nil.
local function range_in(document)
  local versions = type(document) == "table" and document.versions
  for _, version in ipairs(type(versions) == "table" and versions or {}) do
    if type(version) == "table" and tostring(version.id):match("^v3") then
      local least, most = parse_microversion(version.min_version),
        parse_microversion(version.version)
      if least and most then
        return least, most
      end
    end
  end
end

-- Asks the service's root, and where that says nothing (a proxy may hide it)
-- the version's own document, which wants a token.
local function ask_range(session, endpoint, deadline)
  local root, version = endpoint:match("^(.-)/(v3[%.%d]*)")
  local places = { { "send", root .. "/" }, { "call", root .. "/" .. version .. "/" } }
  for _, place in ipairs(places) do
    local request, err = session[place[1]](session, {
      method = "GET", url = place[2], deadline = deadline, choices = true,
    })
    if not request and errors.is_unanswered(err) then
      return nil, nil, err
    end
    local least, most = range_in(request and core.decode(request))
    if least then
      return least, most
    end
  end
end

local function to_text(microversion)
  return microversion[1] .. "." .. microversion[2]
end

--- Settles on a microversion.
-- @return the text for the header, and the version it stands for as {3, N};
-- nil, nil where the service has none; or nil, nil and an error
function catalog.negotiate(session, endpoint, deadline)
  local pinned = session.settings.microversion
  local least, most, err = ask_range(session, endpoint, deadline)
  if err then
    return nil, nil, err
  elseif not least then
    least, most = { 3, 0 }, { 3, 0 }
  end
  if pinned == "latest" then
    return "latest", most
  elseif pinned then
    local wanted = parse_microversion(pinned)
    if is_less(wanted, least) or is_less(most, wanted) then
      return nil, nil, errors.new("unsupported", ("microversion %s is not offered: %s to %s is")
        :format(pinned, to_text(least), to_text(most)))
    end
    return pinned, wanted
  end
  local chosen = is_less(most, NEWEST) and most or NEWEST
  if is_less(chosen, least) then
    return nil, nil, errors.new("unsupported", ("the service wants microversion %s or newer, "
      .. "and this library knows up to %s"):format(to_text(least), to_text(NEWEST)))
  end
  return to_text(chosen), chosen
end

-- --------------------------------------------------------------------- both

-- Completes an endpoint given as an option: its version, its project.
local function complete(settings, access)
  local address = settings.endpoint
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
  if address:match("/v[12]$") and access.project_id then
    address = address .. "/" .. url.encode(access.project_id)
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
      entry.url, problem))
  end
  return {
    url = address, version = version_of(entry) or 3, region = entry.region or settings.region,
  }
end

return catalog
