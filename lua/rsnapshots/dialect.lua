--- Everything in which the three versions of the API differ.
local check = require "rsnapshots.check"
local errors = require "rsnapshots.error"
local filter = require "rsnapshots.filter"

local Dialect = { __name = "rsnapshots.Dialect" }
Dialect.__index = Dialect

local MAX_PAGE = 1000 -- the services' usual limit, asked for where there are no links

-- Since which microversion the service itself applies a filter; 0: always.
local FILTERS_V3 = { name = 0, status = 0, volume_id = 0, metadata = 22, consumes_quota = 65 }
local FILTERS_V2 = { name = 0, status = 0, volume_id = 0 }

local VERSIONS = {
  { name = "display_name", description = "display_description", filters = {} },
  { name = "name", description = "description", filters = FILTERS_V2, links = true, sorts = true,
    metadata = true },
  { name = "name", description = "description", filters = FILTERS_V3, links = true, sorts = true,
    metadata = true, microversions = true },
}

--- Makes a dialect.
-- @tparam int version 1, 2 or 3
-- @tparam[opt] table microversion {3, N}
function Dialect.new(version, microversion)
  local traits = VERSIONS[version]
  return setmetatable({
    version = version, traits = traits,
    minor = traits.microversions and microversion and microversion[2] or 0,
  }, Dialect)
end

--- The error for an operation that this version does not have.
function Dialect:unsupported(operation)
  return errors.new("unsupported", ("%s is not offered by version %d of the API"):format(
    operation, self.version))
end

-- ------------------------------------------------------------------- bodies

local CREATE_KEYS = { volume_id = true, name = true, description = true, force = true,
  metadata = true, extra = true, once = true }

local function check_create(options)
  check.keys(options, CREATE_KEYS, "create")
  check.text(options.volume_id, "volume_id")
  check.optional(options.name, "string", "name")
  check.optional(options.description, "string", "description")
  check.optional(options.force, "boolean", "force")
  check.optional(options.extra, "table", "extra")
  check.optional(options.once, "boolean", "once")
  if options.metadata ~= nil then
    check.string_map(options.metadata, "metadata")
  end
end

local function given(text)
  return text ~= "" and text or nil
end

--- The body that creates a snapshot. A wrong option raises.
function Dialect:create_map(options)
  check_create(options)
  local snapshot = {}
  for key, value in pairs(options.extra or {}) do
    snapshot[key] = value
  end
  snapshot.volume_id = options.volume_id
  snapshot[self.traits.name] = given(options.name)
  snapshot[self.traits.description] = given(options.description)
  snapshot.force = options.force or nil -- false is refused from 3.66 on
  if options.metadata and next(options.metadata) then
    snapshot.metadata = options.metadata
  end
  return { snapshot = snapshot }
end

--- The name in a body's snapshot.
function Dialect:name_in(snapshot)
  return snapshot[self.traits.name]
end

local UPDATE_KEYS = { name = true, description = true, extra = true }

--- The body that updates a snapshot: nil leaves, "" clears. A wrong option
-- raises, and so does one that changes nothing.
function Dialect:update_map(options)
  check.keys(options, UPDATE_KEYS, "update")
  local snapshot = {}
  for key, value in pairs(check.optional(options.extra, "table", "extra") or {}) do
    snapshot[key] = value
  end
  snapshot[self.traits.name] = check.optional(options.name, "string", "name")
  snapshot[self.traits.description] =
    check.optional(options.description, "string", "description")
  if next(snapshot) == nil then
    check.fail("update: there is nothing to change: give name or description")
  end
  return { snapshot = snapshot }
end

-- ------------------------------------------------------------------ listing

-- A Python dict literal, as the metadata filter wants it. Quotes of our own are
-- escaped as Python reads them.
local function python_dict(map)
  local items = {}
  for key, value in pairs(map) do
    items[#items + 1] = ("'%s':'%s'"):format((key:gsub("[\\']", "\\%0")),
      (value:gsub("[\\']", "\\%0")))
  end
  table.sort(items)
  return "{" .. table.concat(items, ",") .. "}"
end

local function wire_value(value)
  return type(value) == "table" and python_dict(value) or tostring(value)
end

-- Which content filters this service applies, as a set.
function Dialect:applied()
  local names = {}
  for name, since in pairs(self.traits.filters) do
    if self.minor >= since then
      names[name] = true
    end
  end
  return names
end

--- Does the service apply every one of these filters itself?
function Dialect:applies_all(filters)
  return filter.only(filters, self:applied())
end

-- The service's own spelling of sort keys.
function Dialect:sort_text(keys)
  local parts = {}
  for i, sort in ipairs(keys) do
    local key = sort.key
    if key == "name" or key == "description" then
      key = self.minor >= 30 and key == "name" and key or "display_" .. key
    elseif key == "size" then
      key = "volume_size"
    end
    parts[i] = key .. (sort.descending and ":desc" or ":asc")
  end
  return table.concat(parts, ",")
end

--- Must a listing be sorted here?
function Dialect:sorts_here(filters)
  return filters.sort ~= nil and not self.traits.sorts
end

--- The query of a listing, but for its position.
-- @treturn table a list of {name, value}
function Dialect:list_query(filters)
  local query = {}
  local function add(name, value)
    query[#query + 1] = { name, value }
  end
  if filters.all_projects then
    add("all_tenants", "1")
  end
  local applied = self:applied()
  for _, name in ipairs { "name", "status", "volume_id", "metadata", "consumes_quota" } do
    if applied[name] and filters[name] ~= nil then
      add(name, wire_value(filters[name]))
    end
  end
  if filters.sort and self.traits.sorts then
    add("sort", self:sort_text(filters.sort))
  end
  for name, value in pairs(filters.extra or {}) do
    add(name, tostring(value))
  end
  return query
end

--- How many rows a request for a page should ask for, nil for the service's
-- own number.
function Dialect:page_limit(wanted)
  return wanted or (not self.traits.links and MAX_PAGE or nil)
end

--- Where a listing is gone on with: "marker" or "offset".
function Dialect:pages_by()
  return self.traits.links and "marker" or "offset"
end

--- Can the service count by itself?
function Dialect:counts()
  return self.minor >= 45
end

--- Can metadata be written?
function Dialect:has_metadata()
  return self.traits.metadata or false
end

--- The metadata in the answer to a request for it, which at Rackspace is a
-- whole snapshot.
function Dialect.metadata_in(_, document)
  local whole = document.snapshot
  local metadata = document.metadata or (type(whole) == "table" and whole.metadata)
  return type(metadata) == "table" and metadata or nil
end

--- The headers that every request carries.
-- @tparam[opt] string microversion as sent
function Dialect:headers(microversion)
  if not self.traits.microversions or not microversion then
    return nil
  end
  return { "OpenStack-API-Version: volume " .. microversion }
end

return Dialect
