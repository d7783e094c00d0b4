-- Kind: a call that came to its deadline in a later attempt said for how long that one had waited,
-- as if this was all: "none within 0.1 seconds", with a timeout of 10.
local connect = require "spec.support.connect"

describe("a call that came to its deadline", function()
  local client, sim

  before_each(function()
    client, sim = connect.new { timeout = 10 }
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  it("in its first attempt says how long that took", function()
    sim:fault { path = "/snapshots", stall = true }
    local _, err = client:get "a"
    assert.equal("timeout", err.kind)
    assert.matches(": none within 10%.%d seconds", err.message)
  end)

  it("in a later attempt says which one that was", function()
    sim:fault { path = "/snapshots", status = 503, times = 2 }
    sim:fault { path = "/snapshots", stall = true }
    local _, err = client:get "a"
    assert.equal("timeout", err.kind)
    assert.equal(3, err.attempts)
    assert.matches(": the last of 3 attempts had %d%.%d seconds", err.message)
  end)
end)
