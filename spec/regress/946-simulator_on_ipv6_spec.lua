-- A simulator with an IPv6 address for a host gave URLs without brackets, which are none.
local simulator = require "rsnapshots.simulator"

describe("a simulator on ::1", function()
  it("is reached at its URL, and by those of its catalog", function()
    local sim, problem = simulator.new { host = "::1" }
    if not sim then
      return pending("there is no IPv6 here: " .. problem)
    end
    assert.equal(("http://[::1]:%d"):format(sim.port), sim.url)
    for version = 1, 3 do
      local client = assert(sim:connect { api_version = version })
      assert.equal(sim.url, client.endpoint:match "^http://[^/]+")
      local snapshot = assert(client:create { volume_id = sim.volume_id, name = "a", wait = 9 })
      assert(client:delete(snapshot))
      client:close()
    end
    sim:close()
  end)
end)
