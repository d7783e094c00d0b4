-- Kind: what concerns one policy ends the night for all. Where the volumes with a property could
-- not be listed, nothing was made for the other policies of the file. And --quiet told of a quota
-- that was only feared to be too small, every night.
local served = require "spec.support.served_command"

describe("a file with several policies", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud.sim:add_volume { name = "web", size = 5, metadata = { backup = "yes" } }
    cloud:write("policy.lua", [[return {
      { name = "a", volume_property = { backup = "yes" }, keep_last = 1 },
      { name = "b", volumes = { "web" }, keep_last = 1 } }]])
  end)

  after_each(function()
    cloud:close()
  end)

  it("is followed as far as the volumes can be found", function()
    cloud.sim:fault { method = "GET", path = "/volumes/detail", query = "metadata", status = 403 }
    for _, command in ipairs { "rotate policy.lua", "prune --policy policy.lua --yes",
      "timeline --policy policy.lua", "check --policy policy.lua" } do
      local out, err, status = cloud:run(command)
      assert.equal(3, status)
      assert.truthy((out .. err):find("backup=yes (a)", 1, true), out .. err)
    end
    assert.equal(1, #cloud.sim.store.snapshots)
    assert.equal("b", cloud.sim.store.snapshots[1].metadata:get "rsnapshots:policy")
  end)

  it("prints nothing with --quiet where all is well", function()
    cloud.sim.quotas.gigabytes = 1000
    cloud.sim.quotas.snapshots = 5
    cloud.sim:fault { method = "GET", path = "/limits", status = 200,
      body = '{"limits": {"absolute": {"maxTotalVolumeGigabytes": 9, "totalGigabytesUsed": 6}}}' }
    assert.same({ "", "", 0 }, { cloud:run "rotate policy.lua --quiet" })
    cloud.sim.store:remove_snapshot(cloud.sim.store.snapshots[1])
    local _, err = cloud:run "rotate policy.lua"
    assert.matches("warning: the quota of gigabytes has room for 3, and 5 are needed", err, 1, true)
  end)
end)
