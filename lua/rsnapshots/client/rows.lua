--- Listings of plain tables: volumes, which the core lists, and snapshots that a storage back end
-- has and Cinder may not manage yet.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local compat = require "rsnapshots.support.compat"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local json = require "rsnapshots.support.json"
local listing = require "rsnapshots.client.listing"
local requests = require "rsnapshots.client.requests"
local url = require "rsnapshots.support.url"

local rows = {}

local methods = {}

local Rows = { __name = "rsnapshots.Rows" }

local states = setmetatable({}, { __mode = "k" }) -- by listing

-- Makes a listing.
-- @string what is listed, for messages: "volumes"
-- @tparam function take returns the next row; nil at the end; nil and an error, after which it can
-- be called again
-- @tparam[opt] int max how many to return at most
local function new(what, take, max)
  local made = compat.object(Rows)
  states[made] = { what = what, take = take, left = max or math.huge }
  return made
end

--- The next row.
-- @treturn table nil at the end; nil and an error, after which it can be called again
function methods:next()
  local state = states[self]
  check.receiver(state, "listing", "listing:next()")
  if state.left <= 0 then
    return nil
  end
  local row, err = state.take()
  if not err then
    state.left = row and state.left - 1 or 0 -- after the end, there are no more requests
  end
  return errors.result(row, err)
end

--- All remaining rows.
-- @treturn {table,...} nil and an error
function methods:all()
  check.receiver(states[self], "listing", "listing:all()")
  local all = {}
  local row, err = self:next()
  while row do
    all[#all + 1] = row
    row, err = self:next()
  end
  return errors.result(all, err)
end

--- In a `for`, returns one row after another; raises the error on failure.
function Rows:__call()
  local state = states[self]
  if state.over then
    check.fail("this listing of " .. state.what .. " was read to its end: begin a new one")
  end
  local row = errors.raise(self:next())
  state.over = row == nil
  return row
end

function Rows:__index(key)
  if methods[key] == nil then
    check.fail(("a listing of %s has no '%s': write `for one in listing do`, or listing:all() for "
      .. "a table"):format(states[self].what, tostring(key)))
  end
  return methods[key]
end

-- What a table has raises, as any other index does.
for name, what in pairs { __len = "#", __ipairs = 1, __pairs = "pairs" } do
  Rows[name] = function(self) return self[what] end
end

-- --------------------------------------------------------------------- volumes

-- A text as it is, or a number as text; nil for anything else.
local function text_of(value)
  if type(value) == "number" then
    return compat.digits(value) or ascii.written(value)
  end
  return type(value) == "string" and value or nil
end

--- Metadata with texts as values, whatever the service has there, like a Snapshot's.
function rows.texts_of(metadata)
  local texts = {}
  for key, value in pairs(metadata) do
    if type(key) == "string" then
      texts[key] = text_of(value) or type(value) == "table" and json.encode(value)
        or tostring(value)
    end
  end
  return texts
end

--- A volume as the service describes it, with `name`, `description` and `metadata` on every
-- version. nil if it is not a volume.
function rows.volume_of(dialect, document)
  local id = type(document) == "table" and text_of(document.id)
  if not id or id == "" then
    return nil
  end
  document.id, document.status = id, text_of(document.status)
  document.name = text_of(document[dialect.name_key]) or text_of(document.name)
  document.description = text_of(document[dialect.description_key])
    or text_of(document.description)
  if type(document.metadata) ~= "table" then
    document.metadata = {}
  end
  return document
end

local FILTERS = { name = "string", status = "string", metadata = "map", snapshot_id = "string",
  all_projects = "boolean", page_size = "count", max = "whole" }

--- Lists volumes. A wrong filter raises an error.
-- @tparam ?table filters
-- @tparam[opt] number deadline for every request
-- @treturn Rows
function rows.volumes(client, filters, deadline)
  local dialect = requests.open(client).dialect
  local known = listing.filters(filters, FILTERS)
  local max, origin = known.max, known.snapshot_id
  known.volumes, known.prefetch, known.max = true, false, nil -- below, max counts what passes
  local pager = listing.new(client, known, deadline)
  return new("volumes", function()
    local document, err
    repeat
      document, err = pager:next()
    until not document or not origin or document.snapshot_id == origin
    return rows.volume_of(dialect, document), err
  end, max)
end

-- -------------------------------------------------------- manageable snapshots

local KEY, WHAT = "manageable-snapshots", "manageable snapshots"

local function read_page(call)
  local document, problem = core.decode(call)
  local list = type(document) == "table" and document[KEY]
  for _, row in ipairs(type(list) == "table" and list or { false }) do
    if type(row) ~= "table" then
      return nil, problem or "it has no list of " .. WHAT
    end
  end
  return list
end

-- A row's key, to tell rows apart, because the service's ids are tables.
local function key_of(row)
  local parts = {}
  for name, value in pairs(type(row.reference) == "table" and row.reference or {}) do
    parts[#parts + 1] = tostring(name) .. "=" .. tostring(value)
  end
  table.sort(parts)
  return table.concat(parts, "\n")
end

-- Reads the next page, which is empty at the end. Returns true; nil and an error.
local function fetch(state)
  local query = { state.where, state.limit and { "limit", state.limit } or nil }
  query[#query + 1] = state.offset > 0 and { "offset", state.offset } or nil
  local call, err = requests.send(requests.open(state.client), "GET",
    state.path .. url.query(query))
  local page, problem = requests.read(call, err, read_page)
  if not page then
    return nil, problem
  end
  local first = page[1] and key_of(page[1])
  if first and first ~= "" and first == state.first then
    return errors.fail("decode", ("the service sends the same page of %s again and again"):format(
      WHAT))
  end
  state.page, state.at, state.first, state.offset = page, 0, first, state.offset + #page
  return true
end

--- Lists manageable snapshots, by offset.
-- @tparam table options already checked
-- @treturn Rows
function rows.manageable(client, path, options)
  local state = { client = client, page = {}, at = 0, offset = 0, limit = options.page_size,
    path = path .. (options.detailed == false and "" or "/detail"),
    where = options.host and { "host", options.host } or { "cluster", options.cluster } }
  return new(WHAT, function()
    if state.at == #state.page then
      local ok, err = fetch(state)
      if not ok then
        return nil, err
      end
    end
    state.at = state.at + 1
    return state.page[state.at]
  end)
end

return rows
