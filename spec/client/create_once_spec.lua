local cjson = require "cjson"
local connect = require "spec.support.connect"
local skipping = require "rsnapshots.loop.skipping"
local simulator = require "rsnapshots.simulator"

for version = 1, 3 do
  local slow = version < 3 and " #slow" or ""

  describe("a create with once, version " .. version, function()
    local client, sim

    before_each(function()
      client, sim = connect.new({ api_version = version, timeout = 10, retries = 2 })
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    local function create(name)
      return client:create { volume_id = sim.volume_id, name = name or "x", once = true,
        metadata = version > 1 and { k = "v" } or nil }
    end

    local function there()
      return #assert(client:list():all())
    end

    it("that goes well is sent once", function()
      local snapshot = assert(create())
      assert.equal("x", snapshot.name)
      assert.equal(1, there())
      if version > 1 then
        assert.equal("v", snapshot.metadata.k)
        assert.equal(32, #snapshot.metadata["rsnapshots:once"])
      end
    end)

    it("finds the snapshot whose answer was lost", function()
      for _, cut in ipairs { "after", "head", 30 } do
        sim:fault { method = "POST", path = "/snapshots", cut = cut, times = 1 }
        assert(create("lost " .. cut))
      end
      assert.equal(3, there())
    end)

    it("sends again what never arrived" .. slow, function()
      sim:fault { method = "POST", path = "/snapshots", cut = "before", times = 1 }
      assert(create())
      assert.equal(1, there())
    end)

    it("finds the snapshot that a service made long after its connection broke" .. slow, function()
      local body, at
      client:close()
      local function wait(...)
        local ready = sim.shared_wait(...)
        local last = sim.requests[#sim.requests]
        if not body and last and last.method == "POST" and last.path:find "/snapshots$" then
          body, at = last.body, sim.now() + 4
        elseif at and sim.now() >= at then
          at = nil
          local late = connect.to(sim, { api_version = version })
          assert(late:create { to_snapshot_create_map = function() return cjson.decode(body) end })
          late:close()
        end
        return ready
      end
      skipping[wait] = sim.sessions
      client = connect.to(sim, { api_version = version, wait = wait })
      sim:fault { method = "POST", path = "/snapshots", cut = "before", times = 1 }
      assert.equal("x", assert(create()).name)
      while at do
        assert(client:count())
      end
      assert.equal(1, there())
    end)

    it("does not take an older one of that name for it", function()
      sim:add_snapshots(1, { volume_id = sim.volume_id, prefix = "x" })
      local older = assert(client:list():all())[1]
      sim:fault { method = "POST", path = "/snapshots", cut = "after", times = 1 }
      local snapshot = assert(create(older.name))
      assert.are_not.equal(older.id, snapshot.id)
      assert.equal(2, there())
    end)

    it("never sends again what the service may still be at", function()
      sim:fault { method = "POST", path = "/snapshots", status = 504, act = false,
        times = math.huge }
      client:close()
      client = connect.to(sim, { api_version = version, timeout = 3 })
      sim:clear_requests()
      local snapshot, err = create()
      assert.is_nil(snapshot)
      assert.equal("uncertain", err.kind)
      local posts = 0
      for _, request in ipairs(sim.requests) do
        posts = posts + (request.method == "POST" and 1 or 0)
      end
      assert.equal(1, posts)
    end)

    it("finds one that a slow answer hid", function()
      sim:fault { method = "POST", path = "/snapshots", status = 504, act = true, times = 1 }
      assert(create())
      assert.equal(1, there())
    end)

    it("finds the first when the second is refused for it" .. slow, function()
      sim:fault { method = "POST", path = "/snapshots", cut = "after", times = 1 }
      sim:fault { method = "POST", path = "/snapshots", status = 413, times = 1,
        headers = { ["Retry-After"] = "0" }, body = '{"overLimit": {"message": "quota"}}' }
      sim:fault { method = "GET", path = "/snapshots", status = 200, body = '{"snapshots": []}',
        times = version == 1 and 6 or 5 } -- a database that lags behind
      local snapshot = assert(create())
      local all = assert(client:list():all())
      assert.equal(1, #all)
      assert.equal(all[1].id, snapshot.id)
    end)

    it("counts every time that it was sent" .. slow, function()
      sim:fault { method = "POST", path = "/snapshots", cut = "before", times = 1 }
      sim:fault { method = "POST", path = "/snapshots", status = 403, times = 1 }
      local snapshot, err = create()
      assert.is_nil(snapshot)
      assert.equal("forbidden", err.kind)
      assert.equal(2, err.attempts)
    end)

    it("gives up with uncertain after so many tries" .. slow, function()
      client:close()
      client = connect.to(sim, { api_version = version, retries = 0 })
      sim:fault { method = "POST", path = "/snapshots", cut = "before", times = math.huge }
      local snapshot, err = create()
      assert.is_nil(snapshot)
      assert.equal("uncertain", err.kind)
      assert.equal(0, there())
    end)

    it("that is refused fails at once", function()
      sim:fault { method = "POST", path = "/snapshots", status = 403, times = math.huge }
      local snapshot, err = create()
      assert.is_nil(snapshot)
      assert.equal("forbidden", err.kind)
    end)
  end)
end

describe("a create with once whose listings get no answer", function()
  for version, answered in pairs { [1] = 3, [3] = 2 } do -- version 1 looks before it sends, too
    it("is over at its deadline, version " .. version, function()
      local client, sim = connect.new { api_version = version, timeout = 3 }
      sim:fault { method = "POST", path = "/snapshots", cut = "before", times = 1 }
      sim:fault { method = "GET", path = "/snapshots", stall = true, after = answered,
        times = math.huge }
      local began = sim.clock.skipped
      local snapshot, err = client:create { volume_id = sim.volume_id, name = "x", once = true }
      assert.is_true(sim.clock.skipped - began < 4)
      assert.is_nil(snapshot)
      assert.equal("uncertain", err.kind)
      client:close()
      sim:close()
    end)
  end
end)

describe("a create with once whose client is closed meanwhile", function()
  it("ends at once, and is uncertain", function()
    local client, sim
    client, sim = connect.new { timeout = 5, on_request = function(info)
      if info.method == "POST" and info.url:find("/snapshots", 1, true) then
        client:close()
      end
    end }
    sim:fault { method = "POST", path = "/snapshots", cut = "after", times = 1 }
    local began = sim.clock.skipped
    local snapshot, err = client:create { volume_id = sim.volume_id, name = "x", once = true }
    assert.is_true(sim.clock.skipped - began < 2)
    assert.is_nil(snapshot)
    assert.equal("uncertain", err.kind)
    assert.is_true(err.lost)
    sim:close()
  end)
end)

describe("a create with once in version 1", function()
  it("is not sent when nobody can say what is there already", function()
    local client, sim = connect.new({ api_version = 1, retries = 0 })
    sim:clear_requests()
    sim:fault { method = "GET", path = "/snapshots", status = 403 }
    local snapshot, err = client:create { volume_id = sim.volume_id, name = "x", once = true }
    assert.is_nil(snapshot)
    assert.equal("forbidden", err.kind)
    for _, request in ipairs(sim.requests) do
      assert.equal("GET", request.method)
    end
    client:close()
    sim:close()
  end)

  it("says that nobody can tell which is its own, where several of its name appear", function()
    local sim = assert(simulator.new())
    local appeared = false
    local client = connect.to(sim, { api_version = 1, timeout = 10, wait = function(...)
      local ready = sim.wait(...)
      if not appeared and #sim.requests > 0 and sim.requests[#sim.requests].method == "POST"
        and sim.requests[#sim.requests].path:find("/snapshots", 1, true) then
        appeared = sim:find_snapshot(sim:add_snapshots(1, { volume_id = sim.volume_id })[1])
        appeared.name = "x" -- somebody else's, at the same moment
      end
      return ready
    end })
    sim:fault { method = "POST", path = "/snapshots", cut = "after", times = 1 }
    local snapshot, err = client:create { volume_id = sim.volume_id, name = "x", once = true }
    assert.is_nil(snapshot)
    assert.equal("uncertain", err.kind)
    assert.matches("several new snapshots have this name", err.message, 1, true)
    assert.equal(2, #err.matches)
    for _, id in ipairs(err.matches) do
      assert.matches(id, err.message, 1, true)
      assert.equal("x", assert(client:get(id)).name)
    end
    assert.is_true(err.matches[1] == appeared.id or err.matches[2] == appeared.id)
    client:close()
    sim:close()
  end)

  it("needs a name, its only mark", function()
    local client, sim = connect.new({ api_version = 1 })
    sim:clear_requests()
    assert.error_matches(function()
      client:create { volume_id = sim.volume_id, once = true }
    end, "name .which `once` needs here. must be a string")
    assert.equal(0, #sim.requests)
    client:close()
    sim:close()
  end)
end)
