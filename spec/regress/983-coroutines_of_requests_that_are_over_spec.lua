--- nginx crashed when a request's coroutine was given up while it waited: the next call of another
-- request asked nginx's own coroutine.status for it, which nginx had forgotten. Here that raises.
local connect = require "spec.support.connect"
local core = require "rsnapshots.core"

describe("somebody else's coroutine", function()
  local status = coroutine.status

  after_each(function()
    coroutine.status = status -- luacheck: ignore
  end)

  it("is not asked for in the host's way", function()
    local plain, sim = connect.new()
    plain:close()
    local yields = false
    local client = connect.to(sim, { wait = function(...)
      if yields then
        coroutine.yield()
      end
      return sim.wait(...)
    end })
    sim:add_snapshots(3)
    local pager = client:list { page_size = 1 }
    local kept = {}
    for i, work in ipairs {
      function() return client:get "x" end,
      function() return pager:next() end,
      function()
        local group = client:group()
        group:spawn(function() return client:count() end)
        return group:next()
      end,
    } do
      kept[i] = coroutine.create(work)
    end
    yields = true
    for _, thread in ipairs(kept) do
      assert(coroutine.resume(thread))
    end
    yields = false
    coroutine.status = function(thread) -- luacheck: ignore
      for _, other in ipairs(kept) do
        assert(thread ~= other, "nginx would crash")
      end
      return status(thread)
    end
    assert.error_matches(function() pager:next() end, "by another coroutine")
    assert.equal(3, client:count())
    assert.equal(3, #assert(client:list():all()))
    client:close()
    sim:close()
  end)

  it("is known to be over, or not, by Lua", function()
    local function is_dead(thread)
      assert.equal(status(thread) == "dead", core.is_dead(thread))
      return core.is_dead(thread)
    end
    local thread = coroutine.create(function(...)
      assert.is_false(is_dead(coroutine.running()))
      coroutine.yield(...)
      local me = coroutine.running()
      coroutine.wrap(function() assert.is_false(is_dead(me)) end)()
      return ...
    end)
    assert.is_false(is_dead(thread))
    assert(coroutine.resume(thread, 1, 2))
    assert.is_false(is_dead(thread))
    assert(coroutine.resume(thread))
    assert.is_true(is_dead(thread))
    local failed = coroutine.create(function() error "x" end)
    coroutine.resume(failed)
    assert.is_true(is_dead(failed))
    if coroutine.close then -- luacheck: ignore
      local closed = coroutine.create(coroutine.yield)
      assert(coroutine.resume(closed, 1, 2, 3))
      assert(coroutine.close(closed)) -- luacheck: ignore
      assert.is_true(is_dead(closed))
    end
    assert.error_matches(function() core.is_dead(1) end, "a coroutine is wanted")
  end)
end)
