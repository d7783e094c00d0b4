-- Kind: the service counts what was not asked for: it ignores the filter, and says how many there
-- are in all.
local connect = require "spec.support.connect"

describe("a count by the service", function()
  local client, sim

  local function open(quirks)
    client, sim = connect.new({}, { quirks = quirks })
    sim:add_snapshots(5)
    sim:add_snapshots(2, { status = "error" })
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  it("is not taken where the rows beside it do not pass", function()
    open { "filters_ignored" }
    assert.equal(2, client:count { status = "error" })
    assert.equal(5, client:count { status = "AVAILABLE" })
    local other = sim:add_volume { name = "other" }
    assert.equal(0, client:count { volume_id = other })
    assert.equal(7, client:count())
  end)

  it("is taken where they do, by one request", function()
    open {}
    sim:clear_requests()
    assert.equal(2, client:count { status = "error" })
    assert.equal(7, client:count { volume_id = sim.volume_id })
    assert.equal(7, client:count())
    assert.equal(3, #sim.requests)
    assert.matches("with_count=true&limit=1$", sim.requests[3].query)
  end)
end)
