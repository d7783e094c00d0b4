--- A connection to one block storage service, with every operation on its snapshots.
--
-- `rsnapshots.connect` returns one. A function that takes an id takes a Snapshot, too. A wrong call
-- raises an error; a failed operation returns nil and an error (see docs/errors.md).
--
-- Read-only fields: `endpoint`, `api_version` (1, 2, 3), `microversion` (a text, or nil), `region`,
-- `project_id`.
-- @classmod Client

local admin = require "rsnapshots.client.admin"
local ascii = require "rsnapshots.support.ascii"
local body = require "rsnapshots.client.body"
local bulk = require "rsnapshots.client.bulk"
local calls = require "rsnapshots.client.calls"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local create = require "rsnapshots.client.create"
local errors = require "rsnapshots.error"
local Dialect = require "rsnapshots.client.dialect"
local explain = require "rsnapshots.client.explain"
local finder = require "rsnapshots.client.find"
local listing = require "rsnapshots.client.listing"
local loop = require "rsnapshots.client.loop"
local metadata = require "rsnapshots.client.metadata"
local volume = require "rsnapshots.client.volume"
local volumes = require "rsnapshots.client.volumes"
local wait = require "rsnapshots.client.wait"

local Client = {}
for _, verbs in ipairs { metadata, bulk, loop, admin, volume, volumes, explain } do
  for name, method in pairs(verbs) do
    Client[name] = method
  end
end

local FIELDS = { endpoint = true, api_version = true, microversion = true, region = true,
  project_id = true }

local REMEMBERED = 10000 -- creates and deletes of which a wait can still tell that they were ours

-- ----------------------------------------------------------------- snapshots

--- Creates a snapshot: `POST /snapshots`.
--
-- The request is never sent twice, unless the first one surely had no effect. If nobody can tell,
-- the error's kind is `uncertain`. With `once`, the client then looks for the snapshot before it
-- sends the request again: by a mark in the metadata (`rsnapshots:once`) or, with version 1, by
-- name and volume.
-- @tparam table options `volume_id` (needed), `name`, `description`, `force` (of a volume that is
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
  local state = calls.open(self)
  local wanted, err = calls.id(id)
  if not wanted then
    return nil, err
  end
  return calls.snapshot(self, calls.send(state, "GET", calls.path(wanted)))
end

--- Changes a snapshot's name or description: `PUT /snapshots/{id}`.
-- @tparam string|Snapshot id
-- @tparam table options `name`, `description`: nil leaves a value, "" clears it; or any value with
-- a method `to_snapshot_update_map`
-- @treturn Snapshot nil and an error
function Client:update(id, options)
  local state = calls.open(self)
  local wanted, err = calls.id(id)
  if not wanted then
    return nil, err
  end
  local made = body.make(state.dialect, options, "to_snapshot_update_map",
    state.dialect.update_map, "update")
  local call, failure = calls.send(state, "PUT", calls.path(wanted), { body = made })
  if call and call:text(1) == "" then -- done, and nothing to show for it
    call:close()
    return self:get(wanted)
  end
  return calls.snapshot(self, call, failure)
end

local DELETE_KEYS = { force = true, missing_ok = true }

local LAST_LOOK = 0.5 -- seconds at least, also past a deadline

-- Says the answer to a delete nothing of what became of it? A repeated one is refused because the
-- snapshot is being deleted already; a page that is not JSON comes from an unknown sender.
local function is_unclear(err)
  return err.kind == "decode" or err.lost and (err.kind == "invalid" or err.kind == "conflict")
end

-- Then the snapshot itself tells whether the delete was accepted.
local function was_accepted(self, id, err, deadline)
  local state = calls.state(self)
  if not is_unclear(err) or state.closed then
    return false
  end
  local snapshot, problem = calls.snapshot(self, calls.send(state, "GET", calls.path(id),
    { deadline = math.max(deadline, state.session:now() + LAST_LOOK) }))
  if snapshot then
    return snapshot.status == "DELETING" or snapshot.status == "DELETED"
  end
  return wait.is_gone(problem)
end

-- One that is gone when the request is repeated was deleted by the first.
local function force_delete(self, id, deadline)
  local ok, err = calls.act(self, id, "os-force_delete", {}, true, deadline)
  if not ok and err.lost and wait.is_gone(err) then
    return true
  end
  return ok, err
end

--- Deletes a snapshot: `DELETE /snapshots/{id}`. A conflict (409) is tried
-- again until the deadline.
-- @tparam string|Snapshot id
-- @tparam[opt] table options `missing_ok`: succeeds if the snapshot is already gone; `force`:
-- deletes it whatever state it is in (for administrators: `POST /snapshots/{id}/action`,
-- `os-force_delete`)
-- @return true when the service accepted it: see `wait_until_deleted`; nil and an error
function Client:delete(id, options)
  local state = calls.open(self)
  options = check.optional(options, "table", "options") or {}
  check.keys(options, DELETE_KEYS, "delete")
  check.optional(options.missing_ok, "boolean", "missing_ok")
  check.optional(options.force, "boolean", "force")
  local wanted, err = calls.id(id)
  if not wanted then
    return nil, err
  end
  local ok, problem
  local deadline = state.session:deadline()
  if options.force then
    ok, problem = force_delete(self, wanted, deadline)
  else
    ok, problem = calls.done(calls.send(state, "DELETE", calls.path(wanted),
      { retry_conflict = true, deadline = deadline }))
  end
  if ok or was_accepted(self, wanted, problem, deadline) then
    state:remember("deleted", wanted)
    return true
  elseif options.missing_ok and wait.is_gone(problem) then
    return true
  end
  return nil, problem
end

-- ------------------------------------------------------------------ listings

--- Lists snapshots: `GET /snapshots/detail` (or `/snapshots`), every page.
--
-- The client applies the filters that the service does not, so the result is the same on every
-- version of the API. docs/snapshots.md says more about each filter.
-- @tparam[opt] table filters `name`, `status`, `volume_id`, `project_id`,
-- `all_projects`, `metadata` (table), `name_like`, `created_after`,
-- `created_before` (Unix seconds, or text), `consumes_quota`, `sort`
-- (`"created_at:desc,name:asc"`), `detailed` (true), `page_size` (what one
-- request asks for), `max` (how many in all), `marker`, `offset`, `extra` (raw
-- query), `prefetch` (true: the next page is asked for while one is used), `token`
-- (from `pager:token()`)
-- @treturn Pager and what a `for` of Lua 5.4 closes when it is left, as `io.lines` does
function Client:list(filters)
  calls.open(self)
  local pager = listing.new(self, listing.filters(filters))
  return pager, nil, nil, pager
end

local function count_by_listing(client, filters)
  local total = 0
  local ok, err = listing.new(client, filters):each_page(function(page)
    total = total + #page
  end)
  if not ok then
    return nil, err
  end
  return total
end

-- Do all rows of a page pass, as far as a summary tells? A service that ignores a filter counts
-- what does not pass.
local function all_pass(page, filters)
  local status = filters.status and ascii.upper(filters.status)
  for i = 1, #page do
    if status and page[i].status ~= status
      or filters.volume_id and page[i].volume_id ~= filters.volume_id then
      return false
    end
  end
  return true
end

-- The service's own count; nil if it has none, or an error.
local function count_by_service(client, path, filters)
  local call, err = calls.send(calls.state(client), "GET", path)
  if not call then
    return nil, err
  end
  local page, problem = core.page(call)
  if not page then
    return nil, calls.decode_error(call, problem)
  end
  call:close()
  return all_pass(page, filters) and page.total or nil
end

--- Counts snapshots: by one request from microversion 3.45 on, if the service applies all of the
-- filters; otherwise by listing.
-- @tparam[opt] table filters as for `list`
-- @treturn integer nil and an error
function Client:count(filters)
  local state = calls.open(self)
  filters = listing.filters(filters)
  local from = filters.marker or filters.token
  filters.sort = from and filters.sort
  local path = not (filters.max or from or filters.offset)
    and core.count_path(state.session.core, filters)
  local total, err
  if path then
    total, err = count_by_service(self, path, filters)
  end
  if total then
    return total
  elseif err and err.status ~= 400 then
    return nil, err
  end
  filters.detailed = false -- where it does without the service's count
  return count_by_listing(self, filters)
end

local FIND_KEYS = { most_recent = true, all_projects = true }

--- Finds a snapshot by its id, or by its name.
-- @tparam string name_or_id
-- @tparam[opt] table options `most_recent`: takes the newest of several with that name;
-- `all_projects`: looks in other projects, too (for administrators)
-- @treturn Snapshot nil and an error: `not_found`, or `ambiguous` with the ids
-- in `err.matches`
function Client:find(name_or_id, options)
  local state = calls.open(self)
  options = check.optional(options, "table", "options") or {}
  check.keys(options, FIND_KEYS, "find")
  local text = check.text(name_or_id, "name_or_id")
  if finder.looks_like_id(text) then
    local snapshot, err = self:get(text)
    if snapshot or (err.kind ~= "not_found" and err.kind ~= "invalid") then
      return snapshot, err
    elseif state.closed then
      return nil, errors.closed()
    end
  end
  return finder.by_name(self, text, options)
end

-- --------------------------------------------------------------------- waits

-- Was the snapshot there for certain? Then that it is not found may be a replica's delay.
local function is_known(state, id, wanted)
  return core.is_snapshot(id) or state:remembers("created", wanted)
end

-- Waits for one; `more` is what wait.run takes besides what is the same for all.
local function await(self, id, options, more)
  local state = calls.open(self)
  options = wait.options(options)
  local wanted, err = calls.id(id)
  if not wanted then
    return nil, err
  end
  local what = more(state, wanted, options)
  what.name = "snapshot " .. wanted
  what.look = function(deadline) return calls.poll(self, wanted, deadline) end
  what.goes_on = wait.tolerance(is_known(state, id, wanted))
  local found, problem = wait.run(state.session, options, what)
  if not problem then
    return found
  elseif not state.closed then
    self:explain(problem)
  end
  return nil, problem
end

local function until_complete(state)
  return { test = wait.complete_test(state.public.api_version == 1) }
end

--- Waits until a snapshot is complete.
--
-- Failures that time may cure do not end the wait before its deadline.
-- @tparam string|Snapshot id
-- @tparam[opt] number|table options a timeout in seconds (600; -1: no limit; 0:
-- one poll), or `timeout`, `interval` (seconds; else 1 growing to 5),
-- `on_progress` (a function called with every Snapshot)
-- @treturn Snapshot a fresh one; nil and an error: `failed`, `timeout` and so on
function Client:wait_until_complete(id, options)
  local found, err = await(self, id, options, until_complete)
  return found, err
end

local function until_gone(state, wanted, options)
  return { test = wait.gone_test(state:remembers("deleted", wanted), options.timeout / 2),
    is_gone = wait.is_gone }
end

--- Waits until a snapshot is gone.
-- @tparam string|Snapshot id
-- @tparam[opt] number|table options as for `wait_until_complete`
-- @return true; nil and an error: `reverted` if it came back to AVAILABLE, `failed`, `timeout` and
-- so on
function Client:wait_until_deleted(id, options)
  local gone, err = await(self, id, options, until_gone)
  if gone then
    return true
  end
  return nil, err
end

-- ------------------------------------------------------------------ lifetime

--- Closes the connections and forgets the token. Requests that are under way end with an error. A
-- second call does nothing.
function Client:close()
  local state = calls.state_of(self)
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
  local state = client[calls.STATE]
  return "rsnapshots.Client: " .. state.public.endpoint .. (state.closed and " (closed)" or "")
end

local function metatable_of(state)
  local function index(_, key)
    if key == calls.STATE then
      return state
    end
    local method = Client[key]
    if method ~= nil then
      return method
    end
    return state.public[key]
  end
  return { __name = "rsnapshots.Client", __index = index, __newindex = newindex,
    __tostring = describe, __gc = Client.close, __close = Client.close, __metatable = false }
end

-- A client's private part.
local State = {}
State.__index = State

--- Remembers what this client did with an id, in two generations so that it stays bounded.
-- @local
-- @string what "created" or "deleted"
-- @string id
function State:remember(what, id)
  local part = self[what]
  if part.count >= REMEMBERED then
    part.before, part.now, part.count = part.now, {}, 0
  end
  part.now[id] = true
  part.count = part.count + 1
end

--- Did this client do that?
-- @local
function State:remembers(what, id)
  local part = self[what]
  return part.now[id] or part.before[id] or false
end

local function memory()
  return { now = {}, before = {}, count = 0 }
end

--- Takes over what is known of the service: where it is and what it speaks.
-- @local
-- @tparam table found `endpoint`, `api_version`, `region`, `project_id`, `settled`
function State:adopt(found)
  local settled = found.settled
  local version = settled and settled.version
  local public = self.public
  self.found, self.dialect = found, Dialect.new(found.api_version, version)
  public.endpoint, public.api_version = found.endpoint, found.api_version
  public.region, public.project_id = found.region, found.project_id
  public.microversion = version and version[1] .. "." .. version[2] or nil
  self.session.core:service(found.endpoint, found.api_version, self.dialect.minor,
    settled and "OpenStack-API-Version: volume " .. settled.text or nil)
end

--- Made by rsnapshots.connect.
-- @local
-- @param session
-- @tparam table found the service
-- @tparam function find_again `find_again(session, found, deadline, refusal)` finds it once more
-- after it refused a microversion
function Client.new(session, found, find_again)
  local client = {}
  local state = setmetatable({ session = session, public = {}, find_again = find_again,
    created = memory(), deleted = memory() }, State)
  state:adopt(found)
  state.companion = listing.companion(client)
  return setmetatable(client, metatable_of(state))
end

check.public(Client)

return { new = Client.new }
