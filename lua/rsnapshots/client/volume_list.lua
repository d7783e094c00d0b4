--- A listing of volumes: plain tables, filtered here and, where it can be, by the service.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local requests = require "rsnapshots.client.requests"
local Rows = require "rsnapshots.client.rows"

local volume_list = {}

local PAGE = 1000 -- the services' usual limit; some link pages only where a limit was asked for

-- ------------------------------------------------------------------ one volume

--- The path of a volume below the endpoint.
function volume_list.path(id)
  return "/volumes/" .. core.encode(id)
end

--- A volume as the service has it, with `name` and `description` on every version, and with
-- metadata. nil for what is none.
function volume_list.volume_of(dialect, document)
  local id = type(document) == "table" and document.id
  if type(id) ~= "string" or id == "" then
    return nil
  end
  local traits = dialect.traits
  document.name = document[traits.name] or document.name
  document.description = document[traits.description] or document.description
  if type(document.metadata) ~= "table" then
    document.metadata = {}
  end
  return document
end

-- --------------------------------------------------------------------- filters

local FILTERS = { name = "string", status = "string", metadata = "map", snapshot_id = "string",
  all_projects = "boolean", page_size = "count", max = "whole" }

--- Checks a caller's filters; a wrong one raises.
function volume_list.check(filters)
  return check.fields(filters, FILTERS, "volumes", "filter")
end

local function has_metadata(volume, wanted)
  for key, value in pairs(wanted or {}) do
    if volume.metadata[key] ~= value then
      return false
    end
  end
  return true
end

local function passes(volume, filters)
  return (filters.name == nil or volume.name == filters.name)
    and (filters.snapshot_id == nil or volume.snapshot_id == filters.snapshot_id)
    and (filters.status == nil
      or ascii.lower(tostring(volume.status)) == ascii.lower(filters.status))
    and has_metadata(volume, filters.metadata)
end

local function python_escape(char)
  return char:find "[%z\1-\31\127]" and ("\\x%02x"):format(char:byte()) or "\\" .. char
end

-- A text as Python writes it in quotes.
local function python_text(text)
  return "'" .. text:gsub("[%z\1-\31\127\\']", python_escape) .. "'"
end

-- A Python dict literal, as the metadata filter wants it.
local function python_dict(map)
  local items = {}
  for key, value in pairs(map) do
    items[#items + 1] = python_text(key) .. ":" .. python_text(value)
  end
  table.sort(items)
  return "{" .. table.concat(items, ",") .. "}"
end

local LONGEST = 1024 -- bytes; services refuse URLs that are too long, and what is no UTF-8

-- What the service is asked to leave out; all of it is left out here, too. Version 1 is asked for
-- everything.
local function query_for(dialect, filters)
  local query = {}
  if filters.all_projects then
    query[1] = { "all_tenants", "1" }
  end
  for _, pair in ipairs { { "name", filters.name },
    { "status", filters.status and ascii.lower(filters.status) },
    { "metadata", filters.metadata and python_dict(filters.metadata) } } do
    if dialect:has_marker() and pair[2] and #pair[2] <= LONGEST and core.is_utf8(pair[2]) then
      query[#query + 1] = pair
    end
  end
  return query
end

--- Begins a listing.
-- @tparam Client client
-- @tparam table filters checked ones
-- @tparam[opt] number deadline of every request
-- @treturn Rows
function volume_list.new(client, filters, deadline)
  local dialect = requests.open(client).dialect
  return Rows.new(client, {
    -- version 1 says everything in both, and not every one of them has the other
    path = dialect.version == 1 and "/volumes" or "/volumes/detail",
    key = "volumes", what = "volumes", lenient = true,
    query = query_for(dialect, filters), limit = filters.page_size or PAGE,
    fallback = query_for(dialect, { all_projects = filters.all_projects }),
    pages_by = dialect:has_marker() and "marker" or "offset", deadline = deadline,
    key_of = function(row) return type(row.id) == "string" and row.id ~= "" and row.id or nil end,
    read = function(row)
      local volume = volume_list.volume_of(dialect, row)
      return volume and passes(volume, filters) and volume or nil
    end,
  }, filters.max)
end

return volume_list
