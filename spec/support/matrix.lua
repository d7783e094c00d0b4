--- Every verb of a client, tried on one service: each gives the right result, or an error.
--
-- A trial returns nothing if the result was right; else the error, or a text that says what is
-- wrong. In any case the service must have lost no snapshot, and made none twice.
local errors = require "rsnapshots.error"

local matrix = {}

local VOLUMES = { "one", "two" }
local PER_VOLUME = 4

-- These quirks would mean something else if the service had a low limit of its own.
local WHOLE = { no_links = true, v1_offset_ignored = true, v1_paging_ignored = true }

--- The options of the service for the trials: it has a low limit of its own.
function matrix.options(quirk)
  return { quirks = { quirk }, page_limit = not WHOLE[quirk] and 3 or nil, create_seconds = 2,
    delete_seconds = 2 }
end

--- Fills a simulator.
function matrix.populate(sim)
  local volumes = {}
  for i, name in ipairs(VOLUMES) do
    volumes[i] = sim:add_volume { name = name, size = 1 }
    local list = {}
    for n = 1, PER_VOLUME do
      -- far apart, so that a pause between two volumes changes no order
      list[n] = { name = name .. n, volume_id = volumes[i], age = 1000 * n + 100 * i,
        status = n == 2 and "error" or nil }
    end
    sim:add_snapshots(list)
  end
  return volumes
end

-- The ids of a simulator's snapshots that pass a test, sorted, in one text.
local function ids_in(sim, test)
  local names = {}
  for _, record in ipairs(sim.store.snapshots) do
    if not test or test(record) then
      names[#names + 1] = record.id
    end
  end
  table.sort(names)
  return table.concat(names, " ")
end

local function ids_by_time(sim)
  local ids = {}
  for i, record in ipairs(sim.store.snapshots) do
    ids[i] = record.id
  end
  return table.concat(ids, " ")
end

local function joined(snapshots, in_order)
  local names = {}
  for i, snapshot in ipairs(snapshots) do
    names[i] = snapshot.id
  end
  if not in_order then
    table.sort(names)
  end
  return table.concat(names, " ")
end

local function compare(what, expected, got)
  if expected ~= got then
    return ("%s: expected %s, got %s"):format(what, tostring(expected), tostring(got))
  end
  return nil
end

-- A trial of a listing.
local function lists(filters, test)
  return function(t)
    local asked = filters(t)
    asked.page_size = asked.page_size or 3
    local all, err = t.client:list(asked):all()
    if not all then
      return err
    end
    return compare("list", ids_in(t.sim, test and function(record) return test(record, t) end),
      joined(all))
  end
end

local function in_volume(record, t)
  return record.volume_id == t.volumes[1]
end

local function find(sim, name)
  for _, record in ipairs(sim.store.snapshots) do
    if record.name == name then
      return record
    end
  end
end

local function how_many(sim, name)
  local count = 0
  for _, record in ipairs(sim.store.snapshots) do
    count = count + (record.name == name and 1 or 0)
  end
  return count
end

-- A trial of a create: there must be exactly as many snapshots as it says.
local function creates(options)
  return function(t)
    local name = "made-" .. t.number
    local given = { volume_id = t.volumes[1], name = name }
    for key, value in pairs(options) do
      given[key] = value
    end
    local made, err = t.client:create(given)
    local count = how_many(t.sim, name)
    if made then
      return compare("creates", 1, count) or compare("id", find(t.sim, name).id, made.id)
        or options.wait and compare("status", "AVAILABLE", made.status) or nil
    elseif err.kind ~= "uncertain" then
      return compare("creates of one that failed", 0, count) or err
    end
    return count > 1 and "made twice" or err
  end
end

-- Adds a snapshot that no client has asked for.
local function add(t, status)
  local name = "added-" .. t.number
  local ids = t.sim:add_snapshots { { name = name, volume_id = t.volumes[2], status = status } }
  return ids[1], name
end

local function first_error(results)
  for _, result in ipairs(results) do
    if not result.ok then
      return result.error
    end
  end
  return nil
end

-- Snapshots that exist twice, or that are missing although a result names them.
local function wrongly_made(t, results)
  for _, result in ipairs(results) do
    local count = how_many(t.sim, result.item.name)
    if count > 1 or count == 0 and result.ok then
      return ("%s is there %d times"):format(result.item.name, count)
    end
  end
  return nil
end

local function how_many_left(t, ids)
  local left = 0
  t.sim.store:advance()
  for _, id in ipairs(ids) do
    left = left + (t.sim:find_snapshot(id) and 1 or 0)
  end
  return left
end

-- Deletes what was made, and waits until it is gone.
local function delete_all_of(t, made)
  local snapshots, ids = {}, {}
  for i, result in ipairs(made) do
    snapshots[i], ids[i] = result.value, result.value.id
  end
  local results, failures = t.client:delete_all(snapshots)
  if failures == 0 then
    results, failures = t.client:wait_all(snapshots, { deleted = true, timeout = 60 })
  end
  return failures > 0 and first_error(results) or compare("left", 0, how_many_left(t, ids))
end

-- A volume of its own, and its snapshots.
local function short_lived(t)
  local volume = t.sim:add_volume { name = "short-lived-" .. t.number }
  local list = {}
  for i = 1, 5 do
    list[i] = { name = ("v-%s-%d"):format(t.number, i), volume_id = volume }
  end
  return volume, t.sim:add_snapshots(list)
end

matrix.trials = {
  { "list", lists(function() return {} end) },
  { "list of a status", lists(function() return { status = "error" } end,
    function(record) return record.status == "error" end) },
  { "list of a volume", lists(function(t) return { volume_id = t.volumes[1] } end, in_volume) },
  { "list of a name", lists(function() return { name = "two3" } end,
    function(record) return record.name == "two3" end) },
  { "short list", lists(function() return { detailed = false } end) },
  { "list in pages of one", lists(function() return { page_size = 1 } end) },
  { "list in an order", function(t)
    local all, err = t.client:list({ sort = "created_at:asc", page_size = 3 }):all()
    return all and compare("order", ids_by_time(t.sim), joined(all, true)) or err
  end },
  { "the newest", function(t)
    local all, err = t.client:list({ sort = "created_at:desc", max = 1 }):all()
    local list = t.sim.store.snapshots
    return all and compare("newest", list[#list].id, joined(all)) or err
  end },
  { "list by pages", function(t)
    local rows = {}
    local ok, err = t.client:list():each_page(function(page)
      for i = 1, #page do
        rows[#rows + 1] = page[i]
      end
    end)
    return ok and compare("pages", ids_in(t.sim), joined(rows)) or err
  end },
  { "count", function(t)
    local count, err = t.client:count()
    return count and compare("count", #t.sim.store.snapshots, count) or err
  end },
  { "count of a status", function(t)
    local count, err = t.client:count { status = "error", volume_id = t.volumes[1] }
    return count and compare("count", 1, count) or err
  end },
  { "get", function(t)
    local id = add(t)
    local found, err = t.client:get(id)
    return found and compare("get", id, found.id) or err
  end },
  { "get of none", function(t)
    local found, err = t.client:get "2b9f4a70-0000-4000-8000-000000000001"
    return found and "found" or err.kind ~= "not_found" and err or nil
  end },
  { "find", function(t)
    local found, err = t.client:find "one3"
    return found and compare("find", find(t.sim, "one3").id, found.id) or err
  end },
  { "find by id", function(t)
    local id = find(t.sim, "two4").id
    local found, err = t.client:find(id)
    return found and compare("find", id, found.id) or err
  end },
  { "find of none", function(t)
    local found, err = t.client:find "nobody"
    return found and "found" or err.kind ~= "not_found" and err or nil
  end },
  { "create", creates {} },
  { "create once", creates { once = true } },
  { "create and wait", creates { wait = 60 } },
  { "create once and wait", creates { once = true, wait = 60 } },
  { "update", function(t)
    local id, name = add(t)
    local changed, err = t.client:update(id, { description = "new " .. name })
    return changed and (compare("id", id, changed.id)
      or compare("description", "new " .. name, t.sim:find_snapshot(id).description)) or err
  end },
  { "metadata", function(t)
    if t.client.api_version == 1 then
      local _, err = t.client:set_metadata((add(t)), { a = "b" })
      return err.kind ~= "unsupported" and err or nil
    end
    local id = add(t)
    local all, err = t.client:set_metadata(id, { a = "b" })
    if not all then
      return err
    end
    local read, problem = t.client:get_metadata(id)
    if not read then
      return problem
    end
    local ok
    ok, problem = t.client:delete_metadata(id, "a")
    return compare("set", "b", all.a) or compare("read", "b", read.a) or not ok and problem or nil
  end },
  { "wait until complete", function(t)
    local made = t.sim:add_snapshots({ { name = "w" .. t.number, volume_id = t.volumes[2],
      status = "creating" } })[1]
    t.sim.store:enter(t.sim:find_snapshot(made), "creating", 3,
      function(record) record.status = "available" end)
    local found, err = t.client:wait_until_complete(made, 60)
    return found and (compare("status", "AVAILABLE", found.status)
      or compare("in truth", "available", t.sim:find_snapshot(made).status)) or err
  end },
  { "volumes", function(t)
    local all, err = t.client:volumes({ page_size = 3 }):all()
    return all and compare("volumes", #t.sim.store.volumes, #all) or err
  end },
  { "volume by its name", function(t)
    local found, err = t.client:volume "two"
    return found and compare("volume", t.volumes[2], found.id) or err
  end },
  { "delete", function(t)
    local id = add(t)
    local ok, err = t.client:delete(id)
    t.sim:advance(3)
    t.sim.store:advance()
    return ok and compare("delete", nil, t.sim:find_snapshot(id)) or err
  end },
  { "delete of none", function(t)
    local id = "2b9f4a70-0000-4000-8000-000000000001"
    local ok, err = t.client:delete(id)
    if ok or err.kind ~= "not_found" then
      return ok and "deleted what is not there" or err
    end
    ok, err = t.client:delete(id, { missing_ok = true })
    return not ok and err or nil
  end },
  { "delete and wait", function(t)
    local id = add(t)
    local snapshot, err = t.client:get(id)
    if not snapshot then
      return err
    end
    local ok
    ok, err = t.client:delete(snapshot)
    if not ok then
      return err
    end
    ok, err = t.client:wait_until_deleted(snapshot, 60)
    t.sim.store:advance()
    return ok and compare("wait", nil, t.sim:find_snapshot(id)) or err
  end },
  { "create and delete all, with waits", function(t)
    local list = {}
    for i = 1, 5 do
      list[i] = { volume_id = t.volumes[i % 2 + 1], name = ("all-%s-%d"):format(t.number, i) }
    end
    local results, failures = t.client:create_all(list, { wait = 60 })
    local problem = wrongly_made(t, results) or failures > 0 and first_error(results)
    return problem or delete_all_of(t, results)
  end },
  { "delete all of a volume", function(t)
    local volume, ids = short_lived(t)
    local before = #t.sim.store.snapshots
    local results, failures = t.client:delete_all(t.client:list { volume_id = volume })
    t.sim:advance(3)
    t.sim.store:advance()
    if not results then
      return compare("snapshots", before, #t.sim.store.snapshots) or failures
    end
    return failures > 0 and first_error(results) or compare("results", #ids, #results)
      or compare("left", 0, how_many_left(t, ids))
      or compare("snapshots", before - #ids, #t.sim.store.snapshots)
  end },
}

--- Runs a trial; what was wrong, or the error.
function matrix.try(t, trial)
  local ok, problem = pcall(trial[2], t)
  return not ok and "it raised " .. tostring(problem) or problem or nil
end

matrix.is_error = errors.is

return matrix
