-- Kind: two layers that each ask the service why something failed, so that it is asked twice and
-- the answer is told twice.
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

describe("why a snapshot failed", function()
  local cloud, sim, web

  before_each(function()
    cloud = served.cloud()
    sim = cloud.sim
    web = sim:add_volume { name = "web" }
  end)

  after_each(function()
    cloud:close()
  end)

  local function check(arguments)
    local _, err = cloud:run(arguments)
    assert.equal(1, select(2, err:gsub("the service says", "")), err)
    local asked = 0
    for _, request in ipairs(sim.requests) do
      asked = asked + (request.path:find "/messages$" and 1 or 0)
    end
    assert.equal(1, asked)
  end

  it("is asked and told once by rotate", function()
    sim:fail_snapshots_of(web)
    check "rotate --volume web --keep-last 1"
  end)

  it("is asked and told once by prune", function()
    local ids = sim:add_snapshots(2, { volume_id = web, seconds = 86400,
      metadata = retention.mark "nightly" })
    sim:find_snapshot(ids[1]).metadata:set("rc_delete_busy", "1")
    check "prune --keep-last 1 --yes"
  end)
end)
