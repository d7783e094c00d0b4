--- The same for many snapshots: creating, deleting, waiting.
--
-- Each gives a list of results in the order of its argument (`ok`, `value`,
-- `error`, `index`, `item`), and how many failed.
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local Group = require "rsnapshots.tasks.group"
local Pager = require "rsnapshots.listing.pager"
local waiter = require "rsnapshots.client.wait"

local batch = {}

local function check_options(options, known, name)
  options = check.optional(options, "table", "options") or {}
  check.keys(options, known, name)
  check.optional(options.on_progress, "function", "on_progress")
  Group.concurrency(options.concurrency)
  return options
end

-- A caller's sequence, a page of a listing included, as a table.
local function items_of(list, name)
  local is_page = type(list) == "userdata" and not core.is_snapshot(list)
  if not is_page and (type(list) ~= "table" or getmetatable(list) == Pager) then
    check.fail(name .. " must be a sequence")
  end
  local items, count = {}, #list
  for i = 1, count do
    if list[i] == nil then
      check.fail(("%s has nothing at %d"):format(name, i))
    end
    items[i] = list[i]
  end
  for key in pairs(is_page and {} or list) do
    if items[key] == nil then -- something forgotten, or one that is no list
      check.fail(("%s must be a sequence, and has the key '%s'"):format(name, tostring(key)))
    end
  end
  return items
end

-- All that an iterable gives: a listing, an iterator or a sequence.
local function read_all(list, name)
  if getmetatable(list) == Pager then
    return list:all()
  elseif type(list) ~= "function" then
    return items_of(list, name)
  end
  local items = {}
  while true do
    local item, err = list()
    if item == nil then
      return not errors.is(err) and items or nil, err
    end
    items[#items + 1] = item
  end
end

-- ---------------------------------------------------------------- results

local Results = {}
Results.__index = Results

local function results_for(items, on_progress)
  return setmetatable({ list = {}, items = items, done = 0, failures = 0,
    on_progress = on_progress }, Results)
end

function Results:add(index, ok, value, err, traceback)
  local result = { index = index, item = self.items[index], ok = ok, value = value, error = err,
    traceback = traceback }
  self.list[index] = result
  self.done = self.done + 1
  self.failures = self.failures + (ok and 0 or 1)
  if self.on_progress then
    self.on_progress(self.done, #self.items, result)
  end
end

-- Runs a function for each item, side by side; those with the same key (nil:
-- none) one after another.
local function run_each(context, items, options, key_of, action)
  local group = context.group { concurrency = options.concurrency }
  for i, item in ipairs(items) do
    local key = key_of(item)
    local function body()
      return action(item, i)
    end
    if key == nil then
      group:spawn(body)
    else
      group:spawn_serial(key, body)
    end
  end
  local results = results_for(items, options.on_progress)
  group:each(function(task)
    results:add(task.index, task.ok, task.value, task.error, task.traceback)
  end)
  return results.list, results.failures
end

-- ----------------------------------------------------------------- create

local CREATE = { concurrency = true, on_progress = true }

--- Creates many.
-- @tparam table context `group(options)`, `prepare(options)`, which checks a
-- create and gives a function that sends it, `create_key(options)`, the same for
-- those of which only one may be under way
function batch.create_all(context, list, options)
  options = check_options(options, CREATE, "create_all")
  local items = items_of(list, "create_all's list")
  local sends = {}
  for i, item in ipairs(items) do -- a wrong one raises before anything is sent
    sends[i] = context.prepare(item)
  end
  return run_each(context, items, options, context.create_key,
    function(_, i) return sends[i]() end)
end

-- ------------------------------------------------- many snapshots by listing

local function common_volume(wanted)
  local volume
  for _, item in pairs(wanted) do
    local id = core.is_snapshot(item) and item.volume_id
    if not id or (volume and id ~= volume) then
      return nil
    end
    volume = id
  end
  return volume
end

-- Is one of them of another project, as far as they tell?
local function is_abroad(context, wanted)
  for _, item in pairs(wanted) do
    local project = core.is_snapshot(item) and item.project_id
    if project and project ~= context.project_id then
      return true
    end
  end
  return false
end

-- Lists until every wanted one has been seen. Gives those by id, and how many pages
-- that took; nil and an error.
local function look(context, wanted, all_projects, deadline)
  local found, pages, left = {}, 0, 0
  for _ in pairs(wanted) do
    left = left + 1
  end
  local pager = context.list({ volume_id = common_volume(wanted), prefetch = false,
    all_projects = all_projects }, deadline)
  local ok, err = pager:each_page(function(page)
    pages = pages + 1
    for i = 1, #page do
      local id = page[i].id
      if wanted[id] and not found[id] then
        found[id], left = page[i], left - 1
      end
    end
    return left > 0
  end)
  if not ok then
    return nil, err
  end
  return found, pages
end

-- ----------------------------------------------------------------- delete

local DELETE = { concurrency = true, on_progress = true, missing_ok = true, force = true }

-- The volume of each, where it can be known: ids say nothing of it.
local function volumes_of(context, items)
  local volumes, unknown = {}, {}
  for i, item in ipairs(items) do
    if core.is_snapshot(item) then
      volumes[item.id] = item.volume_id
    else
      unknown[check.text(item, ("item %d"):format(i))] = item
    end
  end
  for id in pairs(volumes) do
    unknown[id] = nil
  end
  local one = next(unknown)
  if one and (next(volumes) or next(unknown, one)) then -- several
    local found, err = look(context, unknown, false)
    if not found then
      return nil, err
    end
    for id, snapshot in pairs(found) do
      volumes[id] = snapshot.volume_id
    end
  end
  return volumes
end

--- Deletes many; those of one volume one after another.
-- @tparam table context `group(options)`, `list(filters, deadline)`,
-- `delete(id, options)`
function batch.delete_all(context, list, options)
  options = check_options(options, DELETE, "delete_all")
  check.optional(options.missing_ok, "boolean", "missing_ok")
  check.optional(options.force, "boolean", "force")
  -- before anything is deleted, since that moves the pages of a listing
  local items, err = read_all(list, "delete_all's list")
  if not items then
    return nil, err
  end
  local volumes
  volumes, err = volumes_of(context, items)
  if not volumes then
    return nil, err
  end
  local function volume_of(item)
    local id = core.is_snapshot(item) and item.id or item
    return volumes[id] or id
  end
  local deleted = {} -- what is named twice is deleted once
  return run_each(context, items, options, volume_of, function(item)
    local id = core.is_snapshot(item) and item.id or item
    if deleted[id] then
      return deleted[id][1], deleted[id][2]
    end
    local ok, problem = context.delete(item,
      { missing_ok = options.missing_ok, force = options.force })
    deleted[id] = { ok, problem }
    return ok, problem
  end)
end

-- ------------------------------------------------------------------- wait

local WAIT = { concurrency = true, on_progress = true, timeout = true, interval = true,
  deleted = true }

-- What is waited for: per id a test and the items' indices.
local function entries_of(context, items, deleted)
  local entries = {}
  for i, item in ipairs(items) do
    local id, problem = context.id(item, ("item %d"):format(i))
    id = id or item
    local entry = entries[id]
    if not entry then
      entry = { item = item, indices = {}, problem = problem,
        test = deleted and waiter.gone_test(context.was_deleted(id)) or waiter.complete_test() }
      entries[id] = entry
    end
    entry.indices[#entry.indices + 1] = i
  end
  return entries
end

local function conclude(state, id, ok, value, err)
  local entry = state.pending[id]
  state.pending[id] = nil
  state.left = state.left - 1
  for _, index in ipairs(entry.indices) do
    state.results:add(index, ok, value, err)
  end
end

-- What one look at a snapshot, or its failure, means.
local function judge(state, id, snapshot, err)
  local entry = state.pending[id]
  if snapshot then
    entry.last = snapshot
    local over, problem = entry.test(snapshot)
    if over then
      conclude(state, id, true, state.deleted or snapshot)
    elseif problem then
      conclude(state, id, false, nil, problem)
    end
  elseif err.kind == "not_found" and state.deleted then
    conclude(state, id, true, true)
  elseif errors.is_passing(err) then
    entry.cause = err
  else
    conclude(state, id, false, nil, err)
  end
end

-- An id that cannot be one is not asked for.
local function refuse_wrong(state)
  for id, entry in pairs(state.pending) do
    if entry.problem then
      conclude(state, id, false, nil, entry.problem)
    end
  end
end

-- Ends all that is pending with the error that `error_of(entry)` makes.
local function give_up(state, error_of)
  local ids = {}
  for id in pairs(state.pending) do
    ids[#ids + 1] = id
  end
  for _, id in ipairs(ids) do
    conclude(state, id, false, nil, error_of(state.pending[id]))
  end
end

-- Ends it when the client was closed meanwhile: is there nothing left to do?
local function is_over(state)
  if state.context.is_closed() then
    give_up(state, function() return errors.closed() end)
  end
  return state.left == 0
end

-- Asks for each of these by itself; the error of one whose service wants to be left alone.
local function ask_each(state, ids, deadline)
  if is_over(state) then
    return nil
  end
  local group = state.context.group { concurrency = state.concurrency }
  local asked, limit = {}, nil
  for id in pairs(ids) do
    asked[group:spawn(function() return state.context.get(id, deadline) end)] = id
  end
  group:each(function(task)
    if not errors.is(task.error) and not task.ok then
      error(task.error, 0)
    end
    if task.error and task.error.retry_after then
      limit = task.error
    end
    judge(state, asked[task.index], task.value, task.error)
  end)
  return limit
end

-- Would a listing have it?
local function is_at_home(context, item)
  return core.is_snapshot(item) and item.project_id == context.project_id
    and context.project_id ~= nil
end

-- One look at all that is pending: by listing, unless asking for each of them
-- takes fewer requests. What no page has is asked for by itself, unless that means
-- that it is gone. An error where the listing failed, or the service wants to be left
-- alone.
local function poll(state, deadline)
  if is_over(state) then
    return nil
  elseif state.left <= state.pages then
    return ask_each(state, state.pending, deadline)
  end
  local wanted = {}
  for id, entry in pairs(state.pending) do
    wanted[id] = entry.last or entry.item
  end
  state.all_projects = state.all_projects or is_abroad(state.context, wanted)
  local found, pages = look(state.context, wanted, state.all_projects, deadline)
  if not found and pages.kind == "not_found" then -- says nothing of any of them
    return ask_each(state, wanted, deadline)
  elseif not found then
    for id in pairs(wanted) do
      judge(state, id, nil, pages)
    end
    return pages
  end
  state.pages = math.max(1, pages)
  -- by offset a delete meanwhile moves others to a page that was read before
  local is_whole = state.context.pages_by == "marker"
  local missing = {}
  for id, item in pairs(wanted) do
    local entry = state.pending[id]
    if found[id] then
      entry.listed = true
      judge(state, id, found[id])
    elseif state.deleted and is_whole and (entry.listed or is_at_home(state.context, item)) then
      conclude(state, id, true, true)
    else
      missing[id] = true
    end
  end
  return next(missing) and ask_each(state, missing, deadline) or nil
end

--- Waits for many.
-- @tparam table context `group(options)`, `list(filters, deadline)`, `get(id,
-- deadline)`, `id(item, name)`, `sleep(seconds)`, `was_deleted(id)`, `is_closed()`,
-- `project_id`, `pages_by` ("marker", "offset")
function batch.wait_all(context, list, options)
  options = type(options) == "number" and { timeout = options } or options
  options = check_options(options, WAIT, "wait_all")
  check.optional(options.deleted, "boolean", "deleted")
  local wait = waiter.options { timeout = options.timeout, interval = options.interval }
  local items, problem = read_all(list, "wait_all's list")
  if not items then
    return nil, problem
  end
  local state = {
    context = context, concurrency = options.concurrency, deleted = options.deleted,
    pending = entries_of(context, items, options.deleted), left = 0, pages = 1,
    results = results_for(items, options.on_progress),
  }
  for _ in pairs(state.pending) do
    state.left = state.left + 1
  end
  refuse_wrong(state)
  local stop, polls = core.now() + wait.timeout, 0
  while state.left > 0 do
    polls = polls + 1
    local err = poll(state, wait.timeout > 0 and stop or nil)
    if state.left > 0 then
      local seconds = waiter.pause(wait, polls, err, stop - core.now())
      if not seconds then
        give_up(state, function(entry) return waiter.timed_out(wait, entry.last, entry.cause) end)
        break
      end
      context.sleep(seconds)
    end
  end
  return state.results.list, state.results.failures
end

return batch
