--- The binding's userdata, as the Lua layer uses them.
local core = require "rsnapshots.core"
local simulator = require "rsnapshots.simulator"

describe("a transport", function()
  local sim, transport

  before_each(function()
    sim = assert(simulator.new())
    transport = core.transport {}
  end)

  after_each(function()
    transport:close()
    sim:close()
  end)

  local function start(options)
    options = options or {}
    options.method = options.method or "GET"
    options.url = options.url or sim.url .. "/"
    options.timeout, options.connect_timeout = options.timeout or 5, 5
    options.max_bytes = options.max_bytes or 65536
    return transport:start(options)
  end

  local function finish(request)
    while not request:done() do
      sim.wait(transport:pollfd(), "r", transport:timeout() or 1)
      transport:step()
    end
    return request
  end

  it("sends a request and gives the answer", function()
    local request = finish(start { headers = { "X-Odd: yes" } })
    assert.is_nil(request:error())
    assert.equal(300, request:status())
    assert.equal("application/json", request:header "content-TYPE")
    assert.is_nil(request:header "X-Nothing")
    assert.is_table(core.decode(request).versions)
    assert.equal(request:text(5), request:text():sub(1, 5))
    assert.is_true(request:sent())
    assert.is_true(request:seconds() < 5)
    assert.equal("yes", sim.requests[1].headers["x-odd"])
  end)

  it("keeps its connection", function()
    for _ = 1, 5 do
      finish(start())
    end
    for _, request in ipairs(sim.requests) do
      assert.equal(sim.requests[1].connection, request.connection)
    end
  end)

  it("runs many requests at once", function()
    local requests = {}
    for i = 1, 20 do
      requests[i] = start()
    end
    assert.equal(20, transport:active())
    for _, request in ipairs(requests) do
      assert.equal(300, finish(request):status())
    end
    assert.equal(0, transport:active())
  end)

  it("sends neither a bad method nor a bad URL nor a bad header", function()
    for _, options in ipairs {
      { method = "GET /x" }, { method = "" }, { method = "GET\r\nX: y" },
      { url = "ftp://127.0.0.1/" }, { url = "http://127.0.0.1/\r\nX: y" }, { url = "/x" },
      { url = "file:///etc/passwd" }, { url = sim.url .. "/a b" }, { url = sim.url .. "/é" },
      { headers = { "X: a\r\nY: b" } }, { headers = { "nonsense" } },
    } do
      local request = start(options)
      assert.is_true(request:done())
      assert.equal("invalid", (request:error()))
      assert.is_false(request:sent())
    end
    for _, options in ipairs { { url = sim.url .. "/\0" }, { headers = { "X: \0" } },
      { method = "G\0T" } } do
      assert.error_matches(function() start(options) end, "NUL")
    end
    assert.equal(0, #sim.requests)
  end)

  it("raises for a wrong call", function()
    assert.error_matches(function() transport:start {} end, "method and url")
    assert.error_matches(function() start { timeout = -1 } end, "timeout")
    assert.error_matches(function() start { max_bytes = 0 } end, "max_bytes")
    assert.error_matches(function() start { headers = "x" } end, "headers must be a table")
    assert.error_matches(function() core.transport { verify = "no" } end, "must be a boolean")
    assert.error_matches(function() core.transport { cacert = "a\0b" } end, "NUL")
  end)

  it("cancels what is closed", function()
    sim:fault { method = "GET", path = "/", stall = true, times = math.huge }
    local request = start()
    sim.wait(transport:pollfd(), "r", 0.01)
    transport:step()
    request:close()
    request:close()
    assert.error_matches(function() request:done() end, "closed")
    assert.equal(0, transport:active())
  end)

  it("that is closed ends its requests, and refuses to go on", function()
    local request = start()
    transport:close()
    transport:close()
    assert.is_true(request:done())
    assert.equal("cancelled", (request:error()))
    assert.error_matches(function() start() end, "closed")
    assert.error_matches(function() transport:step() end, "closed")
    assert.error_matches(function() transport:pollfd() end, "closed")
  end)

  it("is collected in any order with its requests", function()
    for order = 1, 2 do
      local held = { transport = core.transport {} }
      held.request = held.transport:start { method = "GET", url = sim.url .. "/", timeout = 5,
        connect_timeout = 5, max_bytes = 100 }
      held[order == 1 and "transport" or "request"] = nil
      collectgarbage()
      assert.is_true(held.request == nil or held.request:done())
      held = nil -- luacheck: ignore
      collectgarbage()
    end
  end)

  it("caps the body, and the time", function()
    sim:fault { method = "GET", path = "/", status = 200, body = ("x"):rep(2000), times = 1 }
    local kind, message = finish(start { max_bytes = 1999 }):error()
    assert.equal("decode", kind)
    assert.matches("larger", message)
    sim:fault { method = "GET", path = "/", status = 200, body = ("x"):rep(2000), times = 1 }
    assert.is_nil(finish(start { max_bytes = 2000 }):error())
    sim:fault { method = "GET", path = "/", stall = true, times = 1 }
    assert.equal("timeout", (finish(start { timeout = 0.1 }):error()))
  end)
end)
