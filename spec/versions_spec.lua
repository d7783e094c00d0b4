--- The ways that work on every version of Lua, and what some lack (docs/versions.md).
local compat = require "rsnapshots.support.compat"
local connect = require "spec.support.connect"
local simulator = require "rsnapshots.simulator"
local versions = require "spec.support.versions"

describe("on this version of Lua", function()
  local client, sim, scheduling

  -- Waits by yielding while `scheduling`.
  before_each(function()
    scheduling = false
    sim = assert(simulator.new {})
    client = connect.to(sim, { wait = function(...)
      return (scheduling and coroutine.yield or sim.wait)(...)
    end })
    sim:add_snapshots(12, { volume_id = sim.volume_id })
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  -- Runs a function as a coroutine while the simulator serves: true and its result, or false
  -- and an error; then how often it yielded.
  local function schedule(work)
    scheduling = true
    local thread, yields = coroutine.create(work), 0
    repeat
      local ok, result = coroutine.resume(thread)
      if not ok or coroutine.status(thread) == "dead" then
        scheduling = false
        return ok, result, yields
      end
      yields = yields + 1
      sim:step(0.001)
    until false
  end

  local function assert_scheduled(expected, work)
    local ok, result, yields = schedule(work)
    assert.is_true(ok, tostring(result))
    assert.equal(expected, result)
    assert.is_true(yields > 0)
  end

  it("every call yields out of its coroutine", function()
    assert_scheduled("AVAILABLE", function()
      local made = assert(client:create { volume_id = sim.volume_id, name = "n" })
      local complete = assert(made:wait_until_complete { interval = 0.01, timeout = 20 })
      assert(complete:update { name = "m" })
      assert(complete:delete())
      return complete.status
    end)
  end)

  it("pager:next() yields", function()
    assert_scheduled(12, function()
      local pager, count = client:list { page_size = 5 }, 0
      local snapshot, err = pager:next()
      while snapshot do
        count = count + 1
        snapshot, err = pager:next()
      end
      assert.is_nil(err)
      return count
    end)
  end)

  it("pager:all() and each_page yield", function()
    assert_scheduled(12, function()
      return #assert(client:list({ page_size = 5 }):all())
    end)
    assert_scheduled(12, function()
      local count = 0
      assert(client:list({ page_size = 5 }):each_page(function(page)
        count = count + #page
      end))
      return count
    end)
  end)

  it("a for over a listing yields, but in 5.1", function()
    local function walk()
      local count = 0
      for _ in client:list { page_size = 5 } do
        count = count + 1
      end
      return count
    end
    assert.equal(compat.name ~= "5.1", versions.yields_in_for())
    if versions.yields_in_for() then
      assert_scheduled(12, walk)
    else
      local ok, err = schedule(walk)
      assert.is_false(ok)
      assert.matches("attempt to yield across", err)
      assert.equal(12, walk()) -- outside of coroutines it works
    end
  end)

  it("a pcall around a call yields, but in 5.1", function()
    local function protected()
      local ok, count = pcall(client.count, client)
      return ok and count
    end
    if compat.name ~= "5.1" then
      assert_scheduled(12, protected)
    else
      local ok, result, yields = schedule(protected)
      assert.same({ true, false, 0 }, { ok, result, yields })
    end
  end)

  it("a page is walked by its indices, and a snapshot by its table", function()
    local seen = 0
    for page in client:list({ page_size = 5 }):pages() do
      for i = 1, #page do
        local fields = page[i]:to_table()
        assert.equal(page[i].id, fields.id)
        seen = seen + 1
      end
    end
    assert.equal(12, seen)
  end)

  it("pairs and ipairs walk them where Lua asks them", function()
    assert.equal(versions.pairs, (pcall(pairs, client:list():next())))
    local page = client:list():pages()()
    assert.equal(versions.pairs, (pcall(pairs, page)))
    local ok, count = pcall(function()
      local n = 0
      for _ in ipairs(page) do
        n = n + 1
      end
      return n
    end)
    assert.equal(versions.ipairs, ok and count == 12)
  end)

  it("whole numbers look whole", function()
    local snapshot = assert(client:list():next())
    assert.equal("1", tostring(snapshot.size))
    assert.equal("12", tostring(client:count()))
    assert.equal("volume 3.70", "volume " .. tostring(client.microversion))
  end)

  it("compat says which it is", function()
    assert.equal(compat.version == "5.4" and "build" or "build-" .. compat.name, compat.build)
    assert.equal(versions.closes, compat.version == "5.4")
    assert.equal(versions.integers, compat.version >= "5.3")
    assert.is_true(compat.is_integer(2 ^ 53 - 1))
    assert.is_true(compat.is_integer(-3))
    for _, value in ipairs { 0.5, math.huge, -math.huge, 0 / 0, 2 ^ 53, "1", false } do
      assert.is_false(compat.is_integer(value))
    end
  end)
end)
