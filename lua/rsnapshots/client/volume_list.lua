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

-- A volume as the service has it, with `name` and `description` on every version, and with
-- metadata. nil for what is none.
local function volume_of(dialect, document)
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

-- The volume in an answer; nil and what is wrong.
local function read(call, dialect)
  local document, problem = core.decode(call)
  local volume = type(document) == "table" and volume_of(dialect, document.volume)
  return volume or nil, problem or "it has no volume with an id"
end

--- The volume in an answer.
-- @tparam[opt] boolean is_create is it the answer to a request that makes one?
-- @treturn table nil and an error
function volume_list.read(client, call, err, is_create)
  return requests.read(call, err, read, is_create, requests.state(client).dialect)
end

-- --------------------------------------------------------------------- filters

local FILTERS = { name = "string", status = "string", metadata = "map", snapshot_id = "string",
  all_projects = "boolean", page_size = "count", max = "whole" }

--- Begins a listing. A wrong filter raises.
-- @tparam ?table filters
-- @tparam[opt] number deadline of every request
-- @treturn Rows
function volume_list.new(client, filters, deadline)
  local dialect = requests.open(client).dialect
  filters = check.fields(filters, FILTERS, "volumes", "filter")
  local pager = listing.new(client, { volumes = true, prefetch = false, name = filters.name,
    status = filters.status and ascii.lower(filters.status), metadata = filters.metadata,
    all_projects = filters.all_projects, page_size = filters.page_size }, deadline)
  return Rows.new("volumes", function()
    local document, err = pager:next()
    while document and filters.snapshot_id and document.snapshot_id ~= filters.snapshot_id do
      document, err = pager:next()
    end
    return volume_of(dialect, document), err
  end, filters.max)
end

return volume_list
