-- Kind: a state that never ends well is waited out. A service may show a snapshot that is gone as
-- DELETED; a wait until it is complete lasted until its timeout.
local connect = require "spec.support.connect"

describe("a wait until a snapshot is complete", function()
  it("ends where it is DELETED", function()
    local client, sim = connect.new()
    local id = sim:add_snapshots(1, { status = "deleted" })[1]
    sim:clear_requests()
    local snapshot, err = client:wait_until_complete(id)
    assert.is_nil(snapshot)
    assert.equal("failed", err.kind)
    assert.matches("went to DELETED", err.message, 1, true)
    assert.is_true(#sim.requests <= 2) -- the other asks for the reason
    client:close()
    sim:close()
  end)

  it("of a volume ends there, too", function()
    local client, sim = connect.new()
    sim:fault { method = "GET", path = "/volumes/v", status = 200,
      body = '{"volume": {"id": "v", "status": "deleted"}}' }
    sim:clear_requests()
    local volume, err = client:wait_until_available("v", 600)
    assert.is_nil(volume)
    assert.equal("failed", err.kind)
    assert.equal("v", err.volume.id)
    assert.equal(1, #sim.requests)
    client:close()
    sim:close()
  end)
end)
