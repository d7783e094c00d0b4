--- Creating a snapshot, never twice. With `once`, a create makes one snapshot, whatever answers are
-- lost.
--
-- The create carries a mark: a random value in the metadata or, if the service keeps no metadata,
-- the name; then the snapshots that had this name before are remembered. If it is unknown whether
-- the create took effect, the client searches for the mark several times before it sends the create
-- again.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local finder = require "rsnapshots.client.find"
local listing = require "rsnapshots.client.listing"
local requests = require "rsnapshots.client.requests"
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

-- Adds a mark in the metadata to the body.
local function metadata_mark(body, name)
  check.optional(body.metadata, "table", "metadata")
  local value = core.random(16):gsub(".", function(char) return ("%02x"):format(char:byte()) end)
  local metadata = {}
  for key, given in pairs(body.metadata or {}) do
    metadata[key] = given
  end
  metadata[KEY] = value
  body.metadata = metadata
  return { filters = { volume_id = body.volume_id, metadata = { [KEY] = value } }, known = {},
    name = ascii.trim(tostring(name or "")) }
end

-- The snapshots that match the mark and were not there before; nil and an error.
local function find_marked(client, mark, deadline)
  local all, err = listing.new(client, listing.filters(mark.filters), deadline):all()
  if not all then
    return nil, err
  end
  local fresh = {}
  for _, snapshot in ipairs(all) do
    if not mark.known[snapshot.id] then
      fresh[#fresh + 1] = snapshot
    end
  end
  return fresh
end

-- If the service keeps no metadata, the name and the volume are the mark. A snapshot that has them
-- already is not ours.
local function make_mark(client, body, deadline)
  local dialect = requests.state(client).dialect
  if dialect.has_metadata then
    return metadata_mark(body, body[dialect.name_key])
  end
  local name = check.text(body[dialect.name_key], "name (which `once` needs here)")
  local mark = { filters = { volume_id = body.volume_id, name = name }, known = {} }
  local before, err = find_marked(client, mark, deadline)
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

local function several(found, err)
  err.matches = finder.ids_of(found)
  err.message = "several new snapshots have this name, and nobody can tell which was just made: "
    .. table.concat(err.matches, ", ")
  return nil, err
end

-- Seconds: a snapshot this old is not the one that was just made, even if the service gives times
-- in another zone. Yesterday's snapshot, which may have the same name, is older than that.
local OLD = 12 * 60 * 60

-- The ids of recent snapshots of this volume, with this name and without a mark: the service may
-- have made ours without the metadata. nil and an error.
local function find_unmarked(client, mark, deadline)
  local all, err = listing.new(client, listing.filters { volume_id = mark.filters.volume_id },
    deadline):all()
  local ids = {}
  for _, snapshot in ipairs(all or {}) do
    local is_young = (snapshot.created_time or math.huge) > os.time() - OLD
    if is_young and ascii.trim(snapshot.name or "") == mark.name and not snapshot.metadata[KEY] then
      ids[#ids + 1] = snapshot.id
    end
  end
  return all and ids, err
end

-- May the create be sent again, judging by a search without the mark?
local function may_go_again(client, mark, err, deadline)
  if not mark.name then
    return true
  end
  local ids, problem = find_unmarked(client, mark, deadline)
  if ids and #ids > 0 then
    err.matches = ids
    err.message = ("%s; it may be %s, which has the name and no mark: does the service keep "
      .. "metadata?"):format(err.message, table.concat(ids, ", "))
  end
  return not problem and #ids == 0
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
    if session:now() + pause >= deadline then
      return nil, err
    end
    session:sleep(pause)
    local found, problem = find_marked(client, mark, deadline)
    if found and #found == 1 then
      return found[1]
    elseif problem and (problem.closed or is_foreign_404(problem)) then -- no search is possible
      return nil, err
    elseif found and #found > 1 then
      return several(found, err)
    elseif found and searches >= #PAUSES and not is_at_work then
      return nil, not may_go_again(client, mark, err, deadline) and err or nil
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
