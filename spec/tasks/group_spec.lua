--- Many things at once over one client.
local connect = require "spec.support.connect"
local random = require "spec.support.random"
local rsnapshots = require "rsnapshots"
local versions = require "spec.support.versions"

-- How many connections the service has seen.
local function connections(sim)
  local seen, count = {}, 0
  for _, request in ipairs(sim.requests) do
    if not seen[request.connection] then
      seen[request.connection] = true
      count = count + 1
    end
  end
  return count
end

local function collect(group)
  local results, order = {}, {}
  for task in group:results() do
    results[task.index] = task
    order[#order + 1] = task.index
  end
  return results, order
end

describe("a group", function()
  local client, sim, ids

  before_each(function()
    client, sim = connect.new({}, { latency = 0.02 })
    ids = sim:add_snapshots(12, { volume_id = sim.volume_id })
    sim:clear_requests()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function spawn_gets(group, count)
    for i = 1, count do
      group:spawn(function()
        return client:get(ids[i])
      end)
    end
  end

  it("runs tasks side by side and gives each one's value", function()
    local group = client:group { concurrency = 12 }
    spawn_gets(group, 12)
    local results = collect(group)
    assert.equal(12, #results)
    for i, task in ipairs(results) do
      assert.is_true(task.ok)
      assert.equal(ids[i], task.value.id)
    end
    assert.is_true(connections(sim) > 4) -- they did not queue up behind each other
  end)

  it("has no more at once than its concurrency", function()
    local now, most = 0, 0
    local group = client:group { concurrency = 3 }
    for i = 1, 12 do
      group:spawn(function()
        now = now + 1
        most = math.max(most, now)
        local snapshot = assert(client:get(ids[i]))
        now = now - 1
        return snapshot
      end)
    end
    collect(group)
    assert.equal(3, most)
    assert.is_true(connections(sim) <= 3)
  end)

  it("counts pages that are fetched ahead among the requests under way", function()
    local group = client:group { concurrency = 4 }
    for _ = 1, 4 do
      group:spawn(function()
        local seen = 0
        assert(client:list({ page_size = 3 }):each_page(function(page)
          for i = 1, #page do
            assert(client:get(page[i]))
            seen = seen + 1
          end
        end))
        return seen
      end)
    end
    for _, task in ipairs((collect(group))) do
      assert.equal(12, task.value)
    end
    assert.is_true(connections(sim) <= 4, connections(sim))
  end)

  it("counts them also when they are asked for again", function()
    sim:fault { path = "/detail", query = "limit=6&marker", times = 1, status = 503 }
    sim:fault { path = "/detail", query = "limit=3&marker", times = 1, delay = 2 }
    sim:fault { path = ids[12], delay = 2 }
    local group, listings = client:group { concurrency = 2 }, {}
    group:spawn(function()
      return #assert(client:list({ page_size = 6 }):all()) -- asks twice for its second page
    end)
    group:spawn(function()
      listings[1] = client:list { page_size = 3 }
      assert(listings[1]:next()) -- the second page is on its way,
      return assert(client:get(ids[12])).id -- and this, too
    end)
    local results = collect(group)
    assert.equal(12, results[1].value)
    assert.equal(ids[12], results[2].value)
    assert.is_true(connections(sim) <= 2, connections(sim))
  end)

  it("gives results as they come, not in the order of the tasks", function()
    sim:fault { path = ids[1], delay = 0.3 }
    local group = client:group()
    spawn_gets(group, 3)
    local _, order = collect(group)
    assert.equal(1, order[3])
  end)

  it("takes what raises, and nil with an error, for that task's failure alone", function()
    local group = client:group()
    group:spawn(function() error "mine" end)
    group:spawn(function() return client:get "nobody" end)
    group:spawn(function()
      local _, err = client:get "nobody"
      error(err) -- as assert does outside of specs
    end)
    group:spawn(function() return client:get(ids[4]) end)
    group:spawn(function() error() end)
    local results = collect(group)
    assert.is_false(results[1].ok)
    assert.matches("mine", results[1].error)
    assert.matches("group_spec", results[1].traceback)
    for i = 2, 3 do
      assert.is_false(results[i].ok)
      assert.equal("not_found", results[i].error.kind)
      assert.is_nil(results[i].traceback)
    end
    assert.is_true(results[4].ok)
    assert.is_false(results[5].ok)
    assert.is_nil(results[5].error)
  end)

  it("takes nil, and further values, as they are where there is no error", function()
    local group = client:group()
    group:spawn(function() end)
    group:spawn(function() return nil, "nothing" end)
    group:spawn(function() return false end)
    local results = collect(group)
    assert.same({ index = 1, ok = true }, results[1])
    assert.same({ index = 2, ok = true }, results[2])
    assert.same({ index = 3, ok = true, value = false }, results[3])
  end)

  it("lets its tasks add others, and goes on after it was empty", function()
    local group = client:group()
    group:spawn(function()
      group:spawn(function() return client:get(ids[2]) end)
      return client:get(ids[1])
    end)
    assert.equal(2, #collect(group))
    assert.is_nil(group:next())
    assert.equal(3, group:spawn(function() return 7 end))
    assert.same({ index = 3, ok = true, value = 7 }, group:next())
  end)

  it("begins those that a task adds while that task goes on", function()
    local group, log = client:group { concurrency = 8 }, {}
    group:spawn(function()
      for i = 1, 4 do
        group:spawn(function()
          log[#log + 1] = "consumer"
          return client:get(ids[i])
        end)
        assert(client:get(ids[i]))
      end
      log[#log + 1] = "producer"
    end)
    assert.equal(5, #collect(group))
    assert.equal("consumer", log[1])
    assert.equal("producer", log[5])
  end)

  it("waits for several things at once, each with its own time", function()
    local volume = sim:add_volume { name = "slow", size = 1 }
    local id = type(volume) == "table" and volume.id or volume
    local began = sim.clock.skipped
    local group = client:group()
    for i = 1, 4 do
      group:spawn(function()
        local made = assert(client:create { volume_id = id, name = "n" .. i })
        return made:wait_until_complete { timeout = 10, interval = 0.2 }
      end)
    end
    for _, task in ipairs((collect(group))) do
      assert.equal("AVAILABLE", task.value.status)
    end
    assert.is_true(sim.clock.skipped - began < 4)
  end)

  it("lists in several tasks, each its own pages", function()
    local group = client:group()
    for size = 1, 5 do
      group:spawn(function()
        return #assert(client:list({ page_size = size }):all())
      end)
    end
    for _, task in ipairs((collect(group))) do
      assert.equal(12, task.value)
    end
  end)

  it("may be within a task of another", function()
    local outer = client:group()
    for _ = 1, 2 do
      outer:spawn(function()
        local inner, total = client:group(), 0
        spawn_gets(inner, 3)
        while inner:next() do
          total = total + 1
        end
        return total
      end)
    end
    local results = collect(outer)
    assert.equal(3, results[1].value)
    assert.equal(3, results[2].value)
  end)

  it("runs those with the same key one after another, in order", function()
    local group, running, order = client:group(), {}, {}
    for i = 1, 9 do
      local key = "volume " .. i % 3
      group:spawn_serial(key, function()
        assert.is_nil(running[key])
        running[key] = true
        order[key] = (order[key] or "") .. i
        assert(client:get(ids[i]))
        running[key] = nil
      end)
    end
    for _, task in ipairs((collect(group))) do
      assert.is_true(task.ok, tostring(task.error))
    end
    assert.same({ ["volume 0"] = "369", ["volume 1"] = "147", ["volume 2"] = "258" }, order)
  end)

  it("goes on with the next one of a key after one that failed", function()
    local group = client:group()
    group:spawn_serial(1, function() error "mine" end)
    group:spawn_serial(1, function() return "next" end)
    local results = collect(group)
    assert.is_false(results[1].ok)
    assert.equal("next", results[2].value)
  end)

  describe("that is interrupted", function()
    it("by its consumer leaves nothing running", function()
      sim:fault { stall = true }
      sim:fault { path = ids[1], times = 1 }
      local group = client:group { concurrency = 4 }
      group:spawn(function() return 1 end)
      spawn_gets(group, 12)
      pcall(function()
        for task in group:results() do
          error(task)
        end
      end)
      if _VERSION ~= "Lua 5.4" then
        group:cancel()
      end
      sim:clear_faults()
      sim:clear_requests()
      assert(client:get(ids[1]))
      sim:step(0.1)
      assert.equal(1, #sim.requests)
      assert.is_nil(group:next())
      assert.error_matches(function() group:spawn(print) end, "the group is closed")
    end)

    it("by cancelling runs what a task has to close", function()
      if _VERSION ~= "Lua 5.4" then
        return
      end
      local closed = false
      local body = assert(load [[
        local client, id, close = ...
        return function()
          local guard <close> = setmetatable({}, { __close = close })
          return client:get(id)
        end
      ]])(client, ids[1], function() closed = true end)
      local group = client:group()
      group:spawn(body)
      group:spawn(function() return 1 end)
      assert(group:next())
      assert.is_false(closed)
      group:cancel()
      assert.is_true(closed)
    end)

    it("by one of its tasks ends the others, and there is no next one", function()
      for _, key in ipairs { false, "key" } do
        local group, reached = client:group { concurrency = 3 }, false
        for i = 1, 3 do
          local function body()
            assert(client:get(ids[i]))
            if i == 3 or key then
              group:cancel()
              assert(client:get(ids[4])) -- goes on to its next wait, and no further
              reached = true
            end
          end
          if key then
            group:spawn_serial(key, body)
          else
            group:spawn(body)
          end
        end
        local results = 0
        while group:next() do
          results = results + 1
        end
        assert.is_true(results < 3)
        assert.is_false(reached)
        assert(client:get(ids[1]))
      end
    end)

    it("leaves a listing usable that one of its tasks was reading", function()
      local listing, group = client:list { page_size = 2 }, client:group()
      sim:fault { path = "/snapshots/detail", after = 1, times = 1, delay = 0.5 }
      group:spawn(function() return listing:all() end)
      group:spawn(function() return client:get(ids[1]) end)
      assert.equal(2, group:next().index)
      group:cancel()
      local seen = 0
      while assert(listing:next() or seen == 10) ~= true do
        seen = seen + 1
      end
      assert.equal(10, seen) -- the first two went with the task
    end)

    it("by closing the client ends every task with an error", function()
      local group = client:group { concurrency = 2 }
      group:spawn(function()
        assert(client:get(ids[1]))
        client:close()
        return "closed"
      end)
      spawn_gets(group, 5)
      local results = collect(group)
      assert.equal("closed", results[1].value)
      for i = 3, 6 do
        assert.is_false(results[i].ok)
        assert.matches("closed", tostring(results[i].error))
      end
      assert.equal("network", results[6].error.kind) -- it never began
    end)
  end)

  describe("with a rate limit", function()
    local function limits(times, seconds)
      sim:fault { path = "/snapshots/", times = times, status = 429,
        headers = { ["Retry-After"] = seconds }, body = "{}" }
    end

    it("has fewer at once, and more again later", function()
      limits(4, "0")
      local group, lowest = client:group { concurrency = 8 }, 8
      for i = 1, 60 do
        group:spawn(function() return client:get(ids[i % 12 + 1]) end)
      end
      for task in group:results() do
        assert.is_true(task.ok, tostring(task.error))
        lowest = math.min(lowest, group:limit())
      end
      assert.is_true(lowest == 4 or lowest == 5, lowest) -- it may have grown when one is over
      assert.equal(8, group:limit())
    end)

    it("has one at once, where that is what the service takes, and all of them again", function()
      local group, lowest = nil, 16
      local watched = connect.to(sim, { retries = 8, on_request = function()
        lowest = math.min(lowest, group and group:limit() or 16)
      end })
      limits(16 + 8 + 4 + 2, "0")
      group = watched:group { concurrency = 16 }
      for i = 1, 200 do
        group:spawn(function() return watched:get(ids[i % 12 + 1]) end)
      end
      local last
      for task in group:results() do
        assert.is_true(task.ok, tostring(task.error))
        assert.is_true(not last or group:limit() >= last) -- from there on it only rises
        last = group:limit()
      end
      assert.is_true(lowest == 1 or lowest == 2, lowest) -- it may have grown when one is over
      assert.equal(16, last)
      watched:close()
    end)

    it("has fewer at once also when it meets pages that are fetched ahead", function()
      sim:fault { path = "/detail", query = "marker", times = 4, status = 429,
        headers = { ["Retry-After"] = "0" }, body = "{}" }
      local group, lowest = client:group { concurrency = 8 }, 8
      for _ = 1, 16 do
        group:spawn(function() return #assert(client:list({ page_size = 4 }):all()) end)
      end
      for task in group:results() do
        assert.equal(12, task.value)
        lowest = math.min(lowest, group:limit())
      end
      assert.is_true(lowest < 8)
    end)

    it("sends nothing else while the service wants to be left alone", function()
      limits(1, "1")
      local group, moments = client:group { concurrency = 2 }, {}
      for i = 1, 6 do
        group:spawn(function()
          local snapshot, err = client:get(ids[i])
          moments[#moments + 1] = sim.clock.ticks()
          return snapshot, err
        end)
      end
      local began = sim.clock.ticks()
      collect(group)
      local early = 0
      for _, moment in ipairs(moments) do
        early = early + (moment - began < 0.9 and 1 or 0)
      end
      assert.is_true(early <= 1) -- the one that was under way already
    end)
  end)

  it("does not wait for what comes after the deadline", function()
    local hasty = connect.to(sim, { timeout = 200 })
    sim:fault { path = ids[1], times = 1, status = 429, headers = { ["Retry-After"] = "3600" },
      body = "{}" }
    local group, began, limited = hasty:group { concurrency = 4 }, sim.clock.skipped, 0
    for i = 1, 40 do
      group:spawn(function() return hasty:get(ids[i % 12 + 1]) end)
    end
    for task in group:results() do
      assert.is_true(task.ok or task.error.kind == "rate_limited", tostring(task.error))
      limited = limited + (task.ok and 0 or 1)
    end
    assert.is_true(limited > 20)
    assert.is_true(sim.clock.skipped - began < 150)
    hasty:close()
  end)

  it("blocks where a task cannot yield, and loses nothing", function()
    local yieldable = coroutine.isyieldable
    local group, made = client:group { concurrency = 1 }, nil
    group:spawn(function()
      local ok = pcall(string.gsub, "nightly", "%w+", function(name)
        made = assert(client:create { volume_id = sim.volume_id, name = name }).id
      end)
      assert.equal(yieldable ~= nil, ok)
      return client:get(ids[1])
    end)
    group:spawn(function() return client:get(ids[2]) end)
    local began = sim.clock.skipped
    for _, task in ipairs((collect(group))) do
      assert.is_true(task.ok, tostring(task.error))
    end
    assert.is_true(sim.clock.skipped - began < 5)
    assert.equal(yieldable and 13 or 12, client:count()) -- raised: then nothing was sent
    assert.equal(yieldable ~= nil, made ~= nil)
  end)

  describe("called wrongly", function()
    it("says so", function()
      for _, bad in ipairs { 0, -1, 1.5, 1025, 2 ^ 60, 0 / 0, math.huge } do
        assert.error_matches(function() client:group { concurrency = bad } end, "concurrency")
      end
      assert.error_matches(function() client:group { concurrency = "8" } end, "concurrency")
      assert.error_matches(function() client:group { speed = 8 } end, "no option 'speed'")
      assert.error_matches(function() client:group():spawn(7) end, "the task must be a function")
      assert.error_matches(function() client:group():spawn_serial(nil, print) end, "key")
    end)

    it("takes a foreign yield for that task's failure", function()
      local group = client:group()
      group:spawn(function() coroutine.yield "mine" end)
      group:spawn(function() coroutine.yield() end)
      group:spawn(function() return client:get(ids[1]) end)
      local results = collect(group)
      for i = 1, 2 do
        assert.is_false(results[i].ok)
        assert.matches("yielded something else", results[i].error)
      end
      assert.is_true(results[3].ok)
    end)

    it("may be waited for by another coroutine after a wait that raised in the first", function()
      local fails = false
      local waiting = connect.to(sim, { wait = function(...)
        if fails then
          error "mine"
        end
        return sim.wait(...)
      end })
      local group = waiting:group()
      group:spawn(function() return waiting:get(ids[1]) end)
      fails = true
      local problem, thread = versions.raised_in_coroutine(group.next, group)
      fails = false
      assert.matches("mine", problem)
      assert.equal(ids[1], group:next().value.id)
      assert.is_not_nil(thread) -- it was there all the time
      waiting:close()
    end)

    it("refuses to be waited for by one of its tasks", function()
      local group = client:group()
      group:spawn(function() return group:next() end)
      assert.matches("by another coroutine", group:next().error)
    end)
  end)

  it("renews the token once for all", function()
    sim:revoke_tokens()
    local group = client:group { concurrency = 12 }
    spawn_gets(group, 12)
    for _, task in ipairs((collect(group))) do
      assert.is_true(task.ok, tostring(task.error))
    end
    local renewals = 0
    for _, request in ipairs(sim.requests) do
      renewals = renewals + (request.path:find "/auth/tokens" and 1 or 0)
    end
    assert.equal(1, renewals)
  end)

  it("renews for itself outside of the group, whose tasks stand still meanwhile", function()
    local hasty = connect.to(sim, { attempt_timeout = 400, timeout = 1000 })
    sim:revoke_tokens()
    sim:fault { path = "/auth/tokens", delay = 50 }
    sim:fault { path = ids[3], status = 404, delay = 10 }
    local group = hasty:group()
    group:spawn(function() return hasty:get(ids[1]) end)
    group:spawn(function() return hasty:get(ids[3]) end) -- is over while the first one renews
    local began, seen = sim.clock.skipped, 0
    for task in group:results() do
      assert.equal(ids[2], assert(hasty:get(ids[2])).id)
      seen = seen + (task.index == 1 and task.ok and 1 or 0)
    end
    assert.equal(1, seen)
    assert.is_true(sim.clock.skipped - began < 300)
    hasty:close()
  end)

  it("stays usable when on_request raises in a task", function()
    local fails = true
    local watched = connect.to(sim, { on_request = function(report)
      if fails and report.url:find(ids[2], 1, true) then
        error "mine"
      end
    end })
    local group = watched:group { concurrency = 1 }
    for i = 1, 4 do
      group:spawn(function() return watched:get(ids[i]) end)
    end
    local results = collect(group)
    assert.matches("mine", results[2].error)
    for _, i in ipairs { 1, 3, 4 } do
      assert.is_true(results[i].ok)
    end
    fails = false
    assert(watched:get(ids[2]))
    watched:close()
  end)

  it("leaves another client's calls to block, and both work", function()
    local other = connect.to(sim)
    local group = client:group()
    group:spawn(function() return other:get(ids[1]) end)
    group:spawn(function() return client:get(ids[2]) end)
    local results = collect(group)
    assert.equal(ids[1], results[1].value.id)
    assert.equal(ids[2], results[2].value.id)
    other:close()
  end)

  it("is of no use once its client is closed", function()
    client:close()
    assert.error_matches(function() client:group() end, "the client is closed")
    assert.is_false(rsnapshots.is_error(client))
  end)
end)

-- Groups within groups of whatever a client does, meeting whatever a service does. The seed decides
-- what is tried; in what order it happens depends on the time it takes.
describe("groups at random", function()
  local SEED, ROUNDS, SECONDS = 20, 12, 2000

  local client, sim, pick, known

  before_each(function()
    client, sim = connect.new({ timeout = 300, attempt_timeout = 50 },
      { latency = 0.002, create_seconds = 0.02, delete_seconds = 0.02 })
    pick, known = random(SEED), {} -- ids of those that were created, in order; false: maybe deleted
    for _, id in ipairs(sim:add_snapshots(8, { volume_id = sim.volume_id })) do
      known[#known + 1] = id
      known[id] = true
    end
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local FAULTS = {
    { status = 429, headers = { ["Retry-After"] = "0" }, body = "{}" }, { status = 503 },
    { status = 401 }, { cut = "before" }, { cut = "after" }, { delay = 0.05 }, { stall = true },
  }

  local function place_faults()
    sim:clear_faults()
    for _ = 1, pick(3) - 1 do
      local fault = { times = pick(3), after = pick(5) - 1 }
      for name, value in pairs(FAULTS[pick(#FAULTS)]) do
        fault[name] = value
      end
      sim:fault(fault)
    end
  end

  local function any_id()
    return known[pick(#known)]
  end

  local function any_ids()
    local ids = {}
    for i = 1, pick(4) do
      ids[i] = any_id()
    end
    return ids
  end

  local function note(snapshot)
    assert(known[snapshot.id] == nil, "given twice")
    known[#known + 1], known[snapshot.id] = snapshot.id, true
  end

  local function to_delete(ids)
    for _, id in ipairs(ids) do
      known[id] = false -- an answer may be lost, so whatever it says
    end
    return ids
  end

  local ACTIONS = {
    function() return client:get(any_id()) end,
    function()
      local made, err = client:create { volume_id = sim.volume_id }
      return made and note(made), err
    end,
    function() return client:delete(to_delete({ any_id() })[1]) end,
    function() return client:list({ page_size = pick(5) }):all() end,
    function() -- left in the middle
      local listing, seen = client:list { page_size = pick(4) }, {}
      for _ = 1, pick(8) do
        local snapshot, err = listing:next()
        if not snapshot then
          return nil, err
        end
        assert(not seen[snapshot.id], "listed twice")
        seen[snapshot.id] = true
      end
    end,
    function() error "mine" end,
    function()
      local orders = {}
      for i = 1, pick(3) do
        orders[i] = { volume_id = sim.volume_id }
      end
      local results = client:create_all(orders, { concurrency = pick(3) })
      assert(#results == #orders)
      for _, result in ipairs(results) do
        if result.ok then
          note(result.value)
        end
      end
    end,
    function()
      local ids = to_delete(any_ids())
      local results = client:delete_all(ids, { concurrency = pick(3), missing_ok = true })
      assert(not results or #results == #ids)
    end,
    function()
      local ids = any_ids()
      assert(#client:wait_all(ids, { timeout = 0.5, interval = 0.02 }) == #ids)
    end,
  }

  local run

  -- What a task does, one or two things; it may be a group of its own, and add another task.
  local function task_of(group, depth, spawn)
    return function()
      local value, err
      for _ = 1, pick(2) do
        local action = pick(#ACTIONS + 1)
        if action > #ACTIONS then
          value, err = depth < 3 and run(depth + 1) or nil, nil
        else
          value, err = ACTIONS[action]()
        end
        if pick(6) == 1 and not group.cancelled then
          spawn(ACTIONS[1])
        end
      end
      return value, err
    end
  end

  function run(depth)
    local group, spawned, results = client:group { concurrency = pick(6) }, 0, {}
    local function spawn(body, key)
      spawned = spawned + 1
      return key and group:spawn_serial(key, body) or group:spawn(body)
    end
    for _ = 1, pick(6) do
      spawn(task_of(group, depth, spawn), pick(3) == 1 and pick(2) or nil)
    end
    local left = pick(6) == 1 and pick(3) or math.huge
    local result = group:next()
    while result do
      assert(not results[result.index], "a result twice")
      results[result.index] = true
      assert(result.ok or rsnapshots.is_error(result.error) or result.error:find "mine",
        result.error)
      left = left - 1
      if left == 0 then
        group:cancel()
        return
      end
      result = group:next()
    end
    assert(#results == spawned, "a task without a result")
  end

  it("end, give each result once, and leave nothing behind", function()
    for round = 1, ROUNDS do
      place_faults()
      local began = sim.clock.skipped
      run(1)
      assert.is_true(sim.clock.skipped - began < SECONDS, round)
      sim:clear_faults()
      sim:advance(5) -- a login that was refused is not tried again before
      collectgarbage()
      collectgarbage() -- listings that were left
      assert(client:count())
      sim:clear_requests()
      sim:step(0.05)
      assert.same({}, sim.requests, round)
      local there = {}
      for _, snapshot in ipairs(assert(client:list():all())) do
        there[snapshot.id] = true
      end
      for id, is_kept in pairs(known) do
        assert.is_true(is_kept ~= true or there[id], id)
      end
    end
  end)
end)
