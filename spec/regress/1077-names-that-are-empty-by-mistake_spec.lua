-- Kind: a name that is empty by mistake, from a variable of the shell that is not set, narrowed a
-- listing to all snapshots of the project that have an empty name, and delete_all deleted them.
local connect = require "spec.support.connect"

describe("delete_all of a listing whose filters are empty texts", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
    for _, id in ipairs(sim:add_snapshots(3, { volume_id = sim.volume_id })) do
      sim:find_snapshot(id).name = ""
    end
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  for _, name in ipairs { "name", "name_like", "volume_id" } do
    it("raises: " .. name, function()
      assert.error_matches(function() client:delete_all(client:list { [name] = "" }) end,
        "nothing says whose snapshots these are")
      assert.equal(3, #sim.store.snapshots)
    end)
  end

  it("deletes those without a name where that is asked for", function()
    local results, failures = client:delete_all(client:list { name = "" }, { all = true })
    assert.same({ 3, 0 }, { #results, failures })
  end)
end)
