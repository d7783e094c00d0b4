--- One volume's turn in rotate: lock, create, wait, prune.
--
-- A run may be ended at any point, and the next one continues: it finds the slot's snapshot by its
-- mark, and nothing is pruned before that is good.
-- @module rsnapshots.cli.rotation.volume

local ascii = require "rsnapshots.support.ascii"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local locking = require "rsnapshots.cli.rotation.locking"
local lookup = require "rsnapshots.cli.run.lookup"
local mark = require "rsnapshots.retention.mark"
local plans = require "rsnapshots.retention.plan"
local removal = require "rsnapshots.cli.rotation.removal"
local retention = require "rsnapshots.retention"
local slot = require "rsnapshots.cli.rotation.slot"
local tables = require "rsnapshots.support.tables"
local waiting = require "rsnapshots.cli.run.waiting"

local volume_turn = {}

local TIMEOUT = 600 -- seconds that making a snapshot may take
local SLICE = 5 -- seconds of each wait, after which a signal is noticed

-- Volume states in which no snapshot can be made, but which pass.
local PASSING = { creating = true, ["backing-up"] = true, ["restoring-backup"] = true,
  migrating = true, extending = true, retyping = true, attaching = true, detaching = true,
  maintenance = true, uploading = true, downloading = true, reverting = true }

local function stopped()
  return nil, errors.new("failed", "stopped before it was done")
end

-- ---------------------------------------------------------------- the snapshot

-- The volume's state if it is one of those; otherwise nil.
local function passing_state(client, id)
  local volume = client:volume(id)
  local state = volume and ascii.lower(tostring(volume.status))
  return PASSING[state or ""] and state or nil
end

local function slice_of(turn)
  return math.max(0, math.min(SLICE, turn.deadline - core.now()))
end

-- Waits until a volume's state has passed. Returns true, or nil and an error.
local function await_volume(turn, state, err)
  while core.now() < turn.deadline do
    if turn.context:is_stopping() then
      return stopped()
    end
    turn.context:progress():show(("%s: the volume is %s"):format(turn.label, state))
    turn.client:wait_until_available(turn.volume.id, { timeout = slice_of(turn) })
    state = passing_state(turn.client, turn.volume.id)
    if not state then
      return true
    end
  end
  err.message = ("%s (the volume is %s)"):format(err.message, state)
  return nil, err
end

-- May another try succeed after this refusal? Returns true, or nil and an error. If the volume is
-- idle now, it may have been busy a moment ago: that is worth one more try.
local function await_readiness(turn, err)
  local state = passing_state(turn.client, turn.volume.id)
  if state then
    return await_volume(turn, state, err)
  elseif turn.has_tried_again then
    return nil, err
  end
  turn.has_tried_again = true
  return true
end

-- Makes the slot's snapshot. If the volume is busy, waits first.
local function create(turn)
  local options = slot.options(turn.policy, turn.volume, turn.slot, turn.keeps_metadata)
  local snapshot, err = turn.client:create(options)
  while not snapshot and (err.kind == "invalid" or err.kind == "conflict") do
    local ok, problem = await_readiness(turn, err)
    if not ok then
      return nil, problem
    end
    snapshot, err = turn.client:create(options)
  end
  return snapshot, err
end

-- Shows and remembers what is seen of the snapshot.
local function show(turn)
  return function(snapshot)
    turn.snapshot = snapshot
    turn.context:progress():show(("%s: %s %s"):format(turn.label,
      ascii.lower(snapshot.status or "no status"), snapshot.progress or ""))
  end
end

-- Waits until the snapshot is complete, in short steps so that a signal can end it.
local function await_snapshot(turn, snapshot)
  while true do
    local slice = slice_of(turn)
    local done, err = turn.client:wait_until_complete(snapshot,
      { timeout = slice, on_progress = show(turn) })
    if done then
      return done
    elseif err.kind ~= "timeout" then
      return nil, err
    elseif slice < SLICE then
      return nil, waiting.with_limit(err, turn.timeout)
    elseif turn.context:is_stopping() then
      return stopped()
    end
  end
end

local function listed(turn)
  return turn.client:list({ volume_id = turn.volume.id }):all()
end

-- The slot's snapshot if there is one, without those that are gone; nil, or nil and an error.
local function existing(turn)
  local all, err = listed(turn)
  if not all then
    return nil, err
  end
  local found = {}
  for _, snapshot in ipairs(slot.found(all, turn.policy, turn.slot)) do
    found[#found + 1] = not turn.gone[snapshot.id] and snapshot or nil
  end
  return slot.best(found)
end

-- Makes the slot's snapshot. If that fails, the slot may have one all the same: another host's,
-- which has used up the quota, or removed ours as a duplicate.
local function make(turn)
  local snapshot, err = create(turn)
  turn.was_there = false
  if not snapshot then
    snapshot = existing(turn)
    turn.was_there = snapshot ~= nil
  end
  return snapshot, err
end

-- The slot's snapshot, found or, if that is allowed, made; nil, or nil and an error.
local function find(turn, may_make)
  local snapshot, err = existing(turn)
  if not snapshot and not err and may_make then
    return make(turn)
  end
  turn.was_there = snapshot ~= nil
  return snapshot, err
end

-- Does the error of a request or a wait mean that the snapshot is gone?
local function is_gone(err)
  return errors.is_gone(err) or err.snapshot ~= nil and err.snapshot.status == "DELETED"
end

-- Waits until the slot's snapshot is good. If another host removes it as a duplicate in the
-- meantime, the slot's snapshot is the other host's. If the run did not make it, and it is gone,
-- the run makes one.
local function await_good(turn, snapshot)
  while true do
    local good, problem = await_snapshot(turn, snapshot)
    if good or not is_gone(problem) then
      turn.snapshot = good or problem.kind ~= "failed" and (turn.snapshot or snapshot) or nil
      return good, problem
    end
    turn.gone[snapshot.id], turn.snapshot = true, nil
    local err
    snapshot, err = find(turn, turn.was_there)
    if not snapshot then
      return nil, err or problem
    end
  end
end

-- The error of a new snapshot that has no mark, or does not show it.
local function unmarked(snapshot, why, cause)
  return errors.new("unsupported", ("snapshot %s was made, but %s: no other run will find it, and "
    .. "nothing will remove it"):format(snapshot.id, why), { cause = cause })
end

-- Makes sure that other runs find a new snapshot. If the service keeps no metadata, the name says
-- what the snapshot is for, as with version 1.
local function ensure_mark(turn, snapshot)
  local policy, named, problem = turn.policy, snapshot, nil
  if not slot.has(snapshot, policy, turn.slot) and next(snapshot.metadata) == nil then
    named, problem = turn.client:update(snapshot,
      { name = retention.name_for(policy.name, turn.slot.start) })
  end
  if named and slot.has(named, policy, turn.slot) then
    turn.snapshot = named
    return named
  end
  return nil, unmarked(snapshot, "the service did not keep its metadata"
    .. (problem and " or change its name" or ""), problem)
end

-- Do listings show the run's snapshot, but not that it is the slot's, or the volume's? One that
-- they do not show at all yet comes with time. They may show no names either, so nothing but the id
-- tells which one it is.
local function is_hidden(turn, all)
  for _, snapshot in ipairs(all) do
    if slot.has(snapshot, turn.policy, turn.slot) then
      return false
    end
  end
  for _, snapshot in ipairs(turn.client:list():all() or {}) do
    if snapshot.id == turn.snapshot.id then
      return not snapshot.volume_id or not slot.has(snapshot, turn.policy, turn.slot)
    end
  end
  return false
end

-- The slot's snapshot, found or made, once it is good; nil and an error. One that is not good yet
-- gets its mark, too: the next run finds it.
local function ensure(turn)
  local snapshot, err = find(turn, true)
  if not snapshot then
    return nil, err
  end
  snapshot, err = await_good(turn, snapshot)
  if not turn.snapshot then
    return nil, err
  end
  if slot.is_misdated(turn.snapshot, turn.policy, turn.slot) then
    turn.context:note(("warning: %s is the snapshot of %s, and was made at another time: is the "
      .. "clock right?"):format(lookup.label(turn.snapshot), turn.slot.name))
  end
  local marked, problem = ensure_mark(turn, turn.snapshot)
  return snapshot and marked, err or problem
end

-- May a duplicate be removed? The run that made it removes it if it is not complete.
local function may_go(turn, record)
  return record.status == "AVAILABLE" and record.group_snapshot_id == nil and not record.is_blurred
    and not mark.holds(record.metadata, os.time(), turn.policy.rules.utc_offset)
end

-- Is it certainly good? A listing may show another host's snapshot that is gone already.
local function is_good(turn, snapshot)
  local seen = snapshot.id == turn.snapshot.id and snapshot or turn.client:get(snapshot.id)
  return seen ~= nil and seen.status == "AVAILABLE"
end

-- Two hosts, or a crash, may leave several snapshots in one slot. The one with the lowest id stays.
-- All hosts decide in the same way, and a second delete finds nothing.
local function remove_doubles(turn, all)
  local found = slot.found(all, turn.policy, turn.slot)
  local first = found[1]
  if #found < 2 or not is_good(turn, first) then
    return all
  end
  local doubles, is_double = plans.group(turn.volume.id, nil, 0), {}
  for i = 2, #found do
    local record = plans.record(found[i])
    if may_go(turn, record) then
      plans.add(doubles, record, false, {})
      is_double[record.id] = true
    end
  end
  removal.apply(turn.context, plans.assemble({ doubles }, {}), turn.outcome, "unlimited")
  turn.outcome.removed = 0 -- they do not count: no policy removed them
  turn.snapshot = first
  return tables.select(all, function(snapshot) return not is_double[snapshot.id] end)
end

-- -------------------------------------------------------------------- pruning

local function prune(turn)
  local all, err = listed(turn)
  if not all then
    return nil, err
  elseif is_hidden(turn, all) then
    return nil, unmarked(turn.snapshot, "listings show it without its volume or its metadata")
  end
  local plan
  all = remove_doubles(turn, all)
  plan, err = retention.plan(all, slot.rules(turn.policy, turn.snapshot))
  if not plan then
    return nil, err
  end
  turn.plan = plan
  removal.warn(turn.context, plan)
  local allowed, count = retention.check_limit(plan, turn.max_remove, turn.going.count)
  if not allowed then
    return nil, count
  end
  turn.going.count = count
  if plan.counts.removed > 0 then
    removal.apply(turn.context, plan, turn.outcome, turn.max_remove)
  end
  turn.is_pruned = true
  if removal.unfinished(turn.outcome) ~= "" then
    return stopped()
  end
  return true
end

-- ------------------------------------------------------------------- the whole

local function work(turn)
  local snapshot, err = ensure(turn)
  if not snapshot then
    return nil, err
  end
  if turn.context:is_stopping() then
    return stopped()
  end
  return prune(turn)
end

--- Takes a volume's turn.
-- @tparam Context context connected
-- @tparam table turn `policy`, `volume`, `slot`, `label`, `keeps_metadata`, `max_remove`, `going`
-- (`count`: how many snapshots go in all turns that share a limit). This function sets `snapshot`,
-- `was_there`, `plan` and `outcome`
-- @return true; nil and an error
function volume_turn.take(context, turn)
  local lock, err = locking.take(turn.volume.id, turn.policy.name)
  if not lock then
    return nil, err
  end
  turn.context, turn.client, turn.outcome = context, context.client, removal.outcome()
  turn.gone = {} -- by id: what the slot's snapshot was until it was gone
  turn.timeout = context.options.timeout or turn.policy.timeout or TIMEOUT
  turn.deadline = core.now() + turn.timeout
  local ok, problem = work(turn)
  lock:unlock()
  return ok, problem
end

return volume_turn
