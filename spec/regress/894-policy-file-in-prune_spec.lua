-- Kind: a command leaves out a part of what a policy file says. `prune --policy` forgot `group_by`
-- and `all`, and so removed what rotate and timeline keep by the same file.
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

describe("prune with a policy file", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
    local mark = retention.mark "nightly"
    cloud.sim:add_snapshots {
      { volume_id = "web", name = "root", age = 7200, metadata = mark },
      { volume_id = "web", name = "data", age = 3600, metadata = mark },
      { volume_id = "web", name = "data", age = 1800, metadata = mark },
      { volume_id = "web", name = "root", age = 900 },
    }
  end)

  after_each(function()
    cloud:close()
  end)

  local function pruned(more, options)
    cloud:write("p.lua", ('return { name = "nightly", volumes = { "web" }, keep_last = 1, '
      .. 'max_remove = "unlimited", %s }'):format(more))
    local out, err, status = cloud:run("prune --policy p.lua --dry-run " .. (options or ""))
    assert.same({ "", 0 }, { err, status }, out)
    return out
  end

  it("groups as the file says", function()
    assert.matches("\n3 kept %(3 GiB%), 1 to be removed", pruned [[group_by = "name"]])
  end)

  it("considers all snapshots if the file says so", function()
    assert.matches("\n1 kept %(1 GiB%), 3 to be removed", pruned "all = true")
  end)

  it("does both, and an option counts more than the file", function()
    assert.matches("\n2 kept %(2 GiB%), 2 to be removed", pruned 'all = true, group_by = "name"')
    assert.matches("\n1 kept %(1 GiB%), 3 to be removed",
      pruned('all = true, group_by = "name"', "--group-by volume_id"))
    assert.matches("\n1 kept %(1 GiB%), 3 to be removed", pruned("all = false", "--all"))
  end)
end)
