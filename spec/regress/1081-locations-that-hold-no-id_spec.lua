-- A create that was answered by a word and a Location raised an error about an argument of the core
-- if the Location's last part cannot be an id; the snapshot had been made.
local connect = require "spec.support.connect"

describe("a create whose Location", function()
  for _, last in ipairs { ".", "..", "%2e%2E", "a%0Ab", "%00", "%7f" } do
    it(("ends in %s is uncertain"):format(last), function()
      local client, sim = connect.new()
      sim:fault { method = "POST", path = "/snapshots", times = 1, status = 202, body = "Accepted",
        headers = { Location = "/v3/p/snapshots/" .. last } }
      local asked = #sim.requests
      local snapshot, err = client:create { volume_id = sim.volume_id, name = "n" }
      assert.is_nil(snapshot)
      assert.equal("uncertain", err.kind)
      assert.matches("an id cannot", err.message)
      assert.equal(asked + 1, #sim.requests)
      client:close()
      sim:close()
    end)
  end
end)
