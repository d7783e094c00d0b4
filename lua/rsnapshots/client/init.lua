--- A connection to one block storage service, with every operation on its snapshots.
--
-- `rsnapshots.connect` returns one. A function that takes an id takes a Snapshot, too. A wrong call
-- raises an error; a failed operation returns nil and an error (see docs/errors.md).
--
-- Read-only fields: `endpoint`, `api_version` (1, 2, 3), `microversion` (a string, or nil),
-- `region`, `project_id`.
-- @classmod Client

local admin = require "rsnapshots.client.admin"
local ascii = require "rsnapshots.support.ascii"
local bulk = require "rsnapshots.client.bulk"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local create = require "rsnapshots.client.create"
local Dialect = require "rsnapshots.client.dialect"
local errors = require "rsnapshots.error"
local explain = require "rsnapshots.client.explain"
local finder = require "rsnapshots.client.find"
local Group = require "rsnapshots.tasks.group"
local listing = require "rsnapshots.client.listing"
local requests = require "rsnapshots.client.requests"
local rows = require "rsnapshots.client.rows"
local tables = require "rsnapshots.support.tables"
local volumes = require "rsnapshots.client.volumes"
local wait = require "rsnapshots.client.wait"

local Client = {}
for _, verbs in ipairs { bulk, admin, volumes, explain } do
  tables.fill(Client, verbs)
end

local FIELDS = { endpoint = true, api_version = true, microversion = true, region = true,
  project_id = true }

local REMEMBERED = 10000 -- at least so many creates and deletes are remembered as ours

-- ----------------------------------------------------------------- snapshots

--- Creates a snapshot: `POST /snapshots`.
--
-- The request is never sent twice, unless the first one certainly had no effect. If nobody can
-- tell, the error's kind is `uncertain`. With `once`, the client then looks for the snapshot before
-- it sends the request again: by a mark in the metadata (`rsnapshots:once`) or, with version 1, by
-- name and volume.
-- @tparam table options `volume_id` (needed), `name`, `description`, `force` (true: allow a volume
-- in use), `metadata`, `once` (false), `wait` (seconds or options: until it is complete), `extra`
-- (more attributes for the body); or any value with a method `to_snapshot_create_map` that returns
-- the body
-- @treturn Snapshot usually still CREATING; nil and an error
function Client:create(options)
  return create.prepare(self, options)()
end

--- Reads a snapshot: `GET /snapshots/{id}`.
-- @tparam string|Snapshot id
-- @treturn Snapshot nil and an error
function Client:get(id)
  requests.open(self)
  return requests.snapshot(self, requests.about(self, "GET", id))
end

local function read_nothing()
  return nil, "it is empty, and the change did not take effect"
end

-- Reads the answer to a change. If the answer does not show the new state, asks for that.
-- @tparam function read as for `requests.read`
-- @tparam function get returns the current state; nil and an error
-- @tparam function is_done takes the current state, and tells whether the change took effect
local function changed(self, call, err, read, get, is_done)
  local is_empty = call and call:text(1) == ""
  local value, problem = requests.read(call, err, is_empty and read_nothing or read, self)
  if value or not call or requests.state(self).closed then
    return value, problem
  end
  local now, failure = get()
  if now and is_done(now) then
    return now
  end
  return nil, is_empty and failure or problem
end

-- A value as services may store it: a text without the blanks around it; nil for "" counts as "".
local function kept(value)
  return type(value) == "string" and ascii.trim(value) or value or ""
end

-- Does a snapshot have the values that an update asked for?
local function has_all(snapshot, body)
  for name, value in pairs(body.snapshot) do
    if kept(snapshot:raw(name)) ~= kept(value) then
      return false
    end
  end
  return true
end

--- Changes a snapshot's name or description: `PUT /snapshots/{id}`.
-- @tparam string|Snapshot id
-- @tparam table options `name`, `description`: nil leaves a value, "" clears it; or any value with
-- a method `to_snapshot_update_map`
-- @treturn Snapshot nil and an error
function Client:update(id, options)
  local body = requests.open(self).dialect:update_body(options)
  local call, err = requests.about(self, "PUT", id, nil, { body = body })
  return changed(self, call, err, core.snapshot, function() return self:get(id) end,
    function(now) return has_all(now, body) end)
end

local DELETE_KEYS = { force = "boolean", missing_ok = "boolean" }

local function is_deleted(snapshot)
  return not snapshot or snapshot.status == "DELETING" or snapshot.status == "DELETED"
end

--- Deletes a snapshot: `DELETE /snapshots/{id}`. After a conflict (409), the request is sent again
-- until the deadline.
-- @tparam string|Snapshot id
-- @tparam[opt] table options `missing_ok`: succeeds if the snapshot is already gone; `force`:
-- deletes it, whatever its status (for administrators: `POST /snapshots/{id}/action`,
-- `os-force_delete`)
-- @return true when the service accepted it: see `wait_until_deleted`; nil and an error
function Client:delete(id, options)
  local state = requests.open(self)
  options = check.fields(options, DELETE_KEYS, "delete")
  local ok, err
  if options.force then
    ok, err = requests.act(self, id, "os-force_delete", {}, is_deleted, true)
  else
    ok, err = requests.change(self, id, is_deleted, function(deadline)
      return requests.about(self, "DELETE", id, nil,
        { retry_conflict = true, deadline = deadline })
    end)
  end
  if ok then
    state:remember("deleted", core.id(id))
  elseif not (options.missing_ok and errors.is_gone(err)) then
    return nil, err
  end
  return true
end

-- ------------------------------------------------------------------ metadata

-- The metadata in an answer. null, or a whole snapshot without any, means that there is none, but
-- does not show whether a change took effect.
local function metadata_in(call, is_change)
  local document, problem = core.decode(call)
  if type(document) ~= "table" then
    return nil, problem or "an object was expected"
  end
  local whole = type(document.snapshot) == "table" and document.snapshot -- at Rackspace
  local metadata = document.metadata or whole and whole.metadata
  if type(metadata) == "table" then
    return rows.texts_of(metadata)
  end
  local is_none = not is_change and (whole or core.decode(call, true).metadata == core.null)
  return is_none and {} or nil, "it has no metadata"
end

local function get_metadata(self, id, deadline)
  local call, err = requests.about(self, "GET", id, "/metadata", { deadline = deadline })
  return requests.read(call, err, metadata_in)
end

local function send_metadata(self, id, method, map, rest, deadline)
  local dialect = requests.state(self).dialect
  if not dialect.has_metadata then
    return nil, dialect:unsupported "changing metadata"
  end
  return requests.about(self, method, id, "/metadata" .. rest,
    { body = map and { metadata = map }, idempotent = true, deadline = deadline })
end

local function is_same(metadata, map)
  return tables.has(metadata, map) and tables.has(map, metadata)
end

-- @tparam function is_done takes the metadata and the map, and tells whether the change took effect
local function change_metadata(self, id, method, map, is_done)
  local deadline = requests.state(self).session:deadline()
  local call, err = send_metadata(self, id, method, map, "", deadline)
  return changed(self, call, err, metadata_in,
    function() return get_metadata(self, id, deadline) end,
    function(now) return is_done(now, map) end)
end

--- Reads a snapshot's metadata: `GET /snapshots/{id}/metadata`.
-- @tparam string|Snapshot id
-- @treturn table nil and an error
function Client:get_metadata(id)
  requests.open(self)
  return errors.result(get_metadata(self, id))
end

--- Adds to a snapshot's metadata: `POST /snapshots/{id}/metadata`.
-- @tparam string|Snapshot id
-- @tparam table metadata string keys and values
-- @treturn table all metadata after the change; nil and an error
function Client:set_metadata(id, metadata)
  requests.open(self)
  return change_metadata(self, id, "POST", check.string_map(metadata, "metadata"), tables.has)
end

--- Replaces a snapshot's metadata: `PUT /snapshots/{id}/metadata`.
-- @tparam string|Snapshot id
-- @tparam table metadata string keys and values
-- @treturn table all metadata after the change; nil and an error
function Client:replace_metadata(id, metadata)
  requests.open(self)
  return change_metadata(self, id, "PUT", check.string_map(metadata, "metadata"), is_same)
end

-- Cinder does not find a key with a slash or with characters beyond ASCII in a path, however it is
-- encoded. If such a key exists, the metadata is replaced with all the other pairs.
local function delete_by_replacing(self, id, key, missing, deadline)
  local metadata, problem = get_metadata(self, id, deadline)
  if not metadata then
    return nil, problem
  elseif metadata[key] == nil then
    return not missing or nil, missing
  end
  metadata[key] = nil
  metadata, problem = change_metadata(self, id, "PUT", metadata, is_same)
  return metadata and true, problem
end

local function delete_key(self, id, key, deadline)
  if key == "." or key == ".." then -- a proxy would take it for a part of the path
    return delete_by_replacing(self, id, key, errors.new("not_found",
      ("there is no metadata with the key '%s'"):format(key)), deadline)
  end
  local call, err = send_metadata(self, id, "DELETE", nil, "/" .. core.encode(key), deadline)
  -- if an answer was lost: the key was deleted by then, or is one that is never found
  local found_none = call == true or err and err.kind == "not_found"
  if found_none and key:find "[^A-Za-z0-9%-_.: ]" then
    local missing = err and not err.lost and err or nil
    return delete_by_replacing(self, id, key, missing, deadline)
  end
  local ok, problem = requests.done(call, err)
  if not ok and call and not requests.state(self).closed then -- it may have been deleted
    local metadata = get_metadata(self, id, deadline)
    ok = metadata and metadata[key] == nil
  end
  return ok or nil, not ok and problem or nil
end

--- Deletes keys of a snapshot's metadata: `DELETE /snapshots/{id}/metadata/{key}`.
-- @tparam string|Snapshot id
-- @tparam string ... the keys
-- @return true; nil and an error with the key in `err.key`. The keys before that one are deleted
function Client:delete_metadata(id, ...)
  requests.open(self)
  local keys = { ... }
  check.text(keys[1], "key")
  for _, key in ipairs(keys) do
    check.text(key, "key")
  end
  local deadline = requests.state(self).session:deadline() -- one for all keys
  for _, key in ipairs(keys) do
    local ok, err = delete_key(self, id, key, deadline)
    if not ok then
      err.key = key
      return nil, err
    end
  end
  return true
end

-- ------------------------------------------------------------------ listings

--- Lists snapshots: `GET /snapshots/detail` (or `/snapshots`), every page.
--
-- The client applies the filters that the service does not, so the result is the same on every
-- version of the API. docs/snapshots.md says more about each filter.
-- @tparam[opt] table filters `name`, `status`, `volume_id`, `project_id`, `all_projects`,
-- `metadata` (table), `name_like`, `created_after`, `created_before` (Unix seconds, or text),
-- `consumes_quota`, `sort` (`"created_at:desc,name:asc"`), `detailed` (true), `page_size` (how many
-- per request), `max` (how many in all), `marker`, `offset`, `extra` (raw query), `prefetch`
-- (true: the next page is requested while you use this one), `token` (from `pager:token()`)
-- @treturn Pager and, like `io.lines`, a value that a `for` of Lua 5.4 closes when it ends
function Client:list(filters)
  requests.open(self)
  local pager = listing.new(self, listing.filters(filters))
  return pager, nil, nil, pager
end

local function count_by_listing(client, filters)
  local total = 0
  local ok, err = listing.new(client, filters):each_page(function(page)
    total = total + #page
  end)
  return ok and total, err
end

-- The service's own count; nil if it has none, or an error. A service that ignores a filter counts
-- too many.
local function count_by_service(client, path, filters)
  local call, err = requests.send(requests.state(client), "GET", path)
  local page, problem = requests.read(call, err, core.page)
  return page and core.all_pass(page, filters) and page.total or nil, problem
end

--- Counts snapshots: with one request from microversion 3.45 on if the service applies all of the
-- filters, otherwise by listing.
-- @tparam[opt] table filters as for `list`
-- @treturn integer nil and an error
function Client:count(filters)
  local state = requests.open(self)
  filters = listing.filters(filters)
  local from = filters.marker or filters.token
  filters.sort = from and filters.sort
  local path = not (filters.max or from or filters.offset)
    and core.count_path(state.session.core, filters)
  local total, err
  if path then
    total, err = count_by_service(self, path, filters)
  end
  if not total and (not err or err.kind == "invalid") then
    filters.detailed = false
    total, err = count_by_listing(self, filters)
  end
  return errors.result(total, err)
end

local FIND_KEYS = { most_recent = "boolean", all_projects = "boolean" }

--- Finds a snapshot by its id, or by its name.
-- @tparam string name_or_id
-- @tparam[opt] table options `most_recent`: takes the newest of several with that name;
-- `all_projects`: looks in other projects, too (for administrators)
-- @treturn Snapshot nil and an error: `not_found`, or `ambiguous` with the ids in `err.matches`
function Client:find(name_or_id, options)
  local state = requests.open(self)
  options = check.fields(options, FIND_KEYS, "find")
  return errors.result(finder.find(state, "snapshot", check.text(name_or_id, "name_or_id"),
    function(id) return self:get(id) end,
    function(name) return self:list { name = name, all_projects = options.all_projects } end,
    options.most_recent))
end

-- --------------------------------------------------------------------- waits

local function await(self, id, options, deleted)
  local state = requests.open(self)
  options = wait.options(options)
  local wanted, err = requests.id(id)
  if not wanted then
    return nil, err
  end
  local value, problem = wait.run(state.session, options,
    wait.watch_snapshot(state, wanted, id, options, deleted),
    function(deadline) return requests.poll_snapshot(self, wanted, deadline) end)
  if not problem then
    return value
  elseif not state.closed then
    self:explain(problem)
  end
  return nil, problem
end

--- Waits until a snapshot is complete.
--
-- Failures that may pass do not end the wait before its deadline.
-- @tparam string|Snapshot id
-- @tparam[opt] number|table options a timeout in seconds (600; -1: no limit; 0:
-- check once), or `timeout`, `interval` (seconds; by default 1, growing to 5),
-- `on_progress` (a function called with every Snapshot)
-- @treturn Snapshot a new one; nil and an error: `failed`, `timeout` and so on
function Client:wait_until_complete(id, options)
  return errors.result(await(self, id, options))
end

--- Waits until a snapshot is gone.
-- @tparam string|Snapshot id
-- @tparam[opt] number|table options as for `wait_until_complete`
-- @return true; nil and an error: `reverted` if it came back to AVAILABLE, `failed`, `timeout` and
-- so on
function Client:wait_until_deleted(id, options)
  return errors.result(await(self, id, options, true))
end

-- -------------------------------------------------------------------- groups

--- Creates a group, which runs many things side by side.
-- @tparam[opt] table options `concurrency` (8): how many tasks, and requests, at once
-- @treturn Group
function Client:group(options)
  return errors.result(Group.new(requests.open(self).session.scheduler, options))
end

-- ------------------------------------------------------------------ event loops

--- The descriptor to watch in a loop of your own. After a fork, it is a different one. Together
-- with `events`, `timeout` and `step` it makes the client a cqueues pollable.
-- @treturn integer
function Client:pollfd()
  return requests.open(self).session.core:pollfd()
end

--- What to watch the descriptor for: always `"r"`.
-- @treturn string
function Client:events()
  requests.open(self)
  return "r"
end

--- The time until `step` is due, even if the descriptor stays quiet.
-- @treturn number seconds; nil: no limit
function Client:timeout()
  local seconds = requests.open(self).session.core:timeout()
  return seconds
end

--- Does what can be done for the requests under way, without waiting.
function Client:step()
  requests.open(self).session.scheduler:step()
end

-- ------------------------------------------------------------------ lifetime

--- Closes the connections and forgets the token. Requests that are under way end with an error. A
-- second call does nothing.
function Client:close()
  local state = requests.state_of(self)
  if not state.closed then
    state.closed = true
    state.session:close()
  end
end

local function newindex(_, key)
  local what = FIELDS[key] and ("'%s' is read-only"):format(key)
    or ("a client has no field '%s'"):format(tostring(key))
  check.fail(what)
end

local function describe(client)
  local state = client[requests.STATE]
  return "rsnapshots.Client: " .. state.public.endpoint .. (state.closed and " (closed)" or "")
end

-- A client's fields and methods are in `public`. Its private part is there, too, under a key that
-- nobody else has.
local function metatable_of(public)
  return { __name = "rsnapshots.Client", __index = public, __newindex = newindex,
    __tostring = describe, __gc = Client.close, __close = Client.close, __metatable = false }
end

local METHODS = { __index = Client }

-- A client's private part.
local State = {}
State.__index = State

--- Remembers what this client did with an id. Two generations are kept, so memory is bounded.
-- @local
-- @string what "created" or "deleted"
-- @string id
function State:remember(what, id)
  if self.count >= REMEMBERED then
    self.before, self.now, self.count = self.now, {}, 0
  end
  self.now[what .. id] = true
  self.count = self.count + 1
end

--- Did this client do that?
-- @local
function State:remembers(what, id)
  return self.now[what .. id] or self.before[what .. id] or false
end

--- Takes over what is known about the service: where it is, and which version it speaks.
-- @local
-- @tparam table found `endpoint`, `api_version`, `region`, `project_id`, `settled`
function State:adopt(found)
  local public, settled = self.public, found.settled
  local minor = settled and settled.minor
  self.found, self.dialect = found, Dialect.new(found.api_version, minor)
  public.endpoint, public.api_version = found.endpoint, found.api_version
  public.region, public.project_id = found.region, found.project_id
  public.microversion = minor and "3." .. minor or nil
  self.session.core:service(found.endpoint, found.api_version, self.dialect.minor,
    settled and "OpenStack-API-Version: volume " .. settled.text or nil)
end

--- Made by rsnapshots.connect.
-- @local
-- @param session
-- @tparam table found the service
-- @tparam function find_again `find_again(session, found, deadline, refusal)` finds the service
-- again after it refused a microversion
function Client.new(session, found, find_again)
  local client, public = {}, setmetatable({}, METHODS)
  local state = setmetatable({ session = session, public = public, find_again = find_again,
    closed = false, now = {}, before = {}, count = 0 }, State) -- the last three: what it remembers
  public[requests.STATE] = state
  state:adopt(found)
  return setmetatable(client, metatable_of(public))
end

check.public(Client)

return { new = Client.new }
