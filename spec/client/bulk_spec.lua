--- The verbs for many snapshots.
local connect = require "spec.support.connect"
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"

local function id_of(volume)
  return type(volume) == "table" and volume.id or volume
end

-- How many requests of that method there were, with a path that matches.
local function requests(sim, method, pattern)
  local count = 0
  for _, request in ipairs(sim.requests) do
    if request.method == method and request.path:find(pattern or "/snapshots") then
      count = count + 1
    end
  end
  return count
end

for version = 1, 3 do
  describe("many snapshots with version " .. version, function()
    local client, sim

    before_each(function()
    client, sim = connect.new({ api_version = version },
        { create_seconds = 0.5, latency = 0.005 })
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    local function orders(count)
      local list = {}
      for i = 1, count do
        list[i] = { volume_id = sim.volume_id, name = "n" .. i }
      end
      return list
    end

    local function values(results)
      local list = {}
      for i, result in ipairs(results) do
        assert.is_true(result.ok, tostring(result.error))
        list[i] = result.value
      end
      return list
    end

    it("are created, waited for and deleted", function()
      local results, failures = client:create_all(orders(20))
      assert.equal(0, failures)
      local made = values(results)
      for i, snapshot in ipairs(made) do
        assert.equal("n" .. i, snapshot.name)
        assert.equal(i, results[i].index)
        assert.equal("n" .. i, results[i].item.name)
      end
      results, failures = client:wait_all(made, { interval = 0.1 })
      assert.equal(0, failures)
      for i, snapshot in ipairs(values(results)) do
        assert.equal(made[i].id, snapshot.id)
        assert.equal("AVAILABLE", snapshot.status)
      end
      results, failures = client:delete_all(made)
      assert.equal(0, failures)
      assert.equal(20, #results)
      results, failures = client:wait_all(made, { deleted = true, interval = 0.1 })
      assert.equal(0, failures)
      assert.equal(true, results[20].value)
      assert.equal(0, client:count())
    end)

    it("are waited for in pages, not one by one", function()
      sim:add_snapshots(100, { volume_id = sim.volume_id })
      local made = values((client:create_all(orders(50))))
      sim:clear_requests()
      local polls = 0
      local _, failures = client:wait_all(made, { interval = 0.2, on_progress = function()
        polls = polls + 1
      end })
      assert.equal(0, failures)
      assert.equal(50, polls)
      assert.is_true(requests(sim, "GET") < 15, requests(sim, "GET"))
    end)

    it("that fail say each for itself why", function()
      local made = values((client:create_all {
        { volume_id = sim.volume_id, name = "rc_create_fail=1" },
        { volume_id = sim.volume_id, name = "good" },
        { volume_id = sim.volume_id, name = "rc_create_sleep=60" },
      }))
      made[4] = "00000000-0000-0000-0000-000000000000"
      local results, failures = client:wait_all(made, { timeout = 30, interval = 1 })
      assert.equal(3, failures)
      assert.equal("failed", results[1].error.kind)
      assert.equal("ERROR", results[1].error.snapshot.status)
      assert.is_true(results[2].ok)
      assert.equal("timeout", results[3].error.kind)
      assert.equal("CREATING", results[3].error.snapshot.status)
      assert.equal("not_found", results[4].error.kind)
    end)
  end)
end

describe("creating many", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  it("sends nothing when one of them is wrong", function()
    assert.error_matches(function()
      client:create_all { { volume_id = sim.volume_id }, { name = "no volume" } }
    end, "volume_id")
    assert.error_matches(function() client:create_all { 7 } end, "must be a table")
    assert.equal(0, requests(sim, "POST"))
  end)

  it("counts failures and keeps the others", function()
    local results, failures = client:create_all {
      { volume_id = sim.volume_id, name = "good" },
      { volume_id = "00000000-0000-0000-0000-000000000000" },
    }
    assert.equal(1, failures)
    assert.is_true(results[1].ok)
    assert.equal("not_found", results[2].error.kind)
  end)

  it("tells of its progress", function()
    local seen = {}
    client:create_all({ { volume_id = sim.volume_id }, { volume_id = sim.volume_id } }, {
      on_progress = function(done, total, task)
        seen[#seen + 1] = { done, total, task.ok }
      end })
    assert.same({ { 1, 2, true }, { 2, 2, true } }, seen)
  end)

  it("with once makes each exactly once, whatever is cut", function()
    sim:fault { method = "POST", path = "/snapshots", cut = "after", times = 2 }
    local list = {}
    for i = 1, 5 do
      list[i] = { volume_id = sim.volume_id, name = "n" .. i, once = true }
    end
    local _, failures = client:create_all(list)
    assert.equal(0, failures)
    assert.equal(5, client:count())
  end)

  it("with once and one name for several makes each, where the name is the only mark", function()
    local first = connect.to(sim, { api_version = 1 })
    sim:fault { method = "POST", path = "/snapshots", cut = "before", times = 1 }
    local order = { volume_id = sim.volume_id, name = "nightly", once = true }
    local results, failures = first:create_all { order, order, order }
    assert.equal(0, failures)
    assert.not_equal(results[1].value.id, results[2].value.id)
    assert.equal(3, first:count())
    first:close()
  end)

  it("takes an empty list", function()
    assert.same({}, (client:create_all {}))
    assert.same({}, (client:delete_all {}))
    assert.same({}, (client:wait_all {}))
  end)

  it("leaves nothing running when on_progress raises", function()
    sim:fault { method = "POST", path = "/snapshots", after = 1, stall = true, times = math.huge }
    local orders = {}
    for i = 1, 8 do
      orders[i] = { volume_id = sim.volume_id }
    end
    assert.error_matches(function()
      client:create_all(orders, { concurrency = 4, on_progress = function() error "mine" end })
    end, "mine")
    assert.is_nil(client:timeout())
  end)

  it("passes on what on_progress raises, and the client stays usable", function()
    assert.error_matches(function()
      client:create_all({ { volume_id = sim.volume_id } }, { on_progress = function()
        error "mine"
      end })
    end, "mine")
    assert(client:count())
  end)
end)

describe("deleting many", function()
  local client, sim, volumes

  before_each(function()
    client, sim = connect.new({}, { delete_seconds = 0, latency = 0.01 })
    volumes = { sim.volume_id }
    for i = 2, 4 do
      volumes[i] = id_of(sim:add_volume { name = "v" .. i, size = 1 })
    end
    for _, volume in ipairs(volumes) do
      sim:add_snapshots(5, { volume_id = volume })
    end
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  -- Deletes them all; the volumes in the order in which the service is asked.
  local function delete_all(list)
    local volume_of, order = {}, {}
    for snapshot in client:list() do
      volume_of[snapshot.id] = snapshot.volume_id
    end
    sim:clear_requests()
    local results, failures = client:delete_all(list, { concurrency = 4 })
    for _, request in ipairs(sim.requests) do
      if request.method == "DELETE" then
        order[#order + 1] = volume_of[request.path:match "/snapshots/([^/]+)$"]
      end
    end
    return results, failures, order
  end

  it("takes ids, Snapshots, a listing or an iterator", function()
    local ids = {}
    for snapshot in client:list { max = 5 } do
      ids[#ids + 1] = snapshot.id
    end
    assert.equal(0, select(2, client:delete_all(ids)))
    assert.equal(0, select(2, client:delete_all(client:list({ max = 5 }):all())))
    assert.equal(0, select(2, client:delete_all(client:list { max = 5 }, { all = true })))
    local pager = client:list()
    assert.equal(0, select(2, client:delete_all(function() return (pager:next()) end)))
    assert.equal(0, client:count())
  end)

  it("goes through the volumes one after another, in each", function()
    local results, failures, order = delete_all(client:list({ name_like = "s" }))
    assert.equal(0, failures)
    assert.equal(20, #results)
    -- of four under way at once, no two are of one volume
    for i = 1, #order - 3, 4 do
      local seen = {}
      for k = i, i + 3 do
        assert.is_nil(seen[order[k]])
        seen[order[k]] = true
      end
    end
  end)

  it("looks the volumes of ids up, by listing", function()
    local ids = {}
    for snapshot in client:list() do
      ids[#ids + 1] = snapshot.id
    end
    local _, failures, order = delete_all(ids)
    assert.equal(0, failures)
    assert.equal(1, requests(sim, "GET"))
    assert.not_equal(order[1], order[2])
  end)

  it("deletes what is named twice once", function()
    local snapshot = client:list():next()
    local results, failures = client:delete_all { snapshot, snapshot.id, snapshot }
    assert.equal(0, failures)
    assert.equal(3, #results)
    assert.equal(1, requests(sim, "DELETE"))
  end)

  it("minds a missing one only where that was not allowed", function()
    local gone = "00000000-0000-0000-0000-000000000000"
    local results, failures = client:delete_all { gone, client:list():next() }
    assert.equal(1, failures)
    assert.equal("not_found", results[1].error.kind)
    assert.equal(0, select(2, client:delete_all({ gone }, { missing_ok = true })))
    sim:clear_requests()
    assert.equal(3, select(2, client:delete_all { gone, gone, gone }))
    assert.equal(1, requests(sim, "DELETE"))
  end)

  it("deletes nothing when the listing fails", function()
    local listing = client:list { page_size = 7, name_like = "s" }
    assert(listing:next())
    sim:fault { method = "GET", path = "/snapshots/detail", status = 403 }
    local results, err = client:delete_all(listing)
    assert.is_nil(results)
    assert.equal("forbidden", err.kind)
    assert.equal(0, requests(sim, "DELETE"))
  end)

  it("does nothing by halves: a hole, a table that is no list, a listing that fails", function()
    local list = assert(client:list():all())
    for _, wrong in ipairs { { list[1], nil, list[3] }, { [2] = list[2] }, { list[1], name = "x" },
      { volume_id = "x" } } do
      for _, verb in ipairs { "delete_all", "wait_all", "create_all" } do
        assert.error_matches(function() client[verb](client, wrong) end, "_all's list")
      end
    end
    for _, verb in ipairs { "delete_all", "wait_all" } do
      local pager = client:list { page_size = 7, prefetch = false }
      sim:fault { path = "/snapshots/detail", after = 1, times = 1, status = 403 }
      local results, err = client[verb](client, function() return pager:next() end)
      assert.is_nil(results)
      assert.equal("forbidden", err.kind)
      sim:clear_faults()
    end
    assert.equal(20, client:count())
  end)

  it("says what is wrong with a call", function()
    assert.error_matches(function() client:delete_all() end, "must be a sequence")
    assert.error_matches(function() client:delete_all "id" end, "must be a sequence")
    assert.error_matches(function() client:delete_all { 7 } end, "item 1 must be a string")
    assert.error_matches(function() client:delete_all { "" } end, "item 1 must not be empty")
    assert.error_matches(function() client:delete_all({}, { speed = 1 }) end, "no option 'speed'")
    assert.error_matches(function() client:wait_all({}, { timeout = -2 }) end, "timeout")
    assert.error_matches(function() client:create_all(client:list()) end, "must be a sequence")
  end)
end)

describe("waiting for hundreds takes pages per poll, not a request for each,", function()
  local client, sim

  before_each(function()
    sim = assert(simulator.new { create_seconds = 0.3, delete_seconds = 0.3,
      now = connect.still() })
    client = assert(sim:connect()) -- on a clock that both share
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function assert_few(who, list, options)
    sim:clear_requests()
    options.interval = 0.1
    assert.equal(0, select(2, who:wait_all(list, options)))
    assert.is_true(requests(sim, "GET", "/snapshots") < 15, requests(sim, "GET", "/snapshots"))
  end

  it("when they are being deleted, or gone already", function()
    sim:add_snapshots(200, { volume_id = sim.volume_id })
    local list = assert(client:list():all())
    assert.equal(0, select(2, client:delete_all(list, { concurrency = 32 })))
    assert_few(client, list, { deleted = true })
    assert_few(client, list, { deleted = true })
    assert.equal(0, client:count())
  end)

  it("when they are other projects'", function()
    local admin = assert(sim:connect { user = "admin" })
    for i = 1, 50 do
      assert(client:create { volume_id = sim.volume_id, name = "n" .. i })
    end
    local list = assert(admin:list({ all_projects = true }):all())
    assert.equal(50, #list)
    assert_few(admin, list, {})
    assert.equal(0, select(2, client:delete_all(list, { concurrency = 32 })))
    assert_few(admin, list, { deleted = true })
    admin:close()
  end)

  it("and believes a listing only that would have it", function()
    local hidden = connect.to(sim, { user = "admin" })
    local made = assert(client:create { volume_id = sim.volume_id })
    assert(client:wait_until_complete(made, { interval = 0.1 }))
    local list = { made.id, sim:add_snapshots(1, { volume_id = sim.volume_id })[1] }
    local results = hidden:wait_all(list, { deleted = true, timeout = 0 })
    assert.equal("timeout", results[1].error.kind)
    assert.equal("timeout", results[2].error.kind)
    hidden:close()
  end)
end)

describe("waiting for many", function()
  local client, sim

  before_each(function()
    client, sim = connect.new({}, { create_seconds = 0.3 })
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function create(count, name)
    local list = {}
    for i = 1, count do
      list[i] = { volume_id = sim.volume_id, name = name }
    end
    local made = {}
    for i, result in ipairs((client:create_all(list))) do
      made[i] = result.value
    end
    return made
  end

  it("gets over failures of a poll", function()
    local made = create(5)
    sim:fault { path = "/snapshots", status = 503, times = 8 }
    local _, failures = client:wait_all(made, { interval = 0.1, timeout = 20 })
    assert.equal(0, failures)
  end)

  it("ends at once with what time does not cure", function()
    local made = create(3, "rc_create_sleep=60")
    sim:fault { path = "/snapshots", status = 403 }
    local began = sim.clock.skipped
    local results, failures = client:wait_all(made, 30)
    assert.equal(3, failures)
    assert.equal("forbidden", results[3].error.kind)
    assert.is_true(sim.clock.skipped - began < 5)
  end)

  it("does not take a listing that is not found for snapshots that are gone", function()
    local made = create(3)
    sim:fault { path = "/snapshots/detail", status = 404, body = "<html>404</html>",
      times = math.huge }
    local results, failures = client:wait_all(made,
      { deleted = true, timeout = 1, interval = 0.1 })
    assert.equal(3, failures)
    for _, result in ipairs(results) do
      assert.equal("timeout", result.error.kind)
    end
    assert.equal(0, select(2, client:wait_all(made, { interval = 0.1 })))
  end)

  it("is over when its time is, and says what it saw last", function()
    local made = create(3, "rc_create_sleep=60")
    local began = sim.clock.skipped
    local results, failures = client:wait_all(made, 1)
    assert.equal(3, failures)
    assert.equal("timeout", results[1].error.kind)
    assert.equal("CREATING", results[1].error.snapshot.status)
    assert.is_true(sim.clock.skipped - began < 2)
    assert.equal(3, select(2, client:wait_all(made, 0)))
  end)

  it("asks one by one for what is left when that takes fewer requests", function()
    sim:add_snapshots(30, { volume_id = sim.volume_id })
    local made = create(1, "rc_create_sleep=1")
    sim:clear_requests()
    assert.equal(0, select(2, client:wait_all(made, { interval = 0.2 })))
    assert.equal(0, requests(sim, "GET", "/detail$"))
  end)

  it("notices a delete that was taken back", function()
    local made = create(3, "rc_delete_busy=1")
    client:wait_all(made, { interval = 0.1 })
    assert.equal(0, select(2, client:delete_all(made)))
    local results, failures = client:wait_all(made, { deleted = true, interval = 0.1 })
    assert.equal(3, failures)
    assert.equal("reverted", results[2].error.kind)
  end)

  it("sends nothing for an id that cannot be one", function()
    sim:clear_requests()
    for _, id in ipairs { "..", ".", "a\nb" } do
      for _, deleted in ipairs { false, true } do
        local results, failures = client:wait_all({ id }, { deleted = deleted })
        assert.equal(1, failures)
        assert.equal("invalid", results[1].error.kind)
      end
    end
    assert.equal(0, requests(sim, "GET"))
  end)

  it("does not take what a delete moved to an earlier page of version 1 for gone", function()
    local service = assert(simulator.new { page_limit = 3, delete_seconds = 0 })
    local other = connect.to(service, { api_version = 1 })
    service:add_snapshots(2, { volume_id = service.volume_id })
    service:add_snapshots(2, { volume_id = service:add_volume() })
    local all, requested = assert(other:list():all()), 0
    local waiting = connect.to(service, { api_version = 1, on_request = function(report)
      requested = requested + (report.url:find("/snapshots", 1, true) and 1 or 0)
      if requested == 3 then -- the second look's first page: the next is empty
        assert(other:delete(all[1]))
        assert(other:wait_until_deleted(all[1], { interval = 0.1 }))
      end
    end })
    local results = waiting:wait_all({ all[4].id, all[3].id, all[2].id },
      { deleted = true, timeout = 100, interval = 10 })
    assert.is_true(requested > 3)
    assert.equal("timeout", results[1].error and results[1].error.kind)
    waiting:close()
    other:close()
    service:close()
  end)

  it("gives results also when the client is closed meanwhile", function()
    local made = sim:add_snapshots(2, { volume_id = sim.volume_id })
    made[3] = "00000000-0000-0000-0000-000000000000"
    local results, failures = client:wait_all(made, { on_progress = function() client:close() end })
    assert.equal(3, #results)
    assert.is_true(failures > 0)
    assert.equal("network", results[3].error.kind)
  end)

  it("leaves the service alone for as long as it wants, however it asks", function()
    local ids = sim:add_snapshots(2, { volume_id = sim.volume_id })
    for count = 1, 2 do -- by itself, by listing
      sim:fault { path = "/snapshots", times = 1, status = 429, headers = { ["Retry-After"] = "1" },
        body = "{}" }
      local began = sim.clock.ticks()
      local _, failures = client:wait_all({ ids[1], count > 1 and ids[2] or nil },
        { interval = 0.1 })
      assert.equal(0, failures)
      assert.is_true(sim.clock.ticks() - began > 0.9)
    end
  end)

  it("gives what is named twice its result twice", function()
    local made = create(1)
    local results, failures = client:wait_all({ made[1], made[1].id }, { interval = 0.1 })
    assert.equal(0, failures)
    assert.equal(results[1].value, results[2].value)
    assert.is_false(rsnapshots.is_error(results[2].value))
  end)
end)
