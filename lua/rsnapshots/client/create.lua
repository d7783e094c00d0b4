--- Creating a snapshot, never twice. With `once`, a create makes one snapshot, whatever answers are
-- lost.
--
-- The create carries a mark: a random value in the metadata or, if the service keeps no metadata,
-- the name; then the snapshots that the volume had before are remembered. If it is unknown whether
-- the create took effect, the client searches for the mark several times before it sends the create
-- again.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local listing = require "rsnapshots.client.listing"
local requests = require "rsnapshots.client.requests"
local tables = require "rsnapshots.support.tables"
local wait = require "rsnapshots.client.wait"

local create = {}

local function send(client, body, deadline)
  local call, err = requests.send(requests.state(client), "POST", "/snapshots",
    { body = body, deadline = deadline })
  return requests.created_snapshot(client, call, err, deadline)
end

-- ------------------------------------------------------------------------- once

local KEY = "rsnapshots:once" -- the mark's key in the metadata

-- Seconds before each search for the snapshot, almost eight in all: a service goes on with a
-- request that it read before its connection broke.
local PAUSES = { 0.25, 0.5, 1, 2, 4 }
local LONG_PAUSE = 2 -- seconds, if the service may still be working on the request

-- Adds a mark in the metadata to the body, and returns it.
local function add_mark(body)
  check.optional(body.metadata, "table", "metadata")
  local value = core.random(16):gsub(".", function(char) return ("%02x"):format(char:byte()) end)
  body.metadata = tables.fill({}, body.metadata) -- the caller's table stays as it is
  body.metadata[KEY] = value
  return value
end

-- Is this a mark as we write them, of this create or of another?
local function is_whole_mark(value)
  return value ~= nil and #value == 32 and not value:find "[^0-9a-f]"
end

-- Lists the snapshots that were not there before; nil and an error.
local function list_fresh(client, mark, filters, deadline)
  if requests.state(client).closed then -- by another task
    return nil, errors.closed()
  end
  local all, err = listing.new(client, listing.filters(filters), deadline):all()
  return all and tables.select(all, function(found) return not mark.known[found.id] end), err
end

local function is_marked(snapshot, mark)
  if mark.value then
    return snapshot.metadata[KEY] == mark.value
  end
  return ascii.trim(snapshot.name or "") == mark.name
end

-- Searches for those that match the mark; nil and an error.
local function find_marked(client, mark, deadline)
  local fresh, err = list_fresh(client, mark, { volume_id = mark.volume_id,
    metadata = mark.value and { [KEY] = mark.value } }, deadline)
  return fresh and tables.select(fresh, is_marked, mark), err
end

-- If the service keeps no metadata, the name and the volume are the mark. A snapshot that was there
-- before is not ours.
local function make_mark(client, body, deadline)
  local dialect = requests.state(client).dialect
  local mark = { volume_id = body.volume_id, known = {} }
  if dialect.has_metadata then
    mark.value = add_mark(body)
    mark.name = ascii.trim(tostring(body[dialect.name_key] or ""))
    return mark
  end
  mark.name = ascii.trim(check.text(body[dialect.name_key], "name (which `once` needs here)"))
  local before, err = list_fresh(client, mark, { volume_id = mark.volume_id }, deadline)
  for _, snapshot in ipairs(before or {}) do
    mark.known[snapshot.id] = true
  end
  return before and mark, err
end

-- May the service still be working on the request, because it probably received it? Then it is
-- never sent again.
local function may_be_at_work(err)
  local cause = err.cause or err
  return cause.kind == "timeout" or cause.kind == "decode" or cause.status == 504
    or cause.status == 408
end

-- The one that was found, if any; nil and an error if there are several.
local function only(found, err)
  if #found > 1 then
    err.matches = tables.ids(found)
    err.message = "several new snapshots have this name, and nobody can tell which was just made: "
      .. table.concat(err.matches, ", ")
    return nil, err
  end
  return found[1]
end

-- Seconds: a snapshot this old is not the one that was just made, even if the service gives times
-- in another zone. Yesterday's snapshot, which may have the same name, is older than that.
local OLD = 12 * 60 * 60

local SHORTEST_CUT = 16 -- bytes of a name that a service has cut off: limits are larger

-- May this be the name that was asked for, in other capitals, cut off or left out?
local function may_be_name(name, wanted)
  name, wanted = ascii.lower(ascii.trim(name or "")), ascii.lower(wanted)
  return name == "" or name == wanted
    or #name >= SHORTEST_CUT and wanted:sub(1, #name) == name
end

-- The ids of young snapshots in a list that may be ours: a service may change metadata and names.
-- If one of the list has a whole mark, the service does not change marks, and none may be ours.
local function doubtful_in(snapshots, mark, state)
  local found, keeps_marks = {}, false
  for _, snapshot in ipairs(snapshots) do
    local is_young = (snapshot.created_time or math.huge) > os.time() - OLD
    keeps_marks = keeps_marks or is_whole_mark(snapshot.metadata[KEY])
    if is_young and not state:remembers("created", snapshot.id)
      and may_be_name(snapshot.name, mark.name) then
      found[#found + 1] = snapshot.id
    end
  end
  return keeps_marks and {} or found
end

local function is_homeless(snapshot)
  return not snapshot.volume_id
end

-- Looks at all new snapshots of the volume, before the create is sent again: the snapshot; nil and
-- an error if the create must not be sent again; nil if it may. If there are none, a service may
-- show snapshots without their volume: then a mark tells, but a name does not.
local function look_closely(client, mark, err, deadline)
  local fresh = list_fresh(client, mark, { volume_id = mark.volume_id }, deadline)
  local is_of_volume = fresh and #fresh > 0
  if fresh and not is_of_volume then
    fresh = list_fresh(client, mark, { metadata = mark.value and { [KEY] = mark.value } }, deadline)
    fresh = fresh and tables.select(fresh, is_homeless)
  end
  if not fresh then
    return nil, err
  end
  local found = (is_of_volume or mark.value) and tables.select(fresh, is_marked, mark) or {}
  local doubtful = doubtful_in(fresh, mark, requests.state(client))
  if #found == 0 and #doubtful > 0 then
    err.kind, err.matches = "uncertain", doubtful
    err.message = ("%s; it may be %s: does the service keep names and metadata as they are?")
      :format(err.message, table.concat(doubtful, ", "))
    return nil, err
  end
  return only(found, err)
end

local function is_foreign_404(err)
  return err.kind == "server" and err.status == 404
end

-- Searches until the snapshot is found, the create may be sent again (nil), or neither is possible
-- in time (nil and the error).
local function search(client, mark, err, deadline)
  local session, is_at_work = requests.state(client).session, may_be_at_work(err)
  for searches = 1, math.huge do
    local pause = PAUSES[searches] or LONG_PAUSE
    if session.core:now() + pause >= deadline then
      return nil, err
    end
    session:sleep(pause)
    local found, problem = find_marked(client, mark, deadline)
    if found and #found > 0 then
      return only(found, err)
    elseif problem and (problem.closed or is_foreign_404(problem)) then -- no search is possible
      return nil, err
    elseif found and searches >= #PAUSES and not is_at_work then
      return look_closely(client, mark, err, deadline)
    end
  end
end

-- A refusal is final. But an earlier attempt may have made the snapshot and used up the quota, and
-- every search may have been too early to see it.
local function refused(client, mark, err, attempt, deadline)
  local found = attempt > 1 and find_marked(client, mark, deadline)
  if found and #found == 1 then
    return found[1]
  end
  return nil, err
end

-- Creates with `once`. The mark is added to the body's "snapshot".
local function create_once(client, body)
  local session = requests.state(client).session
  local deadline = session:deadline()
  local mark, err = make_mark(client, body.snapshot, deadline)
  if not mark then
    return nil, err
  end
  local sent, lost = 0, false
  for attempt = 1, session.settings.retries + 1 do
    local snapshot, problem = send(client, body, deadline)
    if snapshot then
      return snapshot
    end
    sent, lost = sent + (problem.attempts or 0), lost or problem.lost
    problem.attempts, problem.lost = sent, lost
    if problem.kind ~= "uncertain" and not is_foreign_404(problem) then
      return refused(client, mark, problem, attempt, deadline)
    end
    local found, final = search(client, mark, problem, deadline)
    if found or final then
      return found, final
    end
    err = problem
  end
  return nil, err
end

-- ------------------------------------------------------------------------- all

-- Only one create with the same key may be under way (nil: any number). If a name is the only mark,
-- two creates would take each other's snapshot for their own.
local function key_of(dialect, snapshot, is_once)
  if not is_once or dialect.has_metadata then
    return nil
  end
  return snapshot.volume_id .. "\n" .. tostring(snapshot[dialect.name_key])
end

--- Checks a create before it is sent.
-- @param client
-- @param options
-- @tparam[opt] table waits how to wait if the options have no `wait`, checked
-- @treturn function sends the create, and waits
-- @treturn ?string a key: only one create with the same key may be under way
function create.prepare(client, options, waits)
  local dialect = requests.open(client).dialect
  local body = dialect:create_body(options)
  waits = wait.option(options.wait) or waits
  check.text(body.snapshot.volume_id, "volume_id")
  local is_once = options.once
  return function()
    local state = requests.open(client)
    if body.snapshot.metadata and not state.dialect.has_metadata then
      return nil, state.dialect:unsupported "metadata of a snapshot"
    end
    local snapshot, err = (is_once and create_once or send)(client, body)
    if not snapshot then
      return nil, err
    end
    state:remember("created", snapshot.id)
    if not waits then
      return snapshot
    end
    local complete, problem = client:wait_until_complete(snapshot, waits)
    if problem then
      problem.snapshot = problem.snapshot or snapshot -- it exists, and its id is needed
    end
    return complete, problem
  end, key_of(dialect, body.snapshot, is_once)
end

return create
