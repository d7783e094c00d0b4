--- The small functions of the core.
local core = require "rsnapshots.core"
local socket = require "socket"

describe("core.poll", function()
  local listener, one, other

  before_each(function()
    listener = assert(socket.bind("127.0.0.1", 0))
    one = assert(socket.connect("127.0.0.1", (select(2, listener:getsockname()))))
    other = assert(listener:accept())
  end)

  after_each(function()
    one:close()
    other:close()
    listener:close()
  end)

  it("tells whether there is something to read, or room to write", function()
    local fd = one:getfd()
    assert.is_false(core.poll(fd, "r", 0))
    assert.is_true(core.poll(fd, "w", 0))
    assert.is_true(core.poll(fd, "rw", 0))
    other:send "x"
    assert.is_true(core.poll(fd, "r", 1))
    one:settimeout(0)
    repeat -- until the other side's room is full
      local sent = one:send(("x"):rep(65536))
    until not sent
    assert.is_false(core.poll(fd, "w", 0))
    assert.is_true(core.poll(fd)) -- to read, without a limit
  end)

  it("waits for as long as it is told, at most", function()
    local from = core.now()
    assert.is_false(core.poll(one:getfd(), "r", 0.05))
    assert.is_true(core.now() - from >= 0.049)
    assert.is_false(core.poll(nil, "r", 0.01))
    assert.is_true(core.now() - from >= 0.059)
  end)

  it("takes a limit of years, or none", function()
    other:send "x"
    for _, seconds in ipairs { 1e6, 1e300, math.huge, -1 } do
      assert.is_true(core.poll(one:getfd(), "r", seconds))
    end
  end)

  it("is over where the other side is gone, or the descriptor closed", function()
    other:close()
    assert.is_true(core.poll(one:getfd(), "r", 1))
    local fd = one:getfd()
    one:close()
    assert.is_true(core.poll(fd, "r", 1))
  end)
end)

describe("core.atomic", function()
  it("gives what the function returns, nils included", function()
    assert.same({ n = 3, 1, nil, "x" }, { n = select("#", core.atomic(function(...)
      return ...
    end, 1, nil, "x")), core.atomic(function(...) return ... end, 1, nil, "x") })
    assert.equal(0, select("#", core.atomic(function() end)))
  end)

  it("raises what the function raises", function()
    local mine = {}
    local ok, problem = pcall(core.atomic, error, mine)
    assert.is_false(ok)
    assert.equal(mine, problem)
  end)

  it("lets nothing yield meanwhile", function()
    local thread = coroutine.create(function() core.atomic(coroutine.yield) end)
    local ok, problem = coroutine.resume(thread)
    assert.is_false(ok)
    assert.matches("yield across", problem)
  end)

  it("takes a function only", function()
    assert.error_matches(function() core.atomic(7) end, "function expected")
  end)
end)

describe("core.random", function()
  it("gives as many bytes as it is asked for, others every time", function()
    local seen = {}
    for _ = 1, 100 do
      local bytes = core.random(16)
      assert.equal(16, #bytes)
      assert.is_nil(seen[bytes])
      seen[bytes] = true
    end
    assert.equal(1, #core.random(1))
    assert.equal(256, #core.random(256))
  end)

  it("raises for a number that it does not give", function()
    for _, count in ipairs { 0, -1, 257, 1e300, 0 / 0 } do
      assert.error_matches(function() core.random(count) end, "1 to 256")
    end
  end)
end)
