-- Kind: a limit on all is applied to each part. `max_remove` as a number is "in all", but rotate
-- allowed each volume so many, and prune each policy.
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

describe("max_remove as a number", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    for _, name in ipairs { "a", "b", "c" } do
      cloud.sim:add_volume { name = name }
      for _, policy in ipairs { "nightly", "weekly" } do
        cloud:nights(4, { volume_id = name, age = 86400, metadata = retention.mark(policy) })
      end
    end
  end)

  after_each(function()
    cloud:close()
  end)

  local function policies(more)
    local one = '{ name = "%s", volumes = { "a", "b", "c" }, keep_last = 3%s }'
    cloud:write("p.lua", ("return { %s, %s }"):format(one:format("nightly", more or ""),
      one:format("weekly", more or "")))
  end

  -- Runs a command. Gives the status, how many snapshots it removed and how often it was refused.
  local function run(arguments)
    local before = #cloud.sim.store.snapshots
    local out, err, status = cloud:run(arguments)
    local made = select(2, out:gsub(": made ", ""))
    local _, refusals = (out .. err):gsub("snapshots? would go, and the limit is", "")
    return { status, before + made - #cloud.sim.store.snapshots, refusals }
  end

  local ROTATE = "rotate --policy-name nightly --volume a --volume b --volume c --keep-last 3"

  it("is for all volumes of rotate", function()
    assert.same({ 3, 4, 1 }, run(ROTATE .. " --max-remove 5"))
    assert.same({ 0, 2, 0 }, run(ROTATE .. " --max-remove 5"))
  end)

  it("is for all volumes in a dry run", function()
    assert.same({ 3, 0, 1 }, run(ROTATE .. " --max-remove 5 --dry-run"))
    assert.same({ 0, 0, 0 }, run(ROTATE .. " --max-remove 6 --dry-run"))
  end)

  it("is each policy's own where the file says it", function()
    policies ", max_remove = 5"
    assert.same({ 3, 0, 2 }, run "rotate p.lua --dry-run")
    assert.same({ 3, 8, 2 }, run "rotate p.lua")
    policies ", max_remove = 1"
    assert.same({ 1, 0, 1 }, run "prune --policy p.lua --yes")
    policies ", max_remove = 2"
    assert.same({ 0, 4, 0 }, run "prune --policy p.lua --yes")
  end)

  it("is for all policies where an option says it", function()
    policies()
    assert.same({ 1, 0, 1 }, run "prune --policy p.lua --yes --max-remove 5")
    assert.same({ 0, 6, 0 }, run "prune --policy p.lua --yes --max-remove 6")
    assert.same({ 3, 5, 1 }, run "rotate p.lua --max-remove 5")
  end)
end)
