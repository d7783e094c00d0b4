--- What one connects to: every operation on snapshots.
--
-- Where an id is taken a Snapshot is taken too. A wrong call raises; a failed
-- operation gives nil and an error (see docs/errors.md).
-- @classmod Client

local body = require "rsnapshots.body"
local check = require "rsnapshots.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local fault = require "rsnapshots.fault"
local filter = require "rsnapshots.filter"
local once = require "rsnapshots.once"
local Pager = require "rsnapshots.pager"
local url = require "rsnapshots.url"
local waiter = require "rsnapshots.waiter"

local Client = {}

local STATE = {} -- the key of a client's private part
local FIELDS = { endpoint = true, api_version = true, microversion = true, region = true,
  project_id = true }

local REMEMBERED = 10000 -- deletes of which a wait can still tell that they were ours

local function open(client)
  local state = rawget(client, STATE)
  if state.closed then
    check.fail("the client is closed")
  end
  return state
end

-- ----------------------------------------------------------------- requests

--- An answer that is not what the API promises.
local function decode_error(message, request)
  local err = errors.new("decode", "the service's answer cannot be used: " .. message,
    { status = request:status(), request_id = fault.request_id(request) })
  request:close()
  return err
end

-- Sends a request below the endpoint.
local function call(state, method, path, options)
  options = options or {}
  local text
  if options.body then
    local problem
    text, problem = body.encode(options.body)
    if not text then
      return nil, problem
    end
  end
  return state.session:call {
    method = method, url = state.public.endpoint .. path, body = text, headers = state.headers,
    deadline = options.deadline, idempotent = options.idempotent,
    retry_conflict = options.retry_conflict, retries = options.retries,
  }
end

-- The Snapshot in an answer.
local function read_snapshot(client, request, err)
  if not request then
    return nil, err
  end
  local snapshot, problem = core.snapshot(request, client)
  if not snapshot then
    return nil, decode_error(problem, request)
  end
  request:close()
  return snapshot
end

-- The JSON in an answer; an object is promised.
local function read_object(request, err)
  if not request then
    return nil, err
  end
  local document, problem = core.decode(request)
  if type(document) ~= "table" then
    return nil, decode_error(problem or "an object was expected", request)
  end
  request:close()
  return document
end

local function done(request, err)
  if not request then
    return nil, err
  elseif request ~= true then
    request:close()
  end
  return true
end

-- The id in a caller's argument, and what is wrong with it.
local function id_of(value, name)
  local id = core.is_snapshot(value) and value.id or value
  check.text(id, name or "id")
  if id:find "%c" or id:find("%z") then
    return nil, errors.new("invalid", "an id cannot hold control characters")
  elseif id == "." or id == ".." then
    return nil, errors.new("invalid", ("'%s' is no snapshot's id"):format(id))
  end
  return id
end

local function path_of(id, rest)
  return "/snapshots/" .. url.encode(id) .. (rest or "")
end

-- ----------------------------------------------------------------- snapshots

-- The body that a caller's argument makes: a table of options, or any value
-- with the method of that name.
local function make_body(state, options, map_name, map)
  local has_method = (type(options) == "table" or type(options) == "userdata")
    and options[map_name]
  if not has_method then
    return map(state.dialect, check.type(options, "table", "the argument"))
  end
  local made = has_method(options)
  if type(made) ~= "table" or type(made.snapshot) ~= "table" then
    check.fail(map_name .. " must return a table { snapshot = {...} }")
  end
  return made
end

-- Sends a create; whatever comes of it, never twice.
local function send_create(self, state, made, deadline)
  local request, err = call(state, "POST", "/snapshots", { body = made, deadline = deadline })
  local snapshot, problem = read_snapshot(self, request, err)
  if request and not snapshot then
    problem = errors.uncertain(problem) -- it was accepted, and nobody knows its id
  end
  return snapshot, problem
end

local function create_once(self, state, made)
  local name
  if not state.dialect:has_metadata() then
    name = check.text(state.dialect:name_in(made.snapshot), "name (which `once` needs here)")
  end
  local deadline = state.session:deadline()
  return once.create(made.snapshot, {
    create = function() return send_create(self, state, made, deadline) end,
    list = function(filters) return self:list(filters):all() end,
    sleep = function(seconds) return state.session:sleep(seconds) end,
    deadline = deadline, tries = state.session.settings.retries + 1, name = name,
  })
end

--- Creates a snapshot: `POST /snapshots`.
--
-- It is never sent twice unless the first surely had no effect; where nobody
-- can tell, the error's kind is `uncertain`. With `once` it is then looked for,
-- by a mark in its metadata (`rsnapshots:once`) or, with version 1, by its name
-- and volume, before it is sent again.
-- @tparam table options `volume_id` (needed), `name`, `description`, `force`
-- (of a volume that is in use), `metadata`, `once` (false), `extra` (more
-- attributes for the body); or any value with a method
-- `to_snapshot_create_map`, which returns the body
-- @treturn Snapshot usually still CREATING; nil and an error
function Client:create(options)
  local state = open(self)
  local made = make_body(state, options, "to_snapshot_create_map", state.dialect.create_map)
  check.text(made.snapshot.volume_id, "volume_id")
  if options.once then
    return create_once(self, state, made)
  end
  return send_create(self, state, made)
end

--- Reads a snapshot: `GET /snapshots/{id}`.
-- @tparam string|Snapshot id
-- @treturn Snapshot nil and an error
function Client:get(id)
  local state = open(self)
  local wanted, err = id_of(id)
  if not wanted then
    return nil, err
  end
  return read_snapshot(self, call(state, "GET", path_of(wanted)))
end

--- Changes a snapshot's name or description: `PUT /snapshots/{id}`.
-- @tparam string|Snapshot id
-- @tparam table options `name`, `description`: nil leaves, "" clears; or any
-- value with a method `to_snapshot_update_map`
-- @treturn Snapshot nil and an error
function Client:update(id, options)
  local state = open(self)
  local wanted, err = id_of(id)
  if not wanted then
    return nil, err
  end
  local made = make_body(state, options, "to_snapshot_update_map", state.dialect.update_map)
  return read_snapshot(self, call(state, "PUT", path_of(wanted), { body = made }))
end

local DELETE_KEYS = { missing_ok = true }

-- Remembers an accepted delete, in two generations so that it stays bounded.
local function remember_delete(state, id)
  if state.deletes >= REMEMBERED then
    state.deleted_before, state.deleted, state.deletes = state.deleted, {}, 0
  end
  state.deleted[id] = true
  state.deletes = state.deletes + 1
end

-- A repeated delete whose first answer was lost is refused because the snapshot
-- is being deleted already: then it was accepted.
local function was_accepted(self, id, err)
  if not err.lost or not (err.kind == "invalid" or err.kind == "conflict") then
    return false
  end
  local snapshot, problem = self:get(id)
  if snapshot then
    return snapshot.status == "DELETING"
  end
  return problem.kind == "not_found"
end

--- Deletes a snapshot: `DELETE /snapshots/{id}`. A conflict (409) is tried
-- again until the deadline.
-- @tparam string|Snapshot id
-- @tparam[opt] table options `missing_ok`: a snapshot that is not there is fine
-- @return true when the service accepted it: see `wait_until_deleted`; nil and
-- an error
function Client:delete(id, options)
  local state = open(self)
  options = check.optional(options, "table", "options") or {}
  check.keys(options, DELETE_KEYS, "delete")
  check.optional(options.missing_ok, "boolean", "missing_ok")
  local wanted, err = id_of(id)
  if not wanted then
    return nil, err
  end
  local ok, problem = done(call(state, "DELETE", path_of(wanted), { retry_conflict = true }))
  if ok or was_accepted(self, wanted, problem) then
    remember_delete(state, wanted)
    return true
  elseif options.missing_ok and problem.kind == "not_found" then
    return true
  end
  return nil, problem
end

-- ------------------------------------------------------------------ listings

--- Lists snapshots: `GET /snapshots/detail` (or `/snapshots`), every page.
--
-- A filter that the service cannot apply is applied here, so that the result is
-- the same on every version of the API.
-- @tparam[opt] table filters `name`, `status`, `volume_id`, `project_id`,
-- `all_projects`, `metadata` (table), `name_like`, `created_after`,
-- `created_before` (Unix seconds, or text), `consumes_quota`, `sort`
-- (`"created_at:desc,name:asc"`), `detailed` (true), `page_size` (what one
-- request asks for), `max` (how many in all), `marker`, `offset`, `extra` (raw
-- query), `token` (from `pager:token()`)
-- @treturn Pager
function Client:list(filters)
  local state = open(self)
  return Pager.new(state.source, filter.read(filters))
end

local function count_by_listing(source, filters)
  local total = 0
  local ok, err = Pager.new(source, filters):each_page(function(page)
    total = total + #page
  end)
  return ok and total, err
end

--- Counts snapshots: one request with `with_count` from microversion 3.45 on,
-- else by listing.
-- @tparam[opt] table filters as for `list`
-- @treturn integer nil and an error
function Client:count(filters)
  local state = open(self)
  filters = filter.read(filters)
  filters.sort = nil
  local whole = not (filters.max or filters.marker or filters.offset or filters.token)
  if not (whole and state.dialect:counts() and state.dialect:applies_all(filters)) then
    filters.detailed = false
    local total, err = count_by_listing(state.source, filters)
    return total or nil, err
  end
  local query = state.dialect:list_query(filters)
  query[#query + 1] = { "with_count", "true" }
  query[#query + 1] = { "limit", "1" }
  local request, err = state.source:fetch(query, false)
  if not request then
    return nil, err
  end
  local page, problem = core.page(request)
  if not page or not page.total then
    return nil, decode_error(problem or "there is no count in it", request)
  end
  request:close()
  return page.total
end

local FIND_KEYS = { most_recent = true, all_projects = true }

local function newest(snapshots)
  local best = snapshots[1]
  for _, snapshot in ipairs(snapshots) do
    if (snapshot.created_time or 0) > (best.created_time or 0) then
      best = snapshot
    end
  end
  return best
end

local function ambiguous(name, found)
  local ids = {}
  for i, snapshot in ipairs(found) do
    ids[i] = snapshot.id
  end
  return errors.new("ambiguous", ("%d snapshots are named '%s': give the id, or most_recent")
    :format(#found, name), { matches = ids })
end

local function find_by_name(self, name, options)
  local found, err = self:list({ name = name, all_projects = options.all_projects }):all()
  if not found then
    return nil, err
  elseif #found > 1 and not options.most_recent then
    return nil, ambiguous(name, found)
  elseif #found > 0 then
    return newest(found)
  end
  return nil, errors.new("not_found",
    ("there is no snapshot with the name or id '%s'"):format(name))
end

local function looks_like_id(text)
  return text:match "^%x%x%x%x%x%x%x%x%-%x+%-%x+%-%x+%-%x+$" ~= nil or text:match "^%x+$" ~= nil
end

--- Finds a snapshot by its id, or by its name.
-- @tparam string name_or_id
-- @tparam[opt] table options `most_recent`: of several by that name, the newest;
-- `all_projects`
-- @treturn Snapshot nil and an error: `not_found`, or `ambiguous` with the ids
-- in `err.matches`
function Client:find(name_or_id, options)
  open(self)
  options = check.optional(options, "table", "options") or {}
  check.keys(options, FIND_KEYS, "find")
  local text = check.text(name_or_id, "name_or_id")
  if looks_like_id(text) then
    local snapshot, err = self:get(text)
    if snapshot or err.kind ~= "not_found" then
      return snapshot, err
    end
  end
  return find_by_name(self, text, options)
end

-- ------------------------------------------------------------------ metadata

local function metadata_call(self, id, method, map, rest)
  local state = open(self)
  if map ~= nil then
    check.string_map(map, "metadata")
  end
  local wanted, err = id_of(id)
  if not wanted then
    return nil, err
  elseif method ~= "GET" and not state.dialect:has_metadata() then
    return nil, state.dialect:unsupported "changing metadata"
  end
  return call(state, method, path_of(wanted, "/metadata" .. (rest or "")),
    { body = map and { metadata = map }, idempotent = true })
end

local function read_metadata(self, request, err)
  local document, problem = read_object(request, err)
  if not document then
    return nil, problem
  end
  local metadata = open(self).dialect:metadata_in(document)
  if not metadata then
    return nil, errors.new("decode", "the service's answer has no metadata")
  end
  return metadata
end

--- A snapshot's metadata: `GET /snapshots/{id}/metadata`.
-- @tparam string|Snapshot id
-- @treturn table nil and an error
function Client:get_metadata(id)
  return read_metadata(self, metadata_call(self, id, "GET"))
end

--- Adds to a snapshot's metadata: `POST /snapshots/{id}/metadata`.
-- @tparam string|Snapshot id
-- @tparam table metadata strings by strings
-- @treturn table all of it afterwards; nil and an error
function Client:set_metadata(id, metadata)
  check.type(metadata, "table", "metadata")
  return read_metadata(self, metadata_call(self, id, "POST", metadata))
end

--- Replaces a snapshot's metadata: `PUT /snapshots/{id}/metadata`.
-- @tparam string|Snapshot id
-- @tparam table metadata strings by strings
-- @treturn table all of it afterwards; nil and an error
function Client:replace_metadata(id, metadata)
  check.type(metadata, "table", "metadata")
  return read_metadata(self, metadata_call(self, id, "PUT", metadata))
end

-- Cinder finds no key with a slash, or beyond ASCII, in a path, however it is
-- encoded. Where there is such a key nevertheless, all the others replace it.
local function delete_by_replacing(self, id, key, err)
  local metadata, problem = self:get_metadata(id)
  if not metadata or metadata[key] == nil then
    return nil, problem or err
  end
  metadata[key] = nil
  metadata, problem = self:replace_metadata(id, metadata)
  return metadata and true, problem
end

--- Deletes keys of a snapshot's metadata: `DELETE /snapshots/{id}/metadata/{key}`.
-- @tparam string|Snapshot id
-- @tparam string ... the keys
-- @return true; nil and an error, the keys before the one in `err.key` being
-- deleted
function Client:delete_metadata(id, ...)
  local keys = { ... }
  check.text(keys[1], "key")
  for _, key in ipairs(keys) do
    check.text(key, "key")
  end
  for _, key in ipairs(keys) do
    local ok, err
    if key == "." or key == ".." then -- in a path, a proxy might take them for folders
      ok, err = delete_by_replacing(self, id, key,
        errors.new("not_found", ("there is no metadata with the key '%s'"):format(key)))
    else
      ok, err = done(metadata_call(self, id, "DELETE", nil, "/" .. url.encode(key)))
    end
    if not ok and err.kind == "not_found" and key:find "[^%w%-_.: ]" then
      ok, err = delete_by_replacing(self, id, key, err)
    end
    if not ok then
      err.key = key
      return nil, err
    end
  end
  return true
end

-- --------------------------------------------------------------------- waits

-- A fresh snapshot per poll. Each is one attempt: the wait is what retries.
local function poller(self, id)
  local state = open(self)
  return function(deadline)
    local limit = state.session:deadline()
    return read_snapshot(self, call(open(self), "GET", path_of(id),
      { deadline = deadline and math.min(deadline, limit) or limit, retries = 0 }))
  end, function(seconds)
    return open(self).session:sleep(seconds)
  end
end

--- Waits until a snapshot is complete.
--
-- Transient failures are absorbed until the deadline.
-- @tparam string|Snapshot id
-- @tparam[opt] number|table options a timeout in seconds (600; -1: no limit; 0:
-- one poll), or `timeout`, `interval` (seconds; else 1 growing to 5),
-- `on_progress` (a function called with every Snapshot)
-- @treturn Snapshot fresh; nil and an error: `failed`, `timeout`, ...
function Client:wait_until_complete(id, options)
  open(self)
  options = waiter.options(options)
  local wanted, err = id_of(id)
  if not wanted then
    return nil, err
  end
  local get, sleep = poller(self, wanted)
  return waiter.run(options, get, sleep, waiter.is_complete)
end

local function gone()
  return true
end

--- Waits until a snapshot is gone.
-- @tparam string|Snapshot id
-- @tparam[opt] number|table options as for `wait_until_complete`
-- @return true; nil and an error: `reverted` when it came back to AVAILABLE,
-- `failed`, `timeout`, ...
function Client:wait_until_deleted(id, options)
  local state = open(self)
  options = waiter.options(options)
  local wanted, err = id_of(id)
  if not wanted then
    return nil, err
  end
  local accepted = state.deleted[wanted] or state.deleted_before[wanted] or false
  local get, sleep = poller(self, wanted)
  local over, problem = waiter.run(options, get, sleep, waiter.gone_test(accepted), gone)
  if over then
    return true
  end
  return nil, problem
end

-- ------------------------------------------------------------------ lifetime

--- Closes the connections and forgets the token; idempotent. Requests that are
-- under way end with an error.
function Client:close()
  local state = rawget(self, STATE)
  if not state.closed then
    state.closed = true
    state.session:close()
  end
end

local function index(client, key)
  local method = Client[key]
  if method ~= nil then
    return method
  end
  return rawget(client, STATE).public[key]
end

local function newindex(_, key)
  local what = FIELDS[key] and ("'%s' is read-only"):format(key)
    or ("a client has no field '%s'"):format(tostring(key))
  check.fail(what)
end

local function describe(client)
  local state = rawget(client, STATE)
  return "rsnapshots.Client: " .. state.public.endpoint .. (state.closed and " (closed)" or "")
end

local METATABLE = { __name = "rsnapshots.Client", __index = index, __newindex = newindex,
  __tostring = describe, __gc = Client.close, __close = Client.close, __metatable = false }

-- What a listing fetches its pages from.
local Source = {}
Source.__index = Source
Source.decode_error = function(_, message, request)
  return decode_error(message, request)
end

function Source:fetch(query, detailed)
  return call(open(self.client), "GET",
    (detailed and "/snapshots/detail" or "/snapshots") .. url.query(query))
end

--- Made by rsnapshots.connect.
-- @local
function Client.new(session, dialect, public, microversion)
  local client = {}
  local state = {
    session = session, dialect = dialect, public = public,
    headers = dialect:headers(microversion),
    deleted = {}, deleted_before = {}, deletes = 0,
  }
  state.source = setmetatable({ client = client, dialect = dialect }, Source)
  client[STATE] = state
  return setmetatable(client, METATABLE)
end

-- ---------------------------------------------- the same verbs on a Snapshot

local function client_of(snapshot)
  local client = core.client_of(snapshot)
  if not client then
    check.fail("this snapshot was decoded from a text and belongs to no client")
  end
  return client
end

for _, name in ipairs { "update", "delete", "wait_until_complete", "wait_until_deleted",
  "get_metadata", "set_metadata", "replace_metadata", "delete_metadata" } do
  core.snapshot_methods[name] = function(snapshot, ...)
    return Client[name](client_of(snapshot), snapshot, ...)
  end
end

--- The same snapshot as the service has it now.
function core.snapshot_methods.refresh(snapshot)
  return Client.get(client_of(snapshot), snapshot)
end

return { new = Client.new }
