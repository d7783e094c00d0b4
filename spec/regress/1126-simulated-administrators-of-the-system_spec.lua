-- Kind: docs/simulator.md says that admin may connect with the system as the scope. sim:connect
-- refused that, because it gave the user's project as well.
local simulator = require "rsnapshots.simulator"

describe("sim:connect with a scope of the system", function()
  local sim, client

  after_each(function()
    if client then
      client:close()
    end
    sim:close()
  end)

  it("leaves the user's project out", function()
    sim = assert(simulator.new { catalog_projects = false })
    sim:add_snapshots(2)
    for _, auth in ipairs { "v3password", "v3token" } do
      client = assert(sim:connect { user = "admin", auth = auth, system_scope = "all" })
      assert.is_nil(client.project_id)
      assert.equal(2, client:count { all_projects = true })
    end
  end)

  it("is for administrators alone", function()
    sim = assert(simulator.new { catalog_projects = false })
    local err
    client, err = sim:connect { system_scope = "all" }
    assert.is_nil(client)
    assert.equal("auth", err.kind)
  end)
end)
