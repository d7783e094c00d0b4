--- Everything in which the three versions of the API differ.
local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local filter = require "rsnapshots.listing.filter"
local url = require "rsnapshots.support.url"

local Dialect = { __name = "rsnapshots.Dialect" }
Dialect.__index = Dialect

local MAX_PAGE = 1000 -- the services' usual limit, asked for where there are no links

-- Since which microversion the service itself applies a filter; 0: always.
local FILTERS_V3 = { name = 0, status = 0, volume_id = 0, metadata = 22, consumes_quota = 65 }
local FILTERS_V2 = { name = 0, status = 0, volume_id = 0 }

local VERSIONS = {
  { name = "display_name", description = "display_description", filters = {} },
  { name = "name", description = "description", filters = FILTERS_V2, links = true, sorts = true,
    metadata = true, actions = true },
  { name = "name", description = "description", filters = FILTERS_V3, links = true, sorts = true,
    metadata = true, actions = true, microversions = true },
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
-- @tparam string operation
-- @tparam[opt] int since the microversion (its second number) that has it
function Dialect:unsupported(operation, since)
  local own = "version " .. self.version .. " of the API"
  if self.traits.microversions then
    own = ("microversion 3.%d"):format(self.minor)
  end
  return errors.new("unsupported", ("%s is not offered by %s%s"):format(operation, own,
    since and (": it takes 3.%d"):format(since) or ""))
end

--- Is this microversion 3.N or a later one?
function Dialect:has_since(minor)
  return self.minor >= minor
end

--- Are there actions on snapshots?
function Dialect:has_actions()
  return self.traits.actions or false
end

--- Where snapshots are that could be managed; nil where there is no such thing.
function Dialect:manage_path()
  if self.minor >= 8 then
    return "/manageable_snapshots"
  end
  return self.traits.actions and "/os-snapshot-manage" or nil
end

-- ------------------------------------------------------------------- bodies

local function given(text)
  return text ~= "" and text or nil
end

-- What bodies have in common, out of a caller's options: `extra`, the name, the
-- description and the metadata.
local function begin(self, options)
  local body = {}
  for key, value in pairs(check.optional(options.extra, "table", "extra") or {}) do
    body[key] = value
  end
  body[self.traits.name] = given(check.optional(options.name, "string", "name"))
  body[self.traits.description] =
    given(check.optional(options.description, "string", "description"))
  if options.metadata ~= nil and next(check.string_map(options.metadata, "metadata")) then
    body.metadata = options.metadata
  end
  return body
end

local CREATE_KEYS = { volume_id = true, name = true, description = true, force = true,
  metadata = true, extra = true, once = true }

--- The body that creates a snapshot. A wrong option raises.
function Dialect:create_map(options)
  check.keys(options, CREATE_KEYS, "create")
  check.optional(options.once, "boolean", "once")
  check.optional(options.force, "boolean", "force")
  check.text(options.volume_id, "volume_id")
  local snapshot = begin(self, options)
  snapshot.volume_id = options.volume_id
  snapshot.force = options.force or nil -- false is refused from 3.66 on
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
  local snapshot = begin(self, { extra = options.extra })
  snapshot[self.traits.name] = check.optional(options.name, "string", "name")
  snapshot[self.traits.description] =
    check.optional(options.description, "string", "description")
  if next(snapshot) == nil then
    check.fail("update: there is nothing to change: give name or description")
  end
  return { snapshot = snapshot }
end

local MANAGE_KEYS = { volume_id = true, ref = true, name = true, description = true,
  metadata = true, extra = true }

--- The body that takes an existing snapshot under management. A wrong option
-- raises.
function Dialect:manage_map(options)
  check.keys(options, MANAGE_KEYS, "manage")
  if type(options.ref) ~= "table" then
    check.text(options.ref, "ref")
  end
  local snapshot = begin(self, options)
  snapshot.volume_id = check.text(options.volume_id, "volume_id")
  snapshot.ref = options.ref
  return { snapshot = snapshot }
end

local RESTORE_KEYS = { name = true, description = true, size = true, metadata = true,
  availability_zone = true, volume_type = true, extra = true, wait = true }

--- The body that makes a volume from a snapshot. A wrong option raises.
function Dialect:restore_map(id, options)
  check.keys(options, RESTORE_KEYS, "restore")
  local volume = begin(self, options)
  volume.snapshot_id = id
  volume.size = check.count(options.size, 1, "size")
  for _, name in ipairs { "availability_zone", "volume_type" } do
    volume[name] = given(check.optional(options[name], "string", name))
  end
  return { volume = volume }
end

-- ------------------------------------------------------------------ listing

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

local function wire_value(value)
  return type(value) == "table" and python_dict(value) or tostring(value)
end

local LONGEST = 1024 -- bytes; 255 characters are what a service keeps

-- Can this be sent? A service refuses what is no UTF-8, and URLs that are too long.
local function is_sendable(value)
  local text = wire_value(value)
  return #text <= LONGEST and url.is_text(text)
end

-- Which of these filters this service is to apply, as a set of names.
function Dialect:applied(filters)
  local names = {}
  for name, since in pairs(filters.besides and {} or self.traits.filters) do
    if self.minor >= since and filters[name] ~= nil and is_sendable(filters[name]) then
      names[name] = true
    end
  end
  return names
end

--- Does the service apply every one of these filters itself?
function Dialect:applies_all(filters)
  return filter.only(filters, self:applied(filters))
end

-- Filters whose values the services make themselves: no database takes two of them for equal
-- that differ. Many do so with names and metadata: "Night" and "night", "a" and "a ".
local PLAIN = { status = true, volume_id = true, consumes_quota = true }

--- Does the service apply all of these filters, and exactly so that what it counts, or leaves
-- out, is what passes here?
function Dialect:applies_exactly(filters)
  local exact = {}
  for name in pairs(self:applied(filters)) do
    exact[name] = PLAIN[name] and not tostring(filters[name]):find("[^a-z0-9_-]") or nil
  end
  return filter.only(filters, exact)
end

-- What services sort by like everybody else, in their own spelling. Not texts: databases have
-- orders of their own for those, and where some have no text and others an empty one, Cinder
-- sorts them apart but takes them for equal when it looks for what comes after a marker, so that
-- whole pages are left out.
local SORT_KEYS = { id = "id", status = "status", size = "volume_size", volume_id = "volume_id",
  created_at = "created_at", updated_at = "updated_at" }

local function sort_text(keys)
  local parts = {}
  for i, sort in ipairs(keys) do
    parts[i] = SORT_KEYS[sort.key] .. (sort.descending and ":desc" or ":asc")
  end
  return table.concat(parts, ",")
end

--- Must a listing be sorted here?
function Dialect:sorts_here(filters)
  for _, sort in ipairs(filters.sort or {}) do
    if not (self.traits.sorts and SORT_KEYS[sort.key]) then
      return true
    end
  end
  return false
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
  local applied = self:applied(filters)
  for _, name in ipairs { "name", "status", "volume_id", "metadata", "consumes_quota" } do
    if applied[name] then
      add(name, wire_value(filters[name]))
    end
  end
  if filters.sort and not self:sorts_here(filters) then
    add("sort", sort_text(filters.sort))
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

--- Can the service count what passes these filters?
function Dialect:counts(filters)
  return self.minor >= 45 and self:applies_exactly(filters)
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
