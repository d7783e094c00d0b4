-- Kind: within a loop, a generator (coroutine.wrap) that calls the client yields to its consumer
-- when it waits. luv's wait yielded nothing: a `for` took that for the generator's end, and a part
-- of a listing, or nothing at all, for the whole.
local rsnapshots = require "rsnapshots"
local simulated = require "spec.support.simulated"

describe("a generator within a coroutine of luv's loop", function()
  local uv, client, server

  setup(function()
    uv = require "luv"
    server = simulated.start "--quiet --snapshots 3 --latency 0.02"
  end)

  teardown(function()
    server.stop()
  end)

  before_each(function()
    client = assert(rsnapshots.connect(server.credentials {
      wait = require "rsnapshots.loop.luv" }))
  end)

  after_each(function()
    client:close()
  end)

  local function generator()
    return coroutine.wrap(function()
      local pager = client:list { page_size = 1 }
      local snapshot = assert(pager:next())
      while snapshot do
        coroutine.yield(snapshot)
        snapshot = pager:next()
      end
    end)
  end

  local function run(body)
    assert(coroutine.resume(coroutine.create(body)))
    uv.run()
  end

  it("does not look like one that has ended", function()
    local first
    run(function()
      first = generator()()
    end)
    assert.is_not_nil(first)
    assert.matches("waits for an answer", tostring(first))
  end)

  it("says what is wrong to whoever uses what it gives", function()
    for _, use in ipairs {
      function(snapshot) return snapshot.id end,
      function(snapshot) snapshot.id = 1 end,
      function(snapshot) return snapshot() end,
      function(snapshot) return snapshot .. "" end,
      function(snapshot) return snapshot < snapshot end,
    } do
      local ok, err
      run(function()
        ok, err = pcall(function()
          for snapshot in generator() do
            use(snapshot)
          end
        end)
      end)
      assert.is_false(ok)
      assert.matches("waits for an answer.*coroutine%.wrap", err)
    end
  end)

  it("is none where the client is called outside of it", function()
    local ids = {}
    run(function()
      local pager = client:list { page_size = 1 }
      local snapshot = assert(pager:next())
      while snapshot do
        ids[#ids + 1] = snapshot.id
        snapshot = pager:next()
      end
    end)
    assert.equal(3, #ids)
  end)
end)
