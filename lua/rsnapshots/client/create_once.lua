--- A create that leaves one snapshot, whatever is lost on the way.
--
-- It carries a mark: a random value in the metadata, or where the service keeps
-- no metadata its name, with the ids known that had that name before. When its
-- fate is unknown the mark is looked for, several times, before it is sent again.
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"

local once = {}

local KEY = "rsnapshots:once" -- of the mark in the metadata

-- Seconds before each look at whether the snapshot has appeared after all. A service
-- goes on with what it read before its connection broke: eight seconds in all.
local LOOKS = { 0.25, 0.5, 1, 2, 4 }
local PATIENT = 2 -- between looks where the service may still be at work

local function random_mark()
  return (core.random(16):gsub(".", function(char) return ("%02x"):format(char:byte()) end))
end

-- A mark in the metadata: what to add to the body, and how to find it.
local function metadata_mark(body)
  check.optional(body.metadata, "table", "metadata")
  local value = random_mark()
  local metadata = {}
  for key, given in pairs(body.metadata or {}) do
    metadata[key] = given
  end
  metadata[KEY] = value
  body.metadata = metadata
  return { filters = { volume_id = body.volume_id, metadata = { [KEY] = value } }, known = {} }
end

-- The snapshots that match the mark and were not there before.
local function look(list, mark)
  local all, err = list(mark.filters)
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

-- Its name and volume as the mark: what has them already is not ours.
local function name_mark(body, name, list)
  local mark = { filters = { volume_id = body.volume_id, name = name }, known = {} }
  local before, err = look(list, mark)
  if not before then
    return nil, err
  end
  for _, snapshot in ipairs(before) do
    mark.known[snapshot.id] = true
  end
  return mark
end

-- Did the request most likely reach the service, which may still be at it? Then
-- it is only looked for and never sent again.
local function may_be_at_work(err)
  local cause = err.cause or err
  return cause.kind == "timeout" or cause.kind == "decode" or cause.status == 504
    or cause.status == 408
end

local function several(found, err)
  local ids = {}
  for i, snapshot in ipairs(found) do
    ids[i] = snapshot.id
  end
  err.message = "several new snapshots have this name, and nobody can tell which was just made: "
    .. table.concat(ids, ", ")
  err.matches = ids
  return nil, err
end

-- Looks until the snapshot is there, it may be sent again (nil), or the deadline
-- has come (nil and the error).
local function search(steps, mark, err)
  local patient = may_be_at_work(err)
  local looks = 0
  while true do
    looks = looks + 1
    local pause = LOOKS[looks] or PATIENT
    if core.now() + pause >= steps.deadline then
      return nil, err
    end
    steps.sleep(pause)
    local found, problem = look(steps.list, mark)
    if found and #found == 1 then
      return found[1]
    elseif problem and problem.closed then -- nobody can look any more, nor sleep
      return nil, err
    elseif found and #found > 1 then
      return several(found, err)
    elseif found and looks >= #LOOKS and not patient then
      return nil
    end
  end
end

-- A refusal is final, but the refused attempt may be one too many: the one before may have made
-- the snapshot and its quota is used up, with every look too early to see it.
local function refused(steps, mark, err, attempt)
  local found = attempt > 1 and look(steps.list, mark)
  if found and #found == 1 then
    return found[1]
  end
  return nil, err
end

--- Creates.
-- @tparam table body what is in the request's "snapshot"; gets the mark
-- @tparam table steps `create()` gives a Snapshot, or nil and an error;
-- `list(filters)` all that match, or nil and an error; `sleep(seconds)`;
-- `deadline`; `tries` how often to send at most; `name` the name in the body,
-- where that has to be the mark
-- @treturn Snapshot nil and an error
function once.create(body, steps)
  local mark, err
  if steps.name then
    mark, err = name_mark(body, steps.name, steps.list)
    if not mark then
      return nil, err
    end
  else
    mark = metadata_mark(body)
  end
  local sent = 0
  for attempt = 1, steps.tries do
    local snapshot, problem = steps.create()
    if snapshot then
      return snapshot
    end
    sent = sent + (problem.attempts or 0)
    problem.attempts = sent
    if problem.kind ~= "uncertain" then
      return refused(steps, mark, problem, attempt)
    end
    local found, final = search(steps, mark, problem)
    if found or final then
      return found, final
    end
    err = problem
  end
  return nil, err
end

return once
