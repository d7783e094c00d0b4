-- The simulator's own API, over real sockets. What its answers look like in detail is compared
-- with recordings of a real cloud in recordings_spec.lua.

local frozen = require "spec.support.frozen"
local json = require "rsnapshots.simulator.text.json"
local rawhttp = require "spec.support.rawhttp"
local simulator = require "rsnapshots.simulator"
local socket = require "socket"

local sim, http

local function start(options)
  sim, http = frozen.start(options)
end

local decoded = rawhttp.decode

local function project(name)
  return sim.accounts:project(name or "demo").id
end

local function create(name, options)
  options = options or {}
  local wish = json.object("volume_id", options.volume_id or sim.volume_id,
    options.api == 1 and "display_name" or "name", name)
  if options.metadata then
    local metadata = json.object()
    for key, value in pairs(options.metadata) do
      metadata:set(key, value)
    end
    wish:set("metadata", metadata)
  end
  options.body = json.encode(json.object("snapshot", wish))
  return http:ask("POST", "snapshots", options)
end

local function created_id(name, options)
  local reply = create(name, options)
  assert.is_truthy(reply.status == 202 or reply.status == 200, reply.body)
  return decoded(reply).snapshot.id
end

local function state_of(id, options)
  local reply = http:ask("GET", "snapshots/" .. id, options)
  if reply.status ~= 200 then
    return reply.status
  end
  local snapshot = decoded(reply).snapshot
  return snapshot.status, snapshot["os-extended-snapshot-attributes:progress"]
end

describe("the simulator", function()
  before_each(function()
    start()
  end)

  after_each(function()
    sim:close()
  end)

  describe("as an object", function()
    it("tells where it is", function()
      assert.are.equal(("http://127.0.0.1:%d"):format(sim.port), sim.url)
      assert.is_truthy(sim.volume_id:find("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$"))
    end)

    it("takes the port it is given, and says so when it cannot", function()
      local again, err = simulator.new { port = sim.port }
      assert.is_nil(again)
      assert.is_truthy(err:find("port " .. sim.port, 1, true))
    end)

    it("takes the port of one that was stopped while somebody was connected", function()
      local port, sock = sim.port, socket.tcp()
      assert(sock:connect("127.0.0.1", port))
      sim:step(0.05)
      sim:close()
      sim = assert(simulator.new { port = port })
      sock:close()
    end)

    it("refuses options it does not know", function()
      assert.has_error(function() simulator.new { latnecy = 1 } end,
        "rsnapshots: simulator.new: there is no option 'latnecy'; did you mean 'latency'?")
      assert.has_error(function() simulator.new { port = "1" } end,
        "rsnapshots: simulator.new: port must be a number, not a string")
      assert.has_error(function() simulator.new { max_microversion = "4.1" } end,
        'rsnapshots: simulator.new: max_microversion must be like "3.70"')
      assert.has_error(function() simulator.new { api = { 4 } } end,
        "rsnapshots: simulator.new: api has no version 4")
      assert.has_error(function() simulator.new { identity = { 1 } } end,
        "rsnapshots: simulator.new: identity has no version 1")
      assert.has_error(function() simulator.new { quirks = { late_after_create = 5 } } end,
        'rsnapshots: simulator.new: quirks must be a list of names; write "late_after_create=N" '
          .. "for a number")
      assert.has_error(function() simulator.new(18776) end,
        "rsnapshots: simulator.new: the argument must be a table, not a number")
    end)

    it("closes more than once, and then no longer listens", function()
      local port = sim.port
      sim:close()
      sim:close()
      local sock = socket.tcp()
      assert.is_nil((sock:connect("127.0.0.1", port)))
      sock:close()
    end)

    it("remembers what it was asked", function()
      http:ask("GET", "snapshots?limit=1", { headers = { ["X-Marker"] = "here" } })
      local request = sim.requests[1]
      assert.are.equal("GET", request.method)
      assert.are.equal(("/v3/%s/snapshots"):format(project()), request.path)
      assert.are.equal("limit=1", request.query)
      assert.are.equal("here", request.headers["x-marker"])
      assert.are.equal("", request.body)
      assert.are.equal(200, request.status)
      assert.are.equal(frozen.BEGINNING, request.time)
      assert.are.equal(1, request.connection)
      http:ask("GET", "snapshots")
      assert.are.equal(2, sim.requests[2].connection)
      sim:clear_requests()
      assert.are.same({}, sim.requests)
    end)

    it("keeps no record when told so, and writes a log", function()
      sim:close()
      local path = os.tmpname()
      local file = assert(io.open(path, "w"))
      start { record = false, log = file }
      http:request("GET", "/?a=b")
      file:close()
      file = assert(io.open(path))
      assert.are.equal("GET /?a=b 300\n", file:read("*a"))
      file:close()
      os.remove(path)
      assert.are.same({}, sim.requests)
    end)

    it("adds volumes and snapshots, one second apart, the last one now", function()
      local volume = sim:add_volume { size = 7, name = "big", metadata = { a = "b" } }
      local ids = sim:add_snapshots(3, { volume_id = volume, prefix = "s", status = "error",
        metadata = { k = "v" } })
      assert.are.equal(3, #ids)
      assert.are.equal(sim.now(), sim:find_snapshot(ids[3]).created)
      assert.are.equal(sim.now() - 2, sim:find_snapshot(ids[1]).created)
      local list = decoded(http:ask("GET", "snapshots/detail")).snapshots
      assert.are.equal(ids[3], list[1].id)
      assert.are.equal("s3", list[1].name)
      assert.are.equal("error", list[1].status)
      assert.are.equal(7, list[1].size)
      assert.are.same({ k = "v" }, list[1].metadata)
    end)

    it("lets a spec change a record", function()
      local id = sim:add_snapshots(1)[1]
      sim:find_snapshot(id).status = "backing-up"
      sim:find_snapshot(id).metadata = { b = "2", a = "1" }
      assert.are.equal("backing-up", (state_of(id)))
      local reply = http:ask("GET", "snapshots/" .. id .. "/metadata")
      assert.are.equal('{"metadata": {"a": "1", "b": "2"}}', reply.body)
      assert.is_nil(sim:find_snapshot("none"))
    end)

    it("is usable on an interpreter's clock by default", function()
      local other = assert(simulator.new())
      assert.is_truthy(math.abs(other.now() - socket.gettime()) < 600)
      other:close()
    end)
  end)

  describe("waiting", function()
    it("returns true as soon as the foreign descriptor is ready", function()
      local sock = http:open()
      assert(http:send(sock, rawhttp.write("GET", "/")))
      local from = socket.gettime()
      assert.is_true(sim.wait(sock:getfd(), "r", 3600))
      assert.is_true(sim.wait(sock:getfd(), "rw", 3600))
      assert.is_true(sim.wait(sock:getfd(), "w", 3600))
      assert.is_true(socket.gettime() - from < 600)
      sock:close()
    end)

    it("returns false when the time has passed", function()
      local sock = http:open()
      local from = socket.gettime()
      assert.is_false(sim.wait(sock:getfd(), "r", 0.05))
      assert.is_true(socket.gettime() - from >= 0.05)
      assert.is_false(sim.wait(nil, nil, 0))
      sock:close()
    end)

    it("steps through what is there without waiting", function()
      local sock = http:open()
      assert(sock:send(rawhttp.write("GET", "/")))
      sim:step(0)
      sock:settimeout(0)
      local bytes = select(3, sock:receive(100000))
      assert.is_truthy(bytes:find("^HTTP/1.1 300 "))
      sock:close()
    end)

    it("steps for as long as it is told", function()
      local from = socket.gettime()
      sim:step(0.05)
      assert.is_true(socket.gettime() - from >= 0.05)
    end)

    it("runs until it is stopped", function()
      local sock = http:open()
      assert(sock:send(rawhttp.write("GET", "/")))
      local route = sim.route
      sim.route = function(...)
        sim:stop()
        return route(...)
      end
      sim:run()
      assert.are.equal(1, #sim.requests)
      sock:close()
    end)

    it("raises once it is closed", function()
      sim:close()
      assert.has_error(function() sim:step(0) end)
    end)
  end)

  describe("as an HTTP server", function()
    it("keeps a connection", function()
      local sock = http:open()
      for _ = 1, 3 do
        local reply = http:exchange(sock, "GET", "/")
        assert.are.equal(300, reply.status)
        assert.is_nil(reply.headers.connection)
      end
      assert.are.equal(1, sim.requests[3].connection)
      sock:close()
    end)

    it("closes a connection when asked", function()
      local reply = http:request("GET", "/", { Connection = "close" })
      assert.are.equal("close", reply.headers.connection)
      local sock = http:open()
      http:send(sock, "GET / HTTP/1.0\r\n\r\n")
      local _, err = http:receive(sock, function() return false end)
      assert.are.equal("closed", err)
      sock:close()
    end)

    it("takes a request in pieces, and several at once", function()
      local sock = http:open()
      local request = rawhttp.write("POST", "/identity/v3/auth/tokens", nil, '{"auth":')
      for i = 1, #request, 7 do
        http:send(sock, request:sub(i, i + 6))
        sim:step(0)
      end
      local one = rawhttp.write("GET", "/")
      http:send(sock, one .. one .. one:sub(1, 10))
      local function three(bytes) return select(2, bytes:gsub("HTTP/1.1 ", "")) >= 3 end
      local bytes = http:receive(sock, three)
      assert.is_truthy(bytes:find("^HTTP/1.1 400 BAD REQUEST.-HTTP/1.1 300 .-HTTP/1.1 300 "))
      sock:close()
    end)

    it("takes a chunked body", function()
      local sock = http:open()
      local body = '{"auth":{}}'
      http:send(sock, rawhttp.write("POST", "/identity/v3/auth/tokens",
        { ["Transfer-Encoding"] = "chunked" }) .. ("%x\r\n%s\r\n"):format(4, body:sub(1, 4)))
      sim:step(0)
      http:send(sock, ("%x\r\n%s\r\n0\r\n\r\n"):format(#body - 4, body:sub(5)))
      http:receive(sock, function(bytes) return bytes:find("}\n$") end)
      assert.are.equal(body, sim.requests[1].body)
      sock:close()
    end)

    it("says that the body may come", function()
      local sock = http:open()
      http:send(sock, rawhttp.write("POST", "/identity/v3/auth/tokens",
        { Expect = "100-continue", ["Content-Length"] = 2 }))
      local bytes = http:receive(sock, function(s) return s:find("\r\n\r\n") end)
      assert.are.equal("HTTP/1.1 100 Continue\r\n\r\n", bytes)
      http:send(sock, "{}")
      bytes = http:receive(sock, function(s) return s:find("}\n$") end)
      assert.is_truthy(bytes:find("^HTTP/1.1 400 "))
      sock:close()
    end)

    it("refuses what is no request", function()
      local cases = { ["hello\r\n\r\n"] = 400, ["GET / HTTP/1.1\r\nno colon\r\n\r\n"] = 400,
        ["GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"] = 400,
        ["GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"] = 413,
        ["GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"] = 400,
        ["GET /" .. ("x"):rep(70000)] = 431 }
      for bytes, status in pairs(cases) do
        local sock = http:open()
        http:send(sock, bytes)
        local got, err = http:receive(sock, function() return false end)
        assert.are.equal(status, rawhttp.parse(got).status, bytes:sub(1, 60))
        assert.are.equal("closed", err)
        sock:close()
      end
      assert.are.same({}, sim.requests)
    end)

    it("waits for the latency before it answers", function()
      sim.latency = 0.05
      local from = socket.gettime()
      assert.are.equal(300, http:request("GET", "/").status)
      assert.is_true(socket.gettime() - from >= 0.05)
    end)

    it("sends an answer that does not fit into a socket's buffer #slow", function()
      sim:add_snapshots(1000, { metadata = { key = ("x"):rep(16000) } })
      local reply = http:ask("GET", "snapshots?limit=999")
      assert.is_nil(reply.closed)
      assert.is_true(#reply.body > 15e6)
      assert.are.equal("]}", reply.body:sub(-2))
      assert.are.equal(999, select(2, reply.body:gsub('"id": ', "")))
    end)
  end)

  describe("with faults", function()
    local function get() return http:request("GET", "/") end

    it("answers with a status, as often as it is told, after letting some pass", function()
      local fault = sim:fault { method = "GET", status = 503, times = 2, after = 1,
        headers = { ["Retry-After"] = 7 } }
      local seen = {}
      for i = 1, 4 do
        seen[i] = get().status
      end
      assert.are.same({ 300, 503, 503, 300 }, seen)
      assert.are.equal(2, fault.hits)
    end)

    it("fills the body in the service's manner, or as given", function()
      local fault = sim:fault { status = 503, times = 1, headers = { ["Retry-After"] = 7 } }
      local reply = get()
      assert.are.equal("7", reply.headers["retry-after"])
      assert.is_truthy(decoded(reply).serviceUnavailable.message)
      assert.are.equal(503, decoded(reply).serviceUnavailable.code)
      fault.times = 0
      sim:fault { status = 502, body = "<html>bad</html>",
        headers = { ["Content-Type"] = "text/html" } }
      reply = get()
      assert.are.equal("<html>bad</html>", reply.body)
      assert.are.equal("text/html", reply.headers["content-type"])
      assert.are.equal("502", reply.head:match("^HTTP/1.1 (%d+)"))
    end)

    it("hits by path, query and method, by pattern or plainly", function()
      local id = sim:add_snapshots(1)[1]
      sim:fault { path = id, status = 500 } -- an identifier is a bad pattern
      assert.are.equal(500, http:ask("GET", "snapshots/" .. id).status)
      sim:clear_faults()
      sim:fault { path = "/snapshots$", query = "limit=%d", method = "get", status = 418 }
      assert.are.equal(200, http:ask("GET", "snapshots").status)
      assert.are.equal(200, http:ask("GET", "snapshots/detail?limit=1").status)
      assert.are.equal(418, http:ask("GET", "snapshots?limit=1").status)
    end)

    it("does not act under a status, unless told to", function()
      sim:fault { method = "POST", path = "snapshots", status = 504, times = 1 }
      assert.are.equal(504, create("a").status)
      assert.are.equal(0, sim.store:used(project()).snapshots)
      sim:fault { method = "POST", path = "snapshots", status = 504, times = 1, act = true }
      assert.are.equal(504, create("a").status)
      assert.are.equal(1, sim.store:used(project()).snapshots)
    end)

    it("cuts before acting", function()
      sim:fault { method = "POST", path = "snapshots", cut = "before" }
      local reply = create("a")
      assert.are.equal("closed", reply.closed)
      assert.are.equal("", reply.bytes)
      assert.is_nil(sim.requests[1].status)
      assert.are.equal(0, sim.store:used(project()).snapshots)
    end)

    it("cuts after acting", function()
      sim:fault { method = "POST", path = "snapshots", cut = "after" }
      local reply = create("a")
      assert.are.equal("closed", reply.closed)
      assert.are.equal("", reply.bytes)
      assert.are.equal(1, sim.store:used(project()).snapshots)
    end)

    it("cuts after the head, and after a number of bytes", function()
      sim:fault { cut = "head", times = 1 }
      local reply = get()
      assert.are.equal(300, reply.status)
      assert.are.equal("", reply.body)
      assert.are.equal("closed", reply.closed)
      sim:fault { cut = 20 }
      assert.are.equal("HTTP/1.1 300 Multipl", get().bytes)
    end)

    it("resets the connection", function()
      sim:fault { cut = "reset" }
      local sock = http:open()
      http:send(sock, rawhttp.write("GET", "/"))
      sim:step(0.05)
      sock:settimeout(60)
      local _, err = sock:receive(1)
      assert.are.equal("closed", err)
      assert.is_nil((sock:send("x"))) -- a mere FIN would let this pass
      sock:close()
    end)

    it("delays, and trickles", function()
      sim:fault { delay = 0.1, times = 1 }
      local from = socket.gettime()
      assert.are.equal(300, get().status)
      assert.is_true(socket.gettime() - from >= 0.1)
      sim:fault { trickle = 0.001, status = 500, body = "slow" }
      from = socket.gettime()
      local reply = get()
      assert.are.equal("slow", reply.body)
      assert.is_true(socket.gettime() - from >= #reply.bytes * 0.001)
    end)

    it("stalls, and serves others meanwhile", function()
      sim:fault { stall = true, times = 1 }
      local sock = http:open()
      http:send(sock, rawhttp.write("GET", "/"))
      local bytes, err = http:receive(sock, function() return false end, 0.1)
      assert.are.equal("timeout", err)
      assert.are.equal("", bytes)
      assert.are.equal(300, get().status)
      sock:close()
      sim:step(0)
      assert.are.equal(0, #sim.server.connections)
    end)

    it("answers in chunks, without a length", function()
      local whole = get().body
      sim:fault { headers = { ["Transfer-Encoding"] = "chunked" } }
      local sock = http:open()
      http:send(sock, rawhttp.write("GET", "/"))
      local bytes = http:receive(sock, function(all) return all:find("0\r\n\r\n$") end)
      sock:close()
      assert.is_nil(bytes:lower():find("content-length", 1, true))
      local parts = {}
      local body = bytes:match "\r\n\r\n(.*)$"
      for size, at in body:gmatch "(%x+)\r\n()" do
        parts[#parts + 1] = body:sub(at, at + tonumber(size, 16) - 1)
      end
      assert.are.equal(whole, table.concat(parts))
      assert.are.equal("", http:request("HEAD", "/").body)
    end)

    it("adds to the service's own answer", function()
      sim:fault { headers = { ["X-Extra"] = "1" } }
      local reply = get()
      assert.are.equal(300, reply.status)
      assert.are.equal("1", reply.headers["x-extra"])
      sim:clear_faults()
      assert.is_nil(get().headers["x-extra"])
    end)

    it("refuses what makes no sense", function()
      for message, spec in pairs {
        ["fault: a fault has no field 'stauts'; did you mean 'status'?"] = { stauts = 500 },
        ["fault: status must be a number"] = { status = "500" },
        ["fault: path: malformed pattern (missing ']')"] = { path = "/x[", status = 500 },
        ["fault: status must be between 100 and 599"] = { status = 5 },
        ['fault: cut must be "before", "after", "head", "reset" or a number of bytes']
          = { cut = "middle" },
      } do
        assert.has_error(function() sim:fault(spec) end, "rsnapshots: " .. message)
      end
    end)

    it("reads faults from text", function()
      assert.are.same({ method = "GET", path = "/snapshots", status = 503, times = 2 },
        simulator.parse_fault("GET /snapshots status=503 times=2"))
      assert.are.same({ cut = "head", after = 1, times = math.huge, act = false },
        simulator.parse_fault("cut=head after=1 times=inf act=no"))
      assert.are.same({ cut = 10, delay = 0.5, stall = true, trickle = 0.1, query = "a=b" },
        simulator.parse_fault("cut=10 delay=0.5 stall=yes trickle=0.1 query=a=b"))
      assert.are.same({ status = 413, body = "not there", headers = { ["Retry-After"] = "3" } },
        simulator.parse_fault('status=413 header-Retry-After=3 body="not there"'))
    end)

    it("says what is wrong with a fault's text", function()
      for text, message in pairs {
        ["GET /x"] = "does not say what should happen",
        ["snapshots status=500"] = '"snapshots" is neither a method, nor a path, nor name=value',
        ["status=many"] = "status=many: must be a number",
        ["act=maybe status=500"] = "act=maybe: must be a boolean",
        ["colour=red"] = "'colour' is no part of a fault",
        ["delays=1"] = "'delays' is no part of a fault; did you mean 'delay'?",
        ["headers=x"] = "'headers' is no part of a fault",
        ["status=99"] = "status must be between 100 and 599",
      } do
        local spec, err = simulator.parse_fault(text)
        assert.is_nil(spec)
        assert.is_truthy(err:find(message, 1, true), err)
        assert.is_truthy(err:find(text, 1, true), err)
      end
    end)
  end)

  describe("moving with time", function()
    it("creates, with progress", function()
      local id = created_id("a")
      assert.are.same({ "creating", "0%" }, { state_of(id) })
      sim:advance(0.1)
      local status, progress = state_of(id)
      assert.are.equal("creating", status)
      assert.is_truthy(tonumber(progress:match("^(%d+)%%$")) > 40)
      sim:advance(0.1)
      assert.are.same({ "available", "100%" }, { state_of(id) })
    end)

    it("deletes", function()
      local id = sim:add_snapshots(1)[1]
      assert.are.equal(202, http:ask("DELETE", "snapshots/" .. id).status)
      assert.are.same({ "deleting", "100%" }, { state_of(id) })
      sim:advance(0.2)
      assert.are.equal(404, (state_of(id)))
      assert.are.equal(0, sim.store:used(project()).snapshots)
    end)

    it("takes the durations it is given", function()
      sim:close()
      start { create_seconds = 5, delete_seconds = 0 }
      local id = created_id("a")
      sim:advance(4.92)
      assert.are.same({ "creating", "98%" }, { state_of(id) })
      sim:advance(0.2)
      http:ask("DELETE", "snapshots/" .. id)
      assert.are.equal(404, (state_of(id)))
    end)

    it("obeys words in the name", function()
      local slow = created_id("nightly rc_create_sleep=3 rc_progress=42%")
      local bad = created_id("rc_create_fail=1")
      sim:advance(0.3)
      assert.are.same({ "creating", "42%" }, { state_of(slow) })
      assert.are.same({ "error", "0%" }, { state_of(bad) })
      sim:advance(3)
      assert.are.same({ "available", "100%" }, { state_of(slow) })
    end)

    it("obeys words in the metadata, when it deletes too", function()
      local cases = { rc_delete_busy = "available", rc_delete_fail = "error_deleting" }
      for word, outcome in pairs(cases) do
        local id = created_id("x", { metadata = { [word] = "1" } })
        sim:advance(0.3)
        assert.are.equal(202, http:ask("DELETE", "snapshots/" .. id).status)
        assert.are.equal("deleting", (state_of(id)))
        sim:advance(0.3)
        assert.are.equal(outcome, (state_of(id)))
      end
      local slow = sim:add_snapshots(1, { name = "rc_delete_sleep=3" })[1]
      http:ask("DELETE", "snapshots/" .. slow)
      sim:advance(2.9)
      assert.are.equal("deleting", (state_of(slow)))
      sim:advance(0.2)
      assert.are.equal(404, (state_of(slow)))
    end)

    it("leaves alone what an administrator has changed meanwhile", function()
      local id = created_id("a")
      assert.are.equal(202, http:ask("POST", "snapshots/" .. id .. "/action", { user = "admin",
        body = '{"os-reset_status": {"status": "error"}}' }).status)
      sim:advance(1)
      assert.are.equal("error", (state_of(id)))
    end)

    it("makes volumes from snapshots, and takes volumes back to them", function()
      local id = sim:add_snapshots(1)[1]
      local reply = http:ask("POST", "volumes",
        { body = ('{"volume": {"snapshot_id": "%s", "name": "copy"}}'):format(id) })
      assert.are.equal(202, reply.status)
      local volume = decoded(reply).volume
      assert.are.equal("creating", volume.status)
      assert.are.equal(id, volume.snapshot_id)
      sim:advance(0.3)
      assert.are.equal("available", decoded(http:ask("GET", "volumes/" .. volume.id)).volume.status)
      local body = ('{"revert": {"snapshot_id": "%s"}}'):format(id)
      local path = "volumes/" .. sim.volume_id .. "/action"
      assert.are.equal(404, http:ask("POST", path, { body = body, version = 39 }).status)
      assert.are.equal(202, http:ask("POST", path, { body = body, version = 40 }).status)
      assert.are.equal("restoring", (state_of(id)))
      sim:advance(0.3)
      assert.are.equal("available", (state_of(id)))
    end)
  end)
end)
