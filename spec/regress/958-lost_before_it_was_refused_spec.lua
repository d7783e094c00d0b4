-- Kind: what an error says of all attempts was said of the last one. A create that is sent once,
-- whose first answer was lost and whose second was a refusal, counted both attempts, and told that
-- no answer was lost.
local connect = require "spec.support.connect"

describe("a create that is refused after it was lost", function()
  it("says so", function()
    local client, sim = connect.new()
    finally(function()
      client:close()
      sim:close()
    end)
    sim:fault { method = "POST", path = "/snapshots", status = 503, times = 1 }
    sim:fault { method = "POST", path = "/snapshots", status = 403 }
    local _, err = client:create { volume_id = sim.volume_id, name = "n", once = true }
    assert.equal("forbidden", err.kind, tostring(err))
    assert.equal(2, err.attempts)
    assert.is_true(err.lost)
  end)
end)
