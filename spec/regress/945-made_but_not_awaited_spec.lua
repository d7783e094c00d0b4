-- If a create with `wait` made a snapshot, and the wait then failed before its first good look (a
-- login that is refused, a limit of the rate), the error did not say which snapshot there is now.
local connect = require "spec.support.connect"

describe("a create whose wait fails", function()
  local client, sim

  before_each(function()
    client, sim = connect.new({ retries = 0 }, { create_seconds = 100 })
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function says_which(err)
    assert.equal(1, #sim.store.snapshots)
    assert.equal(sim.store.snapshots[1].id, err.snapshot and err.snapshot.id)
  end

  for kind, fault in pairs {
    auth = { status = 401 }, forbidden = { status = 403 }, quota = { status = 413 },
    timeout = { status = 503 }, not_found = { status = 404,
      body = '{"itemNotFound": {"code": 404, "message": "no"}}' },
  } do
    it("says which there is: " .. kind, function()
      fault.method, fault.path = "GET", "/snapshots/"
      sim:fault(fault)
      for _, once in ipairs { false, true } do
        local snapshot, err = client:create { volume_id = sim.volume_id, name = "a", once = once,
          wait = 30 }
        assert.is_nil(snapshot)
        assert.equal(kind, err.kind)
        says_which(err)
        sim.store:remove_snapshot(sim.store.snapshots[1])
      end
      local results = client:create_all({ { volume_id = sim.volume_id } }, { wait = 30 })
      assert.equal(kind, results[1].error.kind)
      says_which(results[1].error)
    end)
  end

  it("says how it was last seen", function()
    local _, err = client:create { volume_id = sim.volume_id, metadata = { rc_create_fail = "1" },
      wait = 300 }
    assert.equal("failed", err.kind)
    assert.equal("ERROR", err.snapshot.status)
    says_which(err)
  end)
end)
