--- A client's verbs for many snapshots: creating, deleting, waiting.
--
-- Each returns a list of results in the order of its argument (`ok`, `value`,
-- `error`, `index`, `item`), and how many failed.
-- @submodule Client

local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local create = require "rsnapshots.client.create"
local errors = require "rsnapshots.error"
local listing = require "rsnapshots.client.listing"
local requests = require "rsnapshots.client.requests"
local Results = require "rsnapshots.support.results"
local wait = require "rsnapshots.client.wait"

local Client = {}

-- A caller's sequence (perhaps a page of a listing) as a table.
local function items_of(list, name)
  if type(list) == "table" then
    check.list(list, name)
  elseif type(list) ~= "userdata" or core.is_snapshot(list) or core.is_pager(list) then
    check.fail(name .. " must be a sequence")
  end
  local items = {}
  for i = 1, #list do
    items[i] = list[i]
  end
  return items
end

-- Reads all of a listing, an iterator or a sequence.
local function read_all(list, name)
  if core.is_pager(list) then
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

-- ----------------------------------------------------------------- create

local CREATE = { concurrency = "concurrency", on_progress = "function", wait = "any" }

--- Creates many snapshots side by side: a `create` for each.
-- @tparam table list tables of options as for `create`; a wrong one raises an error before anything
-- is sent
-- @tparam[opt] table options `concurrency` (8), `on_progress` (a function that is called with how
-- many are done, how many there are, and the result), `wait` (as for `create`, for each)
-- @treturn table results in the order of the list: `ok`, `value` (a Snapshot), `error`, `index`,
-- `item`
-- @treturn integer how many failed
function Client:create_all(list, options)
  requests.open(self)
  options = check.fields(options, CREATE, "create_all")
  local waits = wait.option(options.wait)
  local items = items_of(list, "create_all's list")
  local sends, keys = {}, {}
  for i, item in ipairs(items) do -- a wrong one raises an error before anything is sent
    sends[i], keys[i] = check.item(i, create.prepare, self, item, waits)
  end
  return Results.run(self, items, options, function(_, i) return keys[i] end,
    function(_, i) return sends[i]() end)
end

-- ------------------------------------------------- many snapshots by listing

-- What is known of these: how many they are, whether one belongs to another project, and their
-- volume, if they have only one.
local function survey(client, wanted)
  local count, is_abroad, volumes = 0, false, {}
  for _, item in pairs(wanted) do
    local known = core.is_snapshot(item) and item or {}
    count, volumes[known.volume_id or false] = count + 1, true
    is_abroad = is_abroad or (known.project_id or client.project_id) ~= client.project_id
  end
  local volume = next(volumes)
  return count, is_abroad, next(volumes, volume) == nil and volume or nil
end

-- Lists until every wanted one has been seen. Returns a table of them by id, and how many pages
-- were read; nil and an error.
local function find_by_listing(client, wanted, all_projects, deadline)
  local found, pages = {}, 0
  local left, _, volume = survey(client, wanted)
  local filters = listing.filters { volume_id = volume, prefetch = false,
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

local DELETE = { concurrency = "concurrency", on_progress = "function", missing_ok = "boolean",
  force = "boolean", all = "boolean", dry_run = "boolean" }

-- The volume of each snapshot. A bare id does not tell it; several are looked up with one listing.
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
    local found, err = find_by_listing(client, unknown, false)
    if not found then
      return nil, err
    end
    for id, snapshot in pairs(found) do
      volumes[id] = snapshot.volume_id
    end
  end
  return volumes
end

-- A filter that is nil by mistake must not delete a project's snapshots.
local function check_narrowed(list, options)
  if listing.is_wide(list) and not options.all then
    check.fail("delete_all: nothing says whose snapshots these are: give the listing a volume_id, "
      .. "name, name_like or metadata; or say all = true")
  end
end

--- Deletes many snapshots side by side: a `delete` for each. Snapshots of one volume are deleted
-- one after another.
-- @tparam table|Pager|function list ids and Snapshots. A listing is read to its end before anything
-- is deleted. A listing without `volume_id`, `name`, `name_like` or `metadata` raises an error,
-- unless `all` is true
-- @tparam[opt] table options `concurrency` (8), `on_progress`, `missing_ok`, `force`, `all`
-- (false), `dry_run` (true: returns what would be deleted)
-- @treturn table results in the order of the list: `ok`, `value` (true), `error`, `index`, `item`;
-- nil and an error if a listing failed; then nothing was deleted
-- @treturn integer how many failed
function Client:delete_all(list, options)
  local state = requests.open(self)
  options = check.fields(options, DELETE, "delete_all")
  check_narrowed(list, options)
  -- before anything is deleted, since that moves the pages of a listing
  local items, err = read_all(list, "delete_all's list")
  if not items then
    return nil, err
  elseif options.dry_run then
    return Results.run(self, items, options, function() end, function() return true end)
  end
  local volumes, problem = volumes_of(self, items)
  if not volumes then
    return nil, problem
  elseif state.closed then -- by a callback
    return nil, errors.closed()
  end
  local deleted = {} -- an id that is given twice is deleted once
  local how = { missing_ok = options.missing_ok, force = options.force }
  local function key_of(item)
    local id = core.id(item) or item
    return volumes[id] or id
  end
  return Results.run(self, items, options, key_of, function(item)
    local id = core.id(item) or item
    if not deleted[id] then
      deleted[id] = { self:delete(item, how) }
    end
    return deleted[id][1], deleted[id][2]
  end)
end

-- ------------------------------------------------------------------- wait

local WAIT = { concurrency = "concurrency", on_progress = "function", timeout = "number",
  interval = "seconds", deleted = "boolean" }

-- A result of create_all, delete_all or wait_all stands for its snapshot; a failure stays one.
local function item_of_result(item)
  if type(item) ~= "table" or item.ok == nil then
    return item
  elseif not item.ok then
    return nil, item.error
  end
  return item_of_result(core.is_snapshot(item.value) and item.value or item.item)
end

-- What to wait for, by id: a watch, and the indices of the items.
local function entries_of(client, items, options)
  local state, entries = requests.state(client), {}
  for i, given in ipairs(items) do
    local item, problem = item_of_result(given)
    local id
    if problem == nil then
      id, problem = requests.id(item, ("item %d"):format(i))
    end
    local key = id or given
    entries[key] = entries[key] or { item = item, indices = {}, problem = problem,
      watch = id and wait.watch_snapshot(state, id, item, options, options.deleted) }
    table.insert(entries[key].indices, i)
  end
  return entries
end

local function conclude(run, id, value, err)
  local entry = run.pending[id]
  run.pending[id] = nil
  for _, index in ipairs(entry.indices) do
    run.results:add(index, { ok = not err, value = value, error = err })
  end
end

-- Applies what one poll found: a snapshot, or an error. Returns the value if the wait is over.
local function judge(run, id, snapshot, err)
  local now = run.state.session.core:now()
  local over, value, problem = run.pending[id].watch:judge(snapshot, err, now)
  if over then
    conclude(run, id, value, problem)
  end
  return value
end

-- Ends every pending wait for which `error_of(entry)` returns an error.
local function give_up(run, error_of)
  for id, entry in pairs(run.pending) do
    local err = error_of(entry)
    if err then
      conclude(run, id, nil, err)
    end
  end
end

-- Is there nothing left to do, or was the client closed meanwhile?
local function is_over(run)
  if run.state.closed then
    give_up(run, function() return errors.closed() end)
  end
  return next(run.pending) == nil
end

-- Reads each of these by itself. Returns an error if one has `retry_after`.
local function ask_each(run, ids, deadline)
  if is_over(run) then
    return nil
  end
  local group = run.client:group { concurrency = run.concurrency }
  local asked, limit = {}, nil
  for id in pairs(ids) do
    local index = group:spawn(function()
      return requests.poll_snapshot(run.client, id, deadline)
    end)
    asked[index] = id
  end
  group:each(function(task)
    if not errors.is(task.error) and not task.ok then
      error(task.error, 0)
    end
    if task.error and task.error.retry_after then
      limit = task.error
    end
    judge(run, asked[task.index], task.value, task.error)
  end)
  return limit
end

-- Ends the waits for those that a listing would have if they were not gone. One answer may be odd,
-- so one of them is read first.
local function believe(run, gone, deadline)
  for _, id in ipairs(gone) do
    run.pending[id].watch:miss()
  end
  local first = table.remove(gone)
  if first and judge(run, first, requests.poll_snapshot(run.client, first, deadline)) then
    for _, id in ipairs(gone) do
      conclude(run, id, true)
    end
  end
end

-- Applies what a listing found. Returns the ids that it does not have, except those that it would
-- have if they were not gone.
local function judge_listed(run, wanted, found, deadline)
  -- by offset, a delete in the meantime moves other rows to a page that was read already
  local is_whole = run.state.dialect.has_marker
  local missing, gone, home = {}, {}, run.client.project_id
  for id, item in pairs(wanted) do
    local entry = run.pending[id]
    if found[id] then
      entry.listed = true
      judge(run, id, found[id])
    elseif run.deleted and is_whole and (entry.listed
      or home and core.is_snapshot(item) and item.project_id == home) then
      gone[#gone + 1] = id
    else
      missing[id] = true
    end
  end
  believe(run, gone, deadline)
  return missing
end

-- Polls all pending snapshots once: by listing, unless reading each of them takes fewer requests.
-- Those that no page has are read one by one. Returns an error if the listing failed, or if a read
-- failed with `retry_after`.
local function poll(run, deadline)
  local wanted = {}
  for id, entry in pairs(run.pending) do
    wanted[id] = entry.watch.last or entry.item
  end
  local count, is_abroad = survey(run.client, wanted)
  if not is_over(run) and count > run.pages then
    run.all_projects = run.all_projects or is_abroad
    local found, pages = find_by_listing(run.client, wanted, run.all_projects, deadline)
    if found then
      run.pages = math.max(1, pages)
      wanted = judge_listed(run, wanted, found, deadline)
    elseif pages.status ~= 404 then -- a 404 for the listing says nothing about any of them
      for id in pairs(wanted) do
        judge(run, id, nil, pages)
      end
      return pages
    end
  end
  return ask_each(run, wanted, deadline)
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

local function wait_for(client, items, options)
  local run = {
    client = client, state = requests.state(client), concurrency = options.concurrency,
    deleted = options.deleted, pages = 1, pending = entries_of(client, items, options),
    results = Results.new(items, options.on_progress),
  }
  give_up(run, function(entry) return entry.problem end) -- an id that cannot be one
  local in_time = wait.poll(run.state.session, options, function(deadline)
    local err = poll(run, deadline)
    return next(run.pending) == nil, err
  end)
  if not in_time then
    give_up(run, function(entry) return entry.watch:timed_out(options) end)
  end
  return run.results
end

--- Waits for many snapshots at once. It polls by listing: each poll takes as many requests as there
-- are pages until all of them have been seen.
-- @tparam table|Pager|function list ids and Snapshots, or results of `create_all`, `delete_all` or
-- `wait_all`
-- @tparam[opt] number|table options `timeout` (600 seconds), `interval`,
-- `deleted` (false: until they are complete; true: until they are gone),
-- `concurrency` (8), `on_progress` (called when one is over, as for `create_all`)
-- @treturn table results in the order of the list: `ok`, `value` (a new Snapshot, or true),
-- `error`, `index`, `item`; nil and an error if a listing that you gave failed
-- @treturn integer how many failed
function Client:wait_all(list, options)
  local state = requests.open(self)
  options = wait.options(options, WAIT)
  local items, problem = read_all(list, "wait_all's list")
  if not items then
    return nil, problem
  end
  local results = wait_for(self, items, options)
  if not state.closed then
    explain_all(self, results.list)
  end
  return results.list, results.failures
end

return Client
