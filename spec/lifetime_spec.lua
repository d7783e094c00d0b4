--- The host's program survives: errors in callbacks, closing at any time,
-- collecting in any order.
local connect = require "spec.support.connect"
local rsnapshots = require "rsnapshots"
local versions = require "spec.support.versions"

local function open_descriptors()
  local pipe = assert(io.popen "ls /proc/$PPID/fd | wc -l")
  local count = tonumber(pipe:read "*a")
  pipe:close()
  return count
end

describe("a client", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
    sim:add_snapshots(30, { volume_id = sim.volume_id })
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  it("stays usable when each_page's function raises, and the listing goes on", function()
    local pager = client:list { page_size = 10 }
    assert.error_matches(function()
      pager:each_page(function() error "mine" end)
    end, "mine")
    assert.equal(20, #pager:all())
  end)

  it("stays usable when a loop over a listing is left", function()
    for snapshot in client:list { page_size = 10 } do
      if snapshot then
        break
      end
    end
    local ok = pcall(function()
      for _ in client:list { page_size = 10 } do
        error "mine"
      end
    end)
    assert.is_false(ok)
    assert.equal(30, client:count())
  end)

  it("holds nothing that a walk over it would find", function()
    assert.is_nil(next(client))
    assert.is_nil(rawget(client, "session"))
  end)

  it("says so when it is called wrongly", function()
    assert.error_matches(function() client.get() end, "not a client")
    assert.error_matches(function() client.get({}, "x") end, "not a client")
  end)

  it("closed in the middle of a listing ends it with an error", function()
    local pager = client:list { page_size = 10 }
    for _ = 1, 10 do
      assert(pager:next())
    end
    client:close()
    assert.error_matches(function() pager:next() end, "the client is closed")
  end)

  it("closed by its own callback ends the call with an error", function()
    local other
    other = connect.to(sim, { on_request = function()
      if other then
        other:close()
      end
    end })
    local count, err = other:count()
    assert.is_true(count == 30 or rsnapshots.is_error(err))
    assert.error_matches(function() other:count() end, "the client is closed")
  end)

  it("closed by its own callback between two pages ends the call with an error, too", function()
    for _, filters in ipairs { {}, { prefetch = false }, { name_like = "nobody" },
      { sort = "size" } } do
      local other, pages = nil, 0
      other = connect.to(sim, { on_request = function(report)
        pages = pages + (report.url:find("/detail", 1, true) and 1 or 0)
        if pages == 2 then
          other:close()
        end
      end })
      filters.page_size = 5
      local all, err = other:list(filters):all()
      assert.is_nil(all)
      assert.equal("network", err.kind)
    end
  end)

  local VERBS = {
    all = function(c) return c:list({ page_size = 10 }):all() end,
    next = function(c) return c:list({ page_size = 10 }):next() end,
    get_metadata = function(c, id) return c:get_metadata(id) end,
    set_metadata = function(c, id) return c:set_metadata(id, { k = "v" }) end,
    replace_metadata = function(c, id) return c:replace_metadata(id, { k = "v" }) end,
    delete_metadata = function(c, id) return c:delete_metadata(id, "a", "b") end,
    count = function(c) return c:count { name_like = "x", page_size = 10 } end,
    find = function(c) return c:find "0b9b9e2e-7c52-4b1c-9a44-3f0a4a3d0001" end,
    delete = function(c, id) return c:delete(id) end,
    restore = function(c, id) return c:restore(id, { wait = 1 }) end,
    revert = function(c, id) return c:revert(id, { wait = 1 }) end,
    manageable = function(c) return c:manageable({ host = "h" }):next() end,
  }

  for name, verb in pairs(VERBS) do
    it("closed by its own callback raises nothing: " .. name, function()
      local id, other = sim.store.snapshots[1].id, nil
      assert(client:set_metadata(id, { a = "1", b = "2" }))
      other = connect.to(sim, { on_request = function()
        if other then
          other:close()
        end
      end })
      local ok, result, err = pcall(verb, other, id)
      assert.is_true(ok, result)
      assert.is_true(result ~= nil or rsnapshots.is_error(err))
    end)

    it("closed by its own wait ends the call with an error: " .. name, function()
      local id, other = sim.store.snapshots[1].id, nil
      other = connect.to(sim, { wait = function(...)
        if other then
          return other:close()
        end
        return sim.wait(...)
      end })
      local ok, result, err = pcall(verb, other, id)
      assert.is_true(ok, result)
      assert.is_nil(result)
      assert.equal("network", err.kind)
      assert.is_true(err.closed)
    end)
  end

  local MANY = {
    create_all = function(c, ids, options)
      local orders = {}
      for i = 1, #ids do
        orders[i] = { volume_id = sim.volume_id }
      end
      return c:create_all(orders, options)
    end,
    delete_all = function(c, ids, options) return c:delete_all(ids, options) end,
    wait_all = function(c, ids, options) return c:wait_all(ids, options) end,
  }

  for name, verb in pairs(MANY) do
    it("closed by its own callbacks gives each its result: " .. name, function()
      sim.latency = 0.002
      for calls = 1, 12 do
        for _, callback in ipairs { "on_request", "on_progress" } do
          local count, other = 0, nil
          local function close()
            count = count + (other and 1 or 0)
            if count == calls then
              other:close()
            end
          end
          local ids = sim:add_snapshots(6, { volume_id = sim.volume_id })
          other = connect.to(sim, { on_request = callback == "on_request" and close or nil })
          local results, failures = verb(other, ids, { concurrency = 2,
            on_progress = callback == "on_progress" and close or nil })
          if results == nil then -- a listing that it began with
            assert.equal("network", failures.kind)
          else
            assert.equal(6, #results)
            for _, result in ipairs(results) do
              assert.is_true(result.ok or rsnapshots.is_error(result.error), result.error)
            end
          end
          other:close()
        end
      end
    end)
  end

  it("works in a coroutine, and in several at once over one transport", function()
    local scheduling = false
    local scheduled = connect.to(sim, { wait = function(...)
      return (scheduling and coroutine.yield or sim.wait)(...)
    end })
    local threads, results = {}, {}
    scheduling = true
    for i = 1, 5 do
      threads[i] = coroutine.create(function()
        results[i] = #assert(scheduled:list({ page_size = 7 }):all())
      end)
    end
    local alive = true
    while alive do
      alive = false
      for _, thread in ipairs(threads) do
        if coroutine.status(thread) ~= "dead" then
          assert(coroutine.resume(thread))
          alive = true
        end
      end
      sim:step(0.001)
    end
    assert.same({ 30, 30, 30, 30, 30 }, results)
  end)

  it("that leaves its scope is closed", function()
    if not versions.closes then
      return
    end
    local scoped
    assert(versions.load([[
      local connect, sim, keep = ...
      local client <close> = connect.to(sim)
      keep(client)
    ]]))(connect, sim, function(c) scoped = c end)
    assert.error_matches(function() scoped:count() end, "the client is closed")
  end)

  it("that is closed after its wait raised gives its descriptors back", function()
    local before, kept = open_descriptors(), {}
    for i = 1, 20 do
      local fails = false
      kept[i] = connect.to(sim, { wait = function(...)
        if fails then
          error "mine"
        end
        return sim.wait(...)
      end })
      fails = true
      assert.error_matches(function() kept[i]:count() end, "mine")
      kept[i]:close()
    end
    sim:step(0.01)
    assert.is_true(open_descriptors() <= before + 3)
  end)

  it("that is collected gives its descriptors back", function()
    collectgarbage()
    local before = open_descriptors()
    for _ = 1, 50 do
      local one = connect.to(sim)
      local pager = one:list { page_size = 10 }
      pager:next()
    end
    collectgarbage()
    collectgarbage()
    sim:step(0.01)
    assert.is_true(open_descriptors() <= before + 3)
  end)

  it("may be collected before its snapshots and pages", function()
    local one = connect.to(sim)
    local pages = {}
    for page in one:list({ page_size = 10 }):pages() do
      pages[#pages + 1] = page
    end
    one = nil -- luacheck: ignore
    collectgarbage()
    assert.equal("AVAILABLE", pages[2][3].status)
    assert(pages[1][1]:refresh()) -- the snapshot keeps it
  end)
end)
