--- A client's verbs for many snapshots: creating, deleting, waiting.
--
-- Each gives a list of results in the order of its argument (`ok`, `value`,
-- `error`, `index`, `item`), and how many failed.
-- @submodule Client

local calls = require "rsnapshots.client.calls"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local create = require "rsnapshots.client.create"
local errors = require "rsnapshots.error"
local Group = require "rsnapshots.tasks.group"
local listing = require "rsnapshots.client.listing"
local wait = require "rsnapshots.client.wait"

local Client = {}

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
  if listing.is(list) or not is_page and type(list) ~= "table" then
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
  if listing.is(list) then
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
local function run_each(client, items, options, key_of, action)
  local group = client:group { concurrency = options.concurrency }
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

local CREATE = { concurrency = true, on_progress = true, wait = true }

--- Creates many snapshots side by side: a `create` for each.
-- @tparam table list a list of what `create` takes; a wrong one raises before anything is sent
-- @tparam[opt] table options `concurrency` (8), `on_progress` (a function that is called with how
-- many are done, how many there are, and the result), `wait` (as of `create`, for each)
-- @treturn table results in the order of the list: `ok`, `value` (a Snapshot), `error`, `index`,
-- `item`
-- @treturn integer how many failed
function Client:create_all(list, options)
  calls.open(self)
  options = check_options(options, CREATE, "create_all")
  local waits = wait.option(options.wait)
  local items = items_of(list, "create_all's list")
  local sends = {}
  for i, item in ipairs(items) do -- a wrong one raises before anything is sent
    sends[i] = check.item(i, create.prepare, self, item)
  end
  return run_each(self, items, options, function(item) return create.key(self, item) end,
    function(_, i)
      local snapshot, err = sends[i]()
      if not snapshot or not waits then
        return snapshot, err
      end
      return self:wait_until_complete(snapshot, waits)
    end)
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
local function is_abroad(client, wanted)
  for _, item in pairs(wanted) do
    local project = core.is_snapshot(item) and item.project_id
    if project and project ~= client.project_id then
      return true
    end
  end
  return false
end

-- Lists until every wanted one has been seen. Gives those by id, and how many pages
-- that took; nil and an error.
local function look(client, wanted, all_projects, deadline)
  local found, pages, left = {}, 0, 0
  for _ in pairs(wanted) do
    left = left + 1
  end
  local filters = listing.filters { volume_id = common_volume(wanted), prefetch = false,
    all_projects = all_projects }
  local ok, err = listing.new(client, filters, deadline):each_page(function(page)
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

local DELETE = { concurrency = true, on_progress = true, missing_ok = true, force = true,
  all = true, dry_run = true }

-- The volume of each, where it can be known: ids say nothing of it.
local function volumes_of(client, items)
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
    local found, err = look(client, unknown, false)
    if not found then
      return nil, err
    end
    for id, snapshot in pairs(found) do
      volumes[id] = snapshot.volume_id
    end
  end
  return volumes
end

-- What would go, as if it had.
local function pretend(items, options)
  local results = results_for(items, options.on_progress)
  for i in ipairs(items) do
    results:add(i, true, true)
  end
  return results.list, results.failures
end

-- A filter that is nil by mistake must not delete a project's snapshots.
local function check_narrowed(list, options)
  if listing.wide[list] and not options.all then
    check.fail("delete_all: nothing says whose snapshots these are: give the listing a volume_id, "
      .. "name, name_like or metadata; or say all = true")
  end
end

local function id_of(item)
  return core.is_snapshot(item) and item.id or item
end

--- Deletes many snapshots side by side: a `delete` for each. Snapshots of one volume are deleted
-- one after another.
-- @tparam table|Pager|function list ids and Snapshots. A listing is read to its end before anything
-- is deleted. A listing without `volume_id`, `name`, `name_like` or `metadata` raises, unless `all`
-- is true
-- @tparam[opt] table options `concurrency` (8), `on_progress`, `missing_ok`, `force`, `all`
-- (false), `dry_run` (true: returns what would be deleted)
-- @treturn table results in the order of the list: `ok`, `value` (true), `error`, `index`, `item`;
-- nil and an error if a listing failed, and then nothing was deleted
-- @treturn integer how many failed
function Client:delete_all(list, options)
  calls.open(self)
  options = check_options(options, DELETE, "delete_all")
  for _, name in ipairs { "missing_ok", "force", "all", "dry_run" } do
    check.optional(options[name], "boolean", name)
  end
  check_narrowed(list, options)
  -- before anything is deleted, since that moves the pages of a listing
  local items, err = read_all(list, "delete_all's list")
  if not items then
    return nil, err
  elseif options.dry_run then
    return pretend(items, options)
  end
  local volumes
  volumes, err = volumes_of(self, items)
  if not volumes then
    return nil, err
  elseif calls.state(self).closed then -- by a callback
    return nil, errors.closed()
  end
  local deleted = {} -- what is named twice is deleted once
  local how = { missing_ok = options.missing_ok, force = options.force }
  local function volume_of(item)
    return volumes[id_of(item)] or id_of(item)
  end
  return run_each(self, items, options, volume_of, function(item)
    local id = id_of(item)
    if not deleted[id] then
      deleted[id] = { self:delete(item, how) }
    end
    return deleted[id][1], deleted[id][2]
  end)
end

-- ------------------------------------------------------------------- wait

local WAIT = { concurrency = true, on_progress = true, timeout = true, interval = true,
  deleted = true }

-- What create_all gave counts as its snapshots: the failed ones stay failed.
local function item_of_result(item)
  if type(item) == "table" and item.index and item.ok ~= nil then
    return item.ok and item.value or nil, item.error
  end
  return item
end

-- What is waited for: per id a test and the items' indices.
local function entries_of(client, items, options)
  local state = calls.state(client)
  local entries = {}
  for i, given in ipairs(items) do
    local item, failure = item_of_result(given)
    local id, problem = nil, failure
    if item ~= nil then
      id, problem = calls.id(item, ("item %d"):format(i))
    end
    local key = id or given
    local entry = entries[key]
    if not entry then
      entry = { item = item, indices = {}, problem = problem,
        name = "snapshot " .. tostring(id),
        goes_on = wait.tolerance(core.is_snapshot(item) or state:remembers("created", id)),
        test = options.deleted
          and wait.gone_test(state:remembers("deleted", id), options.timeout / 2)
          or wait.complete_test(state.public.api_version == 1) }
      entries[key] = entry
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
    entry.goes_on(nil)
    local over, problem = entry.test(snapshot, state.session:now())
    if over then
      conclude(state, id, true, state.deleted or snapshot)
    elseif problem then
      conclude(state, id, false, nil, problem)
    end
  elseif state.deleted and wait.is_gone(err) then
    conclude(state, id, true, true)
  elseif entry.goes_on(err) then
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
  if calls.state(state.client).closed then
    give_up(state, function() return errors.closed() end)
  end
  return state.left == 0
end

-- Asks for each of these by itself; the error of one whose service wants to be left alone.
local function ask_each(state, ids, deadline)
  if is_over(state) then
    return nil
  end
  local group = state.client:group { concurrency = state.concurrency }
  local asked, limit = {}, nil
  for id in pairs(ids) do
    asked[group:spawn(function() return calls.poll(state.client, id, deadline) end)] = id
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
local function is_at_home(client, item)
  return core.is_snapshot(item) and item.project_id == client.project_id
    and client.project_id ~= nil
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
  state.all_projects = state.all_projects or is_abroad(state.client, wanted)
  local found, pages = look(state.client, wanted, state.all_projects, deadline)
  if not found and pages.status == 404 then -- says nothing of any of them, whoever says it
    return ask_each(state, wanted, deadline)
  elseif not found then
    for id in pairs(wanted) do
      judge(state, id, nil, pages)
    end
    return pages
  end
  state.pages = math.max(1, pages)
  -- by offset a delete meanwhile moves others to a page that was read before
  local is_whole = calls.state(state.client).dialect:has_marker()
  local missing = {}
  for id, item in pairs(wanted) do
    local entry = state.pending[id]
    if found[id] then
      entry.listed = true
      judge(state, id, found[id])
    elseif state.deleted and is_whole and (entry.listed or is_at_home(state.client, item)) then
      conclude(state, id, true, true)
    else
      missing[id] = true
    end
  end
  return next(missing) and ask_each(state, missing, deadline) or nil
end

local function count(map)
  local total = 0
  for _ in pairs(map) do
    total = total + 1
  end
  return total
end

-- Looks until all are over, or the time is.
local function run(state, options)
  local session = state.session
  local stop, polls = session:now() + options.timeout, 0
  while state.left > 0 do
    polls = polls + 1
    local err = poll(state, options.timeout > 0 and stop or nil)
    if state.left > 0 then
      local seconds = wait.pause(options, polls, err, stop - session:now())
      if not seconds then
        return give_up(state, function(entry)
          return wait.timed_out(options, entry.name, entry.last, entry.cause)
        end)
      end
      session:sleep(seconds)
    end
  end
end

-- Asks the service why some ended badly.
local function explain_all(client, results)
  local group, asked = client:group(), {}
  for _, result in ipairs(results) do
    local err = result.error
    if errors.is(err) and (err.kind == "failed" or err.kind == "reverted") and not asked[err] then
      asked[err] = true
      group:spawn(function() client:explain(err) end)
    end
  end
  group:each(function() end)
end

--- Waits for many snapshots at once. It looks by listing: each look takes as many requests as there
-- are pages until all of them have been seen.
-- @tparam table|Pager|function list ids and Snapshots, or the results of `create_all`
-- @tparam[opt] number|table options `timeout` (600 seconds), `interval`,
-- `deleted` (false: until they are complete; true: until they are gone),
-- `concurrency` (8), `on_progress` (called when one is over, as for `create_all`)
-- @treturn table results in the order of the list: `ok`, `value` (a fresh Snapshot, or true),
-- `error`, `index`, `item`; nil and an error if a listing failed that was given
-- @treturn integer how many failed
function Client:wait_all(list, options)
  local session = calls.open(self).session
  options = type(options) == "number" and { timeout = options } or options
  options = check_options(options, WAIT, "wait_all")
  check.optional(options.deleted, "boolean", "deleted")
  local checked = wait.options { timeout = options.timeout, interval = options.interval }
  checked.deleted = options.deleted
  local items, problem = read_all(list, "wait_all's list")
  if not items then
    return nil, problem
  end
  local state = {
    client = self, session = session, concurrency = options.concurrency, deleted = options.deleted,
    pending = entries_of(self, items, checked), pages = 1,
    results = results_for(items, options.on_progress),
  }
  state.left = count(state.pending)
  refuse_wrong(state)
  run(state, checked)
  if not calls.state(self).closed then
    explain_all(self, state.results.list)
  end
  return state.results.list, state.results.failures
end

return Client
