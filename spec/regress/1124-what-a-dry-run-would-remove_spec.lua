-- Kind: rotate --dry-run told how many snapshots would go, but neither which nor why. Nothing else
-- could tell it: prune does not know of the new snapshot, and a run leaves only counts.
local served = require "spec.support.served_command"

describe("what rotate would remove", function()
  local cloud

  before_each(function() cloud = served.cloud() end)
  after_each(function() cloud:close() end)

  local function lines_of(arguments)
    local out, err, status = cloud:run(arguments)
    assert.same({ "", 0, 0 }, { err, status, cloud:changes() })
    local lines = {}
    for line in out:gmatch "[^\n]+" do
      lines[#lines + 1] = line
    end
    return lines
  end

  it("is named with its reasons, below its volume", function()
    local web = cloud.sim:add_volume { name = "web" }
    cloud.sim:add_volume { name = "db" }
    cloud:nights(3, { volume_id = web })
    local first = cloud.sim.store.snapshots[1]
    local lines = lines_of "rotate --policy-name nightly --volume web --volume db -n --keep-last 3"
    assert.equal(3, #lines)
    assert.matches("^web: would make one for %S+, 3 kept, 1 removed$", lines[1])
    assert.matches(("^  remove  %s  %%S+  %s  %%(last: 3 newer%%)$"):format(
      first.id:gsub("%-", "%%-"), first.name), lines[2])
    assert.matches("^db: would make one for %S+, 1 kept, 0 removed$", lines[3])
  end)

  it("may have lost to the new one", function()
    cloud:nights(2, { volume_id = cloud.sim:add_volume { name = "web" }, age = 3600 })
    local lines = lines_of "rotate --policy-name nightly --volume web -n --keep-daily 2"
    assert.matches("  n2  %(daily %S+: the new one is newer%)$", lines[2])
  end)
end)
