--- Volumes: plain tables, which the core lists.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local listing = require "rsnapshots.client.listing"
local requests = require "rsnapshots.client.requests"
local Rows = require "rsnapshots.client.rows"

local volume_list = {}

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
  document.name = document[dialect.name_key] or document.name
  document.description = document[dialect.description_key] or document.description
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

--- Begins a listing.
-- @tparam table filters checked ones
-- @tparam[opt] number deadline of every request
-- @treturn Rows
function volume_list.new(client, filters, deadline)
  local dialect = requests.open(client).dialect
  local pager = listing.new(client, { volumes = true, prefetch = false, name = filters.name,
    status = filters.status and ascii.lower(filters.status), metadata = filters.metadata,
    all_projects = filters.all_projects, page_size = filters.page_size }, deadline)
  return Rows.new("volumes", function()
    local document, err = pager:next()
    while document and filters.snapshot_id and document.snapshot_id ~= filters.snapshot_id do
      document, err = pager:next()
    end
    return volume_list.volume_of(dialect, document), err
  end, filters.max)
end

return volume_list
