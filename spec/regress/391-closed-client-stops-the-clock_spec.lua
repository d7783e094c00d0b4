--- Once a client that shared the simulator's clock was closed, the clock of the others could not be
-- moved on either.
local simulator = require "rsnapshots.simulator"

describe("a simulator of which one client was closed", function()
  local sim

  before_each(function()
    sim = simulator.new()
  end)

  after_each(function()
    sim:close()
  end)

  it("lets the other one wait, and its clock be moved", function()
    assert(sim:connect()):close()
    local client = assert(sim:connect())
    local snapshot = assert(client:create { volume_id = sim.volume_id, name = "one" })
    assert.equal("AVAILABLE", assert(snapshot:wait_until_complete(60)).status)
    sim:advance(5)
    client:close()
    sim:advance(5)
  end)
end)
