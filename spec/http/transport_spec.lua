--- The binding's userdata, as the Lua layer uses them.
local compat = require "rsnapshots.support.compat"
local versions = require "spec.support.versions"
local core = require "rsnapshots.core"
local simulator = require "rsnapshots.simulator"

describe("a session of the core", function()
  local sim, transport

  before_each(function()
    sim = assert(simulator.new())
    transport = core.session { retries = 0 }
  end)

  after_each(function()
    transport:close()
    sim:close()
  end)

  local function start(options)
    options = options or {}
    options.timeout, options.choices = options.timeout or 60, true
    return transport:start(options.method or "GET", options.url or sim.url .. "/", options)
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
    assert.is_nil(request:fault())
    assert.equal(300, request:status())
    assert.equal("application/json", request:header "content-TYPE")
    assert.is_nil(request:header "X-Nothing")
    assert.is_table(core.decode(request).versions)
    assert.equal(request:text(5), request:text():sub(1, 5))
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
    for _, request in ipairs(requests) do
      assert.is_false(request:done())
    end
    for _, request in ipairs(requests) do
      assert.equal(300, finish(request):status())
    end
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
      assert.equal("invalid", request:fault().kind)
      assert.is_nil(request:fault().sent)
    end
    for _, options in ipairs { { url = sim.url .. "/\0" }, { headers = { "X: \0" } },
      { method = "G\0T" } } do
      assert.error_matches(function() start(options) end, "NUL")
    end
    assert.equal(0, #sim.requests)
  end)

  it("fails with a URL that libcurl cannot read, as with any that cannot be sent", function()
    for _, url in ipairs { "http://127.0.0.1:99999/", "http://[::1/", "http://", "http://a:b/" } do
      local request = finish(start { url = url })
      assert.equal("invalid", request:fault().kind)
      assert.is_nil(request:fault().sent)
    end
  end)

  it("keeps headers that leave their table while it reads on", function()
    local headers = { "X-" .. ("long"):rep(100) .. ": 1" }
    local request = transport:start("GET", sim.url .. "/", setmetatable({
      headers = headers, timeout = 60, choices = true,
    }, { __index = function()
        headers[1] = nil
        collectgarbage()
      end }))
    assert.equal(300, finish(request):status())
    assert.equal("1", sim.requests[1].headers["x-" .. ("long"):rep(100)])
    assert.error_matches(function() start { headers = { 5 } } end, "string expected")
  end)

  it("sends up to 64 headers", function()
    local headers = {}
    for i = 1, 64 do
      headers[i] = ("X-Number-%d: %d"):format(i, i)
    end
    assert.equal(300, finish(start { headers = headers }):status())
    for i = 1, 64 do
      assert.equal(tostring(i), sim.requests[1].headers["x-number-" .. i])
    end
    headers[65] = "X-Number-65: 65"
    assert.error_matches(function() start { headers = headers } end, "too many headers")
    assert.equal(1, #sim.requests)
  end)

  it("sends URLs with a query, an empty one, or none as they are", function()
    for ending, query in pairs { [""] = "", ["?"] = "", ["?a=b"] = "a=b" } do
      local request = finish(start { url = sim.url .. "/" .. ending })
      assert.is_nil(request:fault())
      assert.equal(300, request:status())
      assert.equal(query, sim.requests[#sim.requests].query)
    end
  end)

  it("sends no URL with a fragment, which would be left out", function()
    for _, ending in ipairs { "#", "?#fragment", "?a=b#fragment", "#fragment?no=query" } do
      assert.equal("invalid", finish(start { url = sim.url .. "/" .. ending }):fault().kind)
    end
    assert.equal(0, #sim.requests)
  end)

  it("sends an empty body as one, not as none", function()
    finish(start { method = "POST", body = "" })
    assert.equal("0", sim.requests[1].headers["content-length"])
  end)

  it("takes a timeout of years, and of no time at all", function()
    assert.equal(300, finish(start { timeout = 1e12 }):status())
    assert.equal(300, finish(start { timeout = math.huge }):status())
    sim:fault { path = "/", stall = true }
    assert.equal("timeout", finish(start { timeout = 1e-9 }):fault().kind)
  end)

  it("raises for a wrong call", function()
    assert.error_matches(function() transport:start() end, "string expected")
    assert.error_matches(function() transport:start "GET" end, "string expected")
    assert.error_matches(function() transport:start(nil, sim.url) end, "string expected")
    assert.error_matches(function() start { timeout = -1 } end, "timeout")
    assert.error_matches(function() start { timeout = 0 / 0 } end, "timeout")
    for _, bytes in ipairs { 0, 2 ^ 32 } do
      assert.error_matches(function() core.session { max_response_bytes = bytes } end,
        "max_response_bytes")
    end
    assert.error_matches(function() start { headers = "x" } end, "headers must be a table")
    assert.error_matches(function() core.session { verify = "no" } end, "must be a boolean")
    assert.error_matches(function() core.session { cacert = "a\0b" } end, "NUL")
  end)

  it("cancels what is closed", function()
    sim:fault { method = "GET", path = "/", stall = true, times = math.huge }
    local request = start()
    sim.wait(transport:pollfd(), "r", 0.01)
    transport:step()
    request:close()
    request:close()
    assert.error_matches(function() request:done() end, "closed")
    assert.is_nil(transport:timeout())
  end)

  it("that is closed ends its requests, and refuses to go on", function()
    local request = start()
    transport:close()
    transport:close()
    assert.is_true(request:done())
    assert.equal("network", request:fault().kind)
    assert.is_true(request:fault().closed)
    assert.error_matches(function() start() end, "closed")
    assert.error_matches(function() transport:step() end, "closed")
    assert.error_matches(function() transport:pollfd() end, "closed")
  end)

  it("is closed for a finalizer that comes after its own", function()
    if not versions.finalizers then
      return
    end
    local said, closed
    do -- finalizers run in the reverse of the order in which they were set
      local holder = setmetatable({}, { __gc = function(self)
        said = select(2, pcall(self.transport.step, self.transport))
        closed = pcall(self.transport.close, self.transport)
      end })
      holder.transport = core.session { retries = 0 }
    end
    collectgarbage()
    collectgarbage()
    assert.matches("the client is closed", said)
    assert.is_true(closed)
  end)

  it("survives its own finalizer, called by hand at any moment", function()
    local finalizer = debug.getmetatable(transport).__gc
    for _, option in ipairs { "body", "headers", "timeout" } do
      local own = core.session { retries = 0 }
      local options = { body = "b", timeout = 1, headers = { "X-A: b" } }
      local value = options[option]
      options[option] = nil
      setmetatable(options, { __index = function(_, name)
        if name == option then
          finalizer(own)
          return value
        end
      end })
      assert.error_matches(function() own:start("POST", sim.url, options) end, "closed")
      finalizer(own)
      own:close()
    end
  end)

  -- A host's finalizer may run wherever Lua makes a value.
  local function finalize(f)
    compat.object { __gc = f }
  end

  it("is read to the end when a finalizer closes it meanwhile", function()
    local body = ('{"id":"a","name":"%s"},'):format(("n"):rep(500)):rep(99)
    body = ('{"snapshots":[%s{"id":"z"}],"snapshot":{"id":"%s"}}'):format(body, ("s"):rep(9000))
    -- each on one line: the collector goes on at the next allocation, which must not be that of
    -- somebody who counts lines
    local go_on = collectgarbage
    local reads = {
      function(request) go_on "restart" return core.page(request)[100].id, "z" end,
      function(request) go_on "restart" return core.snapshot(request).id, ("s"):rep(9000) end,
      function(request) go_on "restart" return core.decode(request).snapshots[100].id, "z" end,
      function(request, n) go_on "restart" return #request:text(n), n end, -- each time another
    }
    sim:fault { path = "/", status = 200, body = body, times = #reads }
    finally(versions.collect_in_one_step())
    for i, read in ipairs(reads) do
      local request, hit, reading = finish(start())
      local function close()
        if reading then
          hit = true
          request:close()
        end
      end
      for n = 1, 50 do
        collectgarbage "stop"
        finalize(close)
        reading = true
        local got, wanted = read(request, n)
        reading = false
        assert.is_true(got == wanted, i)
        if hit then
          break
        end
      end
      assert.is_true(hit or not versions.integers, i) -- older ones run them at other moments
      if hit then
        assert.error_matches(function() request:done() end, "closed")
      end
    end
  end)

  it("has no text before there is an answer", function()
    sim:fault { path = "/", stall = true }
    local request = start()
    assert.error_matches(function() request:text(-1) end, "negative")
    assert.equal("", request:text())
    assert.equal(0, request:status())
  end)

  it("is collected in any order with its requests", function()
    for order = 1, 2 do
      local held = { transport = core.session { retries = 0 } }
      held.request = held.transport:start("GET", sim.url .. "/", { timeout = 60 })
      held[order == 1 and "transport" or "request"] = nil
      collectgarbage()
      assert.is_true(held.request == nil or held.request:done())
      held = nil -- luacheck: ignore
      collectgarbage()
    end
  end)

  it("caps the body, and the time", function()
    sim:fault { method = "GET", path = "/", status = 200, body = ("x"):rep(2000), times = 1 }
    transport:close()
    transport = core.session { retries = 0, max_response_bytes = 1999 }
    local fault = finish(start()):fault()
    assert.equal("decode", fault.kind)
    assert.matches("larger", fault.message)
    sim:fault { method = "GET", path = "/", status = 200, body = ("x"):rep(2000), times = 1 }
    transport:close()
    transport = core.session { retries = 0, max_response_bytes = 2000 }
    assert.is_nil(finish(start()):fault())
    sim:fault { method = "GET", path = "/", stall = true, times = 1 }
    assert.equal("timeout", finish(start { timeout = 0.1 }):fault().kind)
  end)
end)
