--- From a snapshot back to a volume.
local connect = require "spec.support.connect"

for version = 1, 3 do
  describe("with version " .. version .. " a volume made from a snapshot", function()
    local client, sim, snapshot

    before_each(function()
      client, sim = connect.new({ api_version = version }, { create_seconds = 0.3 })
      sim:add_snapshots(1, { volume_id = sim.volume_id })
      snapshot = assert(client:list():next())
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    it("is described, and can be waited for", function()
      local volume = assert(client:restore(snapshot.id, { name = "back", description = "d",
        size = 3, metadata = { a = "b" } }))
      assert.equal("creating", volume.status)
      assert.equal(3, volume.size)
      assert.equal("back", volume.name or volume.display_name)
      assert.equal("b", volume.metadata.a)
      local seen = 0
      local ready = assert(client:wait_until_available(volume, { timeout = 60, interval = 0.1,
        on_progress = function() seen = seen + 1 end }))
      assert.equal("available", ready.status)
      assert.equal(volume.id, ready.id)
      assert.equal(snapshot.id, ready.snapshot_id)
      assert.is_true(seen >= 2)
      assert.equal("available", assert(client:wait_until_available(volume.id, 5)).status)
    end)

    it("is there at the end of the call with wait", function()
      for _, wait in ipairs { true, 60, { timeout = 60, interval = 0.05 } } do
        assert.equal("available", assert(snapshot:restore { wait = wait }).status)
      end
    end)

    it("has the snapshot's size by default", function()
      assert.equal(snapshot.size, assert(client:restore(snapshot)).size)
    end)

    it("is not made of what cannot be, and the error says why", function()
      local volume, err = client:restore "00000000-0000-0000-0000-000000000000"
      assert.is_nil(volume)
      assert.equal("not_found", err.kind)
      sim:find_snapshot(snapshot.id).status = "error"
      assert.equal("invalid", select(2, client:restore(snapshot)).kind)
    end)

    it("is never asked for twice when it may have been made", function()
      sim:fault { method = "POST", path = "/volumes", cut = "after" }
      local volume, err = client:restore(snapshot)
      assert.is_nil(volume)
      assert.equal("uncertain", err.kind)
      sim:clear_faults()
      sim:fault { method = "POST", path = "/volumes", act = true, status = 202, body = "{}" }
      assert.equal("uncertain", select(2, client:restore(snapshot)).kind)
    end)

    it("is named by the error of a wait that fails", function()
      for _, status in ipairs { 403, 404, 503 } do
        sim:fault { method = "GET", path = "/volumes/", status = status, times = 1e6 }
        local volume, err = snapshot:restore { wait = 0.2 }
        assert.is_nil(volume)
        assert.is_string(err.volume.id)
        sim:clear_faults()
        assert(client:wait_until_available(err.volume.id, 5))
      end
    end)

    it("that fails ends the wait", function()
      local volume = assert(client:restore(snapshot))
      sim:fault { method = "GET", path = "/volumes/", status = 200,
        body = ('{"volume": {"id": "%s", "status": "error"}}'):format(volume.id) }
      local ready, err = client:wait_until_available(volume, 5)
      assert.is_nil(ready)
      assert.equal("failed", err.kind)
      assert.equal("error", err.volume.status)
      assert.is_nil(err.snapshot)
    end)

    it("that does not come ends the wait in time", function()
      local volume = assert(client:restore(snapshot, { name = "rc_create_sleep=60" }))
      local ready, err = client:wait_until_available(volume, 0.5)
      assert.is_nil(ready)
      assert.equal("timeout", err.kind)
      assert.equal("creating", err.volume.status)
    end)

    it("is told what is wrong with a call", function()
      assert.error_matches(function() client:restore() end, "id must be a string")
      assert.error_matches(function() client:restore("x", { size = 0 }) end, "size")
      assert.error_matches(function() client:restore("x", { size = "1" }) end, "size")
      assert.error_matches(function() client:restore("x", { metadata = { 1 } }) end, "metadata")
      assert.error_matches(function() client:restore("x", { colour = 1 }) end, "colour")
      assert.error_matches(function() client:restore("x", { wait = -7 }) end, "timeout")
      assert.error_matches(function() client:wait_until_available {} end, "volume")
    end)
  end)
end

describe("a volume taken back to its snapshot", function()
  local client, sim, older, newest

  before_each(function()
    client, sim = connect.new({}, { create_seconds = 0.2 })
    sim:add_snapshots(2, { volume_id = sim.volume_id })
    local listing = client:list()
    newest, older = assert(listing:next()), assert(listing:next())
    sim:clear_requests()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  it("is available again at the end with wait", function()
    assert.is_true(newest:revert { wait = 5 })
    assert.is_true(client:revert(newest.id, { wait = true }))
    assert.equal("available", client:wait_until_available(sim.volume_id, 0).status)
  end)

  it("is accepted at once without", function()
    assert.is_true(client:revert(newest))
    assert.equal(1, #sim.requests)
    local _, err = client:wait_until_available(sim.volume_id, 0)
    assert.equal("reverting", err.volume.status)
  end)

  it("takes the newest snapshot only", function()
    local ok, err = older:revert()
    assert.is_nil(ok)
    assert.equal("invalid", err.kind)
    assert.equal("not_found", select(2, client:revert "nobody").kind)
  end)

  it("is asked for within one call's time, also when the volume has to be found", function()
    sim:fault { path = "/snapshots/", delay = 60 }
    sim:fault { path = "/volumes/", stall = true }
    local other = connect.to(sim, { timeout = 100, attempt_timeout = 100 })
    local began = sim.clock.skipped
    assert.equal("uncertain", select(2, other:revert(newest.id)).kind)
    assert.is_true(sim.clock.skipped - began < 110)
    other:close()
  end)

  it("takes microversion 3.40", function()
    local old = connect.to(sim, { microversion = "3.39" })
    sim:clear_requests()
    local ok, err = old:revert(newest.id)
    assert.is_nil(ok)
    assert.equal("unsupported", err.kind)
    assert.matches("3.40", err.message, 1, true)
    assert.equal(0, #sim.requests)
    old:close()
  end)

  it("is never asked for twice when it may have begun", function()
    sim:fault { method = "POST", path = "/action", cut = "after" }
    assert.equal("uncertain", select(2, newest:revert()).kind)
    assert.equal(1, #sim.requests)
  end)
end)
