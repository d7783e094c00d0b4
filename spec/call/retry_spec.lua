local connect = require "spec.support.connect"

local MISSING = "00000000-0000-4000-8000-000000000000"

describe("Retry-After", function()
  local client, sim

  local function start(options)
    client, sim = connect.new(options)
    sim:clear_requests()
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  local function limit(headers, times)
    sim:fault { method = "GET", path = "/snapshots", status = 429, times = times or 1,
      headers = headers, body = '{"overLimit": {"message": "slow down"}}' }
  end

  local function seconds_of(call)
    local began = sim.clock.ticks()
    call()
    return sim.clock.ticks() - began
  end

  -- Those of them that were waited for, and did not pass because the machine is busy.
  local function skipped_by(call)
    local began = sim.clock.skipped
    call()
    return sim.clock.skipped - began
  end

  local function date(from_now)
    return os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + from_now)
  end

  it("as a date is kept", function()
    start {}
    limit { ["Retry-After"] = date(2), Date = date(0) }
    local skipped
    local took = seconds_of(function()
      skipped = skipped_by(function() assert.equal(0, client:count()) end)
    end)
    assert.is_true(took >= 1 and skipped < 4, took)
    assert.equal(2, #sim.requests)
  end)

  it("as a date counts from the service's own clock", function()
    start { retries = 0 }
    limit { Date = "Sun, 06 Nov 1994 08:49:37 GMT",
      ["Retry-After"] = "Sun, 06 Nov 1994 08:50:07 GMT" }
    local _, err = client:count()
    assert.equal("rate_limited", err.kind)
    assert.equal(30, err.retry_after)
  end)

  it("as a date that has passed is now", function()
    start {}
    limit { Date = date(0), ["Retry-After"] = "Sun, 06 Nov 1994 08:49:37 GMT" }
    assert.is_true(skipped_by(function() assert.equal(0, client:count()) end) < 1)
  end)

  for _, junk in ipairs { "soon", "-1", "1e9", "0x10", "99999999999999999999 s", "1 s", ",",
    "Sun, 06 Nov 9999", "Xxx, 99 Xxx 2026 99:99:99 GMT", "1.5.0", "NaN", "\195\188" } do
    it("of junk is as good as none: " .. junk, function()
      start {}
      limit { ["Retry-After"] = junk }
      assert.is_true(skipped_by(function() assert.equal(0, client:count()) end) < 1)
      client:close()
      client = connect.to(sim, { retries = 0 })
      limit { ["Retry-After"] = junk }
      local _, err = client:count()
      assert.equal("rate_limited", err.kind)
      assert.is_nil(err.retry_after)
    end)
  end

  it("of longer than there is time ends the call at once", function()
    start { timeout = 5 }
    limit({ ["Retry-After"] = "6" }, math.huge)
    local err
    assert.is_true(skipped_by(function() err = select(2, client:count()) end) < 1)
    assert.equal("rate_limited", err.kind)
    assert.equal(6, err.retry_after)
    assert.equal(1, err.attempts)
  end)

  it("counts for a service that is unavailable too", function()
    start {}
    sim:fault { method = "GET", path = "/snapshots", status = 503, times = 1,
      headers = { ["Retry-After"] = "1" } }
    assert.is_true(seconds_of(function() assert.equal(0, client:count()) end) > 0.99) -- in ms
  end)
end)

describe("a delete in conflict", function()
  local client, sim, made

  local function start(options)
    client, sim = connect.new(options)
    made = assert(client:create { volume_id = sim.volume_id, name = "x" })
    assert(made:wait_until_complete { interval = 0.02 })
    sim:clear_requests()
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  local function refuse(method, times)
    sim:fault { method = method, path = "/snapshots", status = 409, times = times,
      headers = { ["Retry-After"] = "0" }, body = '{"conflict": {"message": "busy"}}' }
  end

  for _, retries in ipairs { 0, 1 } do
    it("is tried again until the deadline, with retries = " .. retries, function()
      start { timeout = 3, retries = retries }
      refuse("DELETE", math.huge)
      local began = sim.clock.skipped
      local ok, err = client:delete(made)
      assert.is_nil(ok)
      assert.equal("conflict", err.kind)
      assert.equal("busy", err.message)
      assert.is_true(err.attempts > 2) -- the first two pauses take 1.5 s at most
      assert.equal(err.attempts, #sim.requests)
      assert.is_true(sim.clock.skipped - began < 4)
    end)
  end

  it("leaves the retries to what else goes wrong, before it and after", function()
    start { retries = 2 }
    sim:fault { method = "DELETE", path = "/snapshots", cut = "before", times = 1 }
    refuse("DELETE", 3)
    sim:fault { method = "DELETE", path = "/snapshots", status = 503, times = 1 }
    assert.is_true(client:delete(made))
    assert.equal(6, #sim.requests)
    sim:fault { method = "DELETE", path = "/snapshots", status = 503, times = 2 }
    refuse("DELETE", 1)
    sim:fault { method = "DELETE", path = "/snapshots", status = 503, times = math.huge }
    local _, err = client:delete(MISSING)
    assert.equal("server", err.kind)
    assert.equal(4, err.attempts)
  end)

  it("is no different for all that: anything else in conflict is final", function()
    start {}
    refuse("PUT", 1)
    local _, err = client:update(made, { name = "y" })
    assert.equal("conflict", err.kind)
    assert.equal(1, #sim.requests)
  end)
end)

describe("retries = 0", function()
  local client, sim

  before_each(function()
    client, sim = connect.new { retries = 0 }
    sim:clear_requests()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  for name, fault in pairs {
    ["a cut connection"] = { cut = "after" }, ["a reset"] = { cut = "reset" },
    ["503"] = { status = 503 }, ["a rate limit"] = { status = 429 }, ["500"] = { status = 500 },
  } do
    it("sends once: " .. name, function()
      for _, method in ipairs { "GET", "PUT", "DELETE", "POST" } do
        sim:clear_requests()
        sim:clear_faults()
        fault.method, fault.path, fault.times = method, "/snapshots", math.huge
        sim:fault(fault)
        local call = { GET = client.get, DELETE = client.delete,
          PUT = function(self, id) return self:update(id, { name = "y" }) end,
          POST = function(self) return self:create { volume_id = sim.volume_id } end }
        local _, err = call[method](client, MISSING)
        assert.equal(1, err.attempts, method)
        local kept = method == "GET" and fault.cut and 2 or 1 -- libcurl's own, of a kept connection
        assert.is_true(#sim.requests >= 1 and #sim.requests <= kept, method .. #sim.requests)
      end
    end)
  end

  it("still renews a token that was refused", function()
    sim:revoke_tokens()
    assert.equal(0, client:count())
  end)
end)
