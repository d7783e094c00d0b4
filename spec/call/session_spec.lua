local connect = require "spec.support.connect"
local core = require "rsnapshots.core"
local rsnapshots = require "rsnapshots"

local MISSING = "00000000-0000-4000-8000-000000000000"

describe("one call", function()
  local client, sim

  local function start(options)
    client, sim = connect.new(options)
    sim:clear_requests()
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  local function create()
    return client:create { volume_id = sim.volume_id, name = "x" }
  end

  -- Requests for snapshots that the simulator saw.
  local function seen()
    local count = 0
    for _, request in ipairs(sim.requests) do
      count = count + (request.path:find("/snapshots", 1, true) and 1 or 0)
    end
    return count
  end

  describe("that the service refuses says why:", function()
    for _, case in ipairs {
      { 400, "badRequest", "invalid" }, { 401, "unauthorized", "auth" },
      { 403, "forbidden", "forbidden" }, { 404, "itemNotFound", "not_found" },
      { 405, "badMethod", "unsupported" }, { 406, "computeFault", "unsupported" },
      { 413, "overLimit", "quota" }, { 422, "unprocessable", "invalid" },
      { 501, "notImplemented", "unsupported" }, { 302, "moved", "decode" },
      { 500, "computeFault", "server" }, { 599, "odd", "server" }, { 418, "teapot", "invalid" },
    } do
      it(case[1] .. " is " .. case[3], function()
        start { retries = 0 }
        sim:fault { method = "PUT", path = "/snapshots", status = case[1], times = math.huge,
          headers = { ["Content-Type"] = "application/json", ["X-Openstack-Request-Id"] = "req-7" },
          body = ('{"%s": {"code": %d, "message": "told you"}}'):format(case[2], case[1]) }
        local result, err = client:update("x", { name = "y" })
        assert.is_nil(result)
        assert.is_true(rsnapshots.is_error(err))
        assert.equal(case[3], err.kind)
        assert.equal(case[1], err.status)
        assert.equal(case[2], err.code)
        assert.equal("req-7", err.request_id)
        assert.equal("PUT", err.method)
        assert.equal(client.endpoint .. "/snapshots/x", err.url)
        if case[1] ~= 302 then
          assert.equal("told you", (err.message:gsub(" %(a new token was refused, too: .*$", "")))
        end
      end)
    end
  end)

  describe("is retried", function()
    for _, status in ipairs { 408, 500, 502, 503, 504 } do
      it("after " .. status, function()
        start { retries = 2 }
        sim:fault { method = "GET", path = "/snapshots", status = status, times = 1 }
        assert.equal(0, client:count())
        assert.equal(2, seen())
      end)
    end

    it("after a connection that was cut, wherever", function()
      for _, cut in ipairs { "before", "after", "head", 20, 300, "reset" } do
        start {}
        sim:fault { method = "GET", path = "/snapshots", cut = cut, times = 1 }
        assert.equal(0, client:count())
        assert.equal(2, seen())
      end
    end)

    for method, call in pairs {
      PUT = function(id) return client:update(id, { name = "y" }) end,
      DELETE = function(id) return client:delete(id) end,
    } do
      it("as a " .. method .. ", but not after 500", function()
        start { retries = 1 }
        for _, status in ipairs { 408, 502, 503, 504 } do
          local id = sim:add_snapshots(1, {})[1]
          sim:clear_requests()
          sim:fault { method = method, path = "/snapshots", status = status, times = 1 }
          assert(call(id))
          assert.equal(2, seen())
        end
        sim:clear_requests()
        sim:fault { method = method, path = "/snapshots", status = 500, times = 1 }
        local _, err = call(sim:add_snapshots(1, {})[1])
        assert.equal("server", err.kind)
        assert.equal(1, seen())
      end)
    end

    it("after a rate limit, not before the service wants it", function()
      start {}
      sim:fault { method = "GET", path = "/snapshots", status = 429, times = 1,
        headers = { ["Retry-After"] = "1" }, body = '{"overLimit": {"message": "slow down"}}' }
      local began = sim.clock.ticks()
      assert.equal(0, client:count())
      assert.is_true(sim.clock.ticks() - began >= 1)
    end)

    it("as often as `retries` says, and the error tells", function()
      start { retries = 1 }
      sim:fault { method = "GET", path = "/snapshots", status = 503, times = math.huge }
      local _, err = client:count()
      assert.equal("server", err.kind)
      assert.equal(2, err.attempts)
      assert.equal(2, seen())
    end)

    it("not past the deadline", function()
      start { timeout = 20 }
      sim:fault { method = "GET", path = "/snapshots", status = 429, times = math.huge,
        headers = { ["Retry-After"] = "30" } }
      local began = sim.clock.skipped
      local _, err = client:count()
      assert.equal("rate_limited", err.kind)
      assert.equal(30, err.retry_after)
      assert.is_true(sim.clock.skipped - began < 0.3)
    end)

    it("not for what is final", function()
      start {}
      for _, status in ipairs { 400, 403, 404, 413, 422, 501 } do
        sim:clear_requests()
        sim:fault { method = "PUT", path = "/snapshots", status = status, times = 1 }
        assert.is_nil((client:update("x", { name = "y" })))
        assert.equal(1, seen())
      end
    end)

    it("not for a quota", function()
      start {}
      sim:fault { method = "POST", path = "/snapshots", status = 413, times = math.huge,
        headers = { ["Retry-After"] = "0" },
        body = '{"overLimit": {"code": 413, "message": "SnapshotLimitExceeded: quota"}}' }
      local _, err = create()
      assert.equal("quota", err.kind)
      assert.equal(1, err.attempts)
    end)

    it("for a delete in conflict, until it goes through", function()
      start { api_version = 1 }
      local made = assert(create():wait_until_complete { interval = 0.05 })
      sim:fault { method = "DELETE", path = "/snapshots", status = 409, times = 2 }
      assert.is_true(client:delete(made))
    end)

    it("and a delete that was done by an earlier attempt succeeded", function()
      start {}
      local made = assert(create():wait_until_complete { interval = 0.05 })
      sim:fault { method = "DELETE", path = "/snapshots", cut = "after", times = 1 }
      sim:fault { method = "DELETE", path = "/snapshots", status = 404, times = 1,
        body = '{"itemNotFound": {"code": 404, "message": "gone"}}' }
      assert.is_true(client:delete(made))
    end)
  end)

  it("that deletes and was only refused before finds nothing there", function()
    start {}
    sim:fault { method = "DELETE", path = "/snapshots", status = 429, times = 1,
      headers = { ["Retry-After"] = "0" } }
    local ok, err = client:delete(MISSING)
    assert.is_nil(ok)
    assert.equal("not_found", err.kind)
    assert.equal(2, err.attempts)
    assert.is_false(err.lost)
  end)

  describe("that deletes, whose answer was lost,", function()
    it("was accepted when its repetition finds the snapshot being deleted", function()
      start {}
      local made = assert(client:create { volume_id = sim.volume_id,
        name = "x rc_delete_sleep=600" })
      assert(made:wait_until_complete { interval = 0.05 })
      sim:fault { method = "DELETE", path = "/snapshots", cut = "after", times = 1 }
      assert.is_true(client:delete(made))
      assert.equal("DELETING", assert(made:refresh()).status)
    end)

    it("is over at its deadline although nobody says what became of it", function()
      for _, force in ipairs { false, true } do
        start { timeout = 200, attempt_timeout = 200 }
        local id = sim:add_snapshots(1, {})[1]
        for _, method in ipairs { "DELETE", "POST" } do
          sim:fault { method = method, path = "/snapshots", delay = 150, cut = "before", times = 1 }
          sim:fault { method = method, path = "/snapshots", status = 409, times = math.huge }
        end
        sim:fault { method = "GET", path = "/snapshots", stall = true, times = math.huge }
        local began = sim.clock.skipped
        local ok, err = client:delete(id, { force = force })
        assert.is_true(sim.clock.skipped - began < 210)
        assert.is_nil(ok)
        assert.is_true(err.lost)
        client:close()
        sim:close()
      end
      start {}
    end)

    it("failed when its repetition is refused for another reason", function()
      start {}
      local made = assert(create():wait_until_complete { interval = 0.05 })
      sim:fault { method = "DELETE", path = "/snapshots", cut = "before", times = 1 }
      sim:fault { method = "DELETE", path = "/snapshots", status = 400, times = 1 }
      local ok, err = client:delete(made)
      assert.is_nil(ok)
      assert.equal("invalid", err.kind)
    end)
  end)

  describe("that creates is never sent twice blindly:", function()
    it("cut off before the answer, it is uncertain", function()
      for _, cut in ipairs { "before", "after", 20, "head", 600, "reset" } do
        start {}
        sim:fault { method = "POST", path = "/snapshots", cut = cut, times = 1 }
        local snapshot, err = create()
        assert.is_nil(snapshot)
        assert.equal("uncertain", err.kind)
        assert.equal("network", err.cause.kind)
        assert.equal(1, err.attempts)
        assert.equal(1, seen())
      end
    end)

    it("cut off on a kept connection, libcurl does not repeat it either", function()
      start {}
      assert.equal(0, client:count()) -- the connection is there
      sim:fault { method = "POST", path = "/snapshots", cut = "before", times = 1 }
      local _, err = create()
      assert.equal("uncertain", err.kind)
      assert.equal(2, seen())
    end)

    it("without an answer in time, it is uncertain", function()
      start { timeout = 20 }
      sim:fault { method = "POST", path = "/snapshots", stall = true, times = 1 }
      local _, err = create()
      assert.equal("uncertain", err.kind)
      assert.equal("timeout", err.cause.kind)
      assert.equal(1, seen())
    end)

    it("answered with 500 or 504, it is uncertain", function()
      for _, status in ipairs { 500, 502, 503, 504 } do
        start {}
        sim:fault { method = "POST", path = "/snapshots", status = status, times = 1 }
        local _, err = create()
        assert.equal("uncertain", err.kind)
        assert.equal(status, err.status)
        assert.equal(1, seen())
      end
    end)

    it("rate limited, it surely had no effect and is sent again", function()
      start {}
      sim:fault { method = "POST", path = "/snapshots", status = 429, times = 1,
        headers = { ["Retry-After"] = "0" } }
      assert(create())
      assert.equal(2, seen())
    end)

    it("refused for its token, it is sent again with a fresh one", function()
      start {}
      sim:revoke_tokens()
      assert(create())
      assert.equal(2, seen())
    end)

    it("that never left is an ordinary failure", function()
      start {}
      local url = sim.url
      client:close()
      local down = false
      client = connect.to(sim, { retries = 1, wait = function(...)
        return (down and core.poll or sim.wait)(...)
      end })
      sim:close()
      down = true
      local _, err = create()
      assert.equal("network", err.kind)
      assert.equal(2, err.attempts)
      assert.matches(url:match "//(.*)", err.message, 1, true)
    end)

    it("accepted with an answer that cannot be read, it is uncertain", function()
      start {}
      sim:fault { method = "POST", path = "/snapshots", status = 202, body = "<html>", times = 1 }
      local _, err = create()
      assert.equal("uncertain", err.kind)
      assert.equal("decode", err.cause.kind)
    end)
  end)

  describe("ends at its deadline", function()
    local function within(seconds, call)
      local began = sim.clock.skipped
      local _, err = call()
      local took = sim.clock.skipped - began
      assert.is_true(took < seconds + 1, "it took " .. took)
      assert.equal("timeout", err.kind)
      return err
    end

    it("when no answer comes", function()
      start { timeout = 40, attempt_timeout = 40 }
      sim:fault { method = "GET", path = "/snapshots", stall = true, times = math.huge }
      within(40, function() return client:get(MISSING) end)
    end)

    it("when it comes a byte at a time", function()
      start { timeout = 40, attempt_timeout = 40 }
      sim:fault { method = "GET", path = "/snapshots", trickle = 5, times = math.huge }
      within(40, function() return client:get(MISSING) end)
    end)

    it("when each attempt has one of its own", function()
      start { attempt_timeout = 20, timeout = 1000 }
      sim:fault { method = "GET", path = "/snapshots", stall = true, times = 1 }
      assert.equal(0, client:count())
    end)
  end)

  describe("is reported to on_request", function()
    it("after every attempt", function()
      local seen_requests = {}
      start { on_request = function(info) seen_requests[#seen_requests + 1] = info end }
      seen_requests = {}
      sim:fault { method = "GET", path = "/snapshots", status = 503, times = 1 }
      client:count()
      assert.equal(2, #seen_requests)
      local first, second = seen_requests[1], seen_requests[2]
      assert.equal("GET", first.method)
      assert.matches("/snapshots%?", first.url)
      assert.equal(503, first.status)
      assert.equal(1, first.attempt)
      assert.equal("server", first.err.kind)
      assert.is_number(first.seconds)
      assert.equal(200, second.status)
      assert.equal(2, second.attempt)
      assert.is_nil(second.err)
      assert.matches("^req%-", second.request_id)
    end)

    it("and an error that it raises leaves the client usable", function()
      local raise = false
      start { on_request = function() if raise then error "mine" end end }
      raise = true
      assert.error_matches(function() client:count() end, "mine")
      raise = false
      assert.equal(0, client:count())
    end)
  end)

  describe("waits through the `wait` hook,", function()
    it("which may return early", function()
      local calls = 0
      start {}
      local slow = { sim.wait }
      client:close()
      client = connect.to(sim, { wait = function(fd, events, seconds)
        calls = calls + 1
        slow[1](fd, events, calls % 2 == 0 and seconds or 0)
      end })
      assert.equal(0, client:count())
      assert.is_true(calls > 2)
    end)

    it("which may raise, and the client stays usable", function()
      start {}
      local raise = false
      client:close()
      client = connect.to(sim, { wait = function(...)
        if raise then
          error "interrupted!"
        end
        return sim.wait(...)
      end })
      raise = true
      assert.error_matches(function() client:count() end, "interrupted!")
      raise = false
      assert.equal(0, client:count())
    end)

    it("which is told how long at most", function()
      start {}
      local longest = 0
      client:close()
      client = connect.to(sim, { timeout = 3, wait = function(fd, events, seconds)
        assert.is_number(fd)
        assert.equal("r", events)
        longest = math.max(longest, seconds)
        return sim.wait(fd, events, seconds)
      end })
      assert.equal(0, client:count())
      assert.is_true(longest <= 3.5)
    end)

    it("and one that closes the client ends the call", function()
      start {}
      local close = false
      client:close()
      client = connect.to(sim, { wait = function(...)
        if close then
          client:close()
        else
          sim.wait(...)
        end
      end })
      close = true
      local count, err = client:count()
      assert.is_nil(count)
      assert.is_true(rsnapshots.is_error(err))
    end)
  end)

  describe("keeps secrets", function()
    it("out of errors, also those that a service repeats", function()
      local reports = {}
      start { password = "demopw", on_request = function(info)
        reports[#reports + 1] = tostring(info.err) .. info.url
      end }
      local token
      client:count()
      for _, request in ipairs(sim.requests) do
        token = request.headers["x-auth-token"] or token
      end
      assert.is_true(#token > 10)
      sim:fault { method = "GET", path = "/snapshots", status = 400, times = math.huge,
        body = '{"badRequest": {"message": "token ' .. token .. ' and demopw are bad"}}' }
      local _, err = client:count()
      assert.equal("token *** and *** are bad", err.message)
      assert.is_nil(table.concat(reports):find(token, 1, true))
      assert.is_nil(table.concat(reports):find("demopw", 1, true))
    end)
  end)
end)

describe("a renewal of the token that a callback's error ends", function()
  local client, sim, due

  before_each(function()
    due = false
    client, sim = connect.new { timeout = 8, on_request = function(info)
      if due and info.url:find("/auth/tokens", 1, true) then
        due = false
        error "boom"
      end
    end }
    sim:revoke_tokens()
    due = true
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function assert_free()
    local began = sim.clock.skipped
    assert.equal(0, client:count())
    assert.is_true(sim.clock.skipped - began < 2)
  end

  it("is waited for by nobody, its coroutine being dead", function()
    local ok, message = coroutine.resume(coroutine.create(function() client:count() end))
    assert.is_false(ok)
    assert.matches("boom", message)
    assert_free()
  end)

  it("is waited for by nobody, its coroutine being busy with something else", function()
    local thread = coroutine.create(function()
      coroutine.yield(pcall(client.count, client))
    end)
    local _, ok, message = coroutine.resume(thread)
    assert.is_false(ok)
    assert.matches("boom", message)
    assert_free()
    assert.equal("suspended", coroutine.status(thread))
  end)

  it("is waited for by no task of a group that its coroutine waits for", function()
    assert.error_matches(function() client:count() end, "boom")
    local group = client:group()
    group:spawn(assert_free)
    assert.is_true(group:next().ok)
  end)

  it("fails the group's task that it is of, and no other", function()
    local group, began, failures = client:group(), sim.clock.skipped, 0
    for _ = 1, 3 do
      group:spawn(function() return client:count() end)
    end
    local task = group:next()
    while task do
      failures = failures + (task.ok and 0 or 1)
      task = group:next()
    end
    assert.equal(1, failures)
    assert.is_true(sim.clock.skipped - began < 4)
  end)
end)

describe("a token in its last minute", function()
  it("serves while the identity service says nothing", function()
    local client, sim = connect.new { timeout = 12, attempt_timeout = 12 }
    sim:add_snapshots(1, { volume_id = sim.volume_id })
    require("rsnapshots.client.requests").open(client).session.core:skip(3600 - 30) -- of an hour
    sim:fault { path = "/auth/tokens", stall = true }
    local began = sim.clock.skipped
    assert.equal(1, client:count())
    assert.is_true(sim.clock.skipped - began < 8)
    began = sim.clock.skipped
    assert.equal(1, client:count()) -- for a while nobody asks again
    assert.is_true(sim.clock.skipped - began < 2)
    client:close()
    sim:close()
  end)
end)
