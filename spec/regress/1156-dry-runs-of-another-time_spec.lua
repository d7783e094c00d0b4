-- Kind: a run of rotate that finds its slot's snapshot counts from that one's time, and a dry run
-- counted from the present: it named failed snapshots and ended holds that the run left alone. Of
-- two snapshots in a slot, it counted on the one with the lower id, the run on the good one.
local served = require "spec.support.served_command"

local DAY, HOUR = 86400, 3600

describe("a dry run of rotate that finds the slot's snapshot", function()
  local cloud, web, slot

  before_each(function()
    cloud = served.cloud()
    web = cloud.sim:add_volume { name = "web" }
    slot = os.date("!%Y-%m-%d", math.floor(served.now()))
  end)

  after_each(function() cloud:close() end)

  local function add(name, age, more)
    local spec = { name = name, age = age, volume_id = web, status = more.status,
      id = more.id, metadata = { ["rsnapshots:policy"] = "nightly" } }
    spec.metadata["rsnapshots:slot"] = more.slot
    cloud.sim:add_snapshots { spec }
  end

  local function run(more)
    local out, err, status = cloud:run("rotate --policy-name nightly --slot day --volume web "
      .. "--keep-last 2 --max-remove unlimited" .. more)
    assert.same({ "", 0 }, { err, status })
    return out
  end

  -- The counts that a dry run tells, and those of the run after it.
  local function counts()
    local would = run(" --dry-run")
    local was = run ""
    return { would:match "(%d+) kept, (%d+) removed" }, { was:match "(%d+) kept, (%d+) removed" }
  end

  it("counts from that one's time, as the run does", function()
    add("tonight", 10 * HOUR, { slot = slot })
    add("failed", DAY + HOUR, { status = "error" })
    local would, was = counts()
    assert.same({ "2", "0" }, was)
    assert.same(was, would)
  end)

  it("counts on the good one of two, as the run does", function()
    add("waiting", HOUR, { slot = slot, status = "backing-up", id = "0a" })
    add("tonight", 3 * HOUR, { slot = slot, id = "0b" })
    add("later", HOUR, {})
    add("latest", HOUR, {})
    local would, was = counts()
    assert.same({ "4", "0" }, was)
    assert.same(was, would)
  end)

  it("counts a new one for each policy of a volume", function()
    cloud:write("policy.lua", [[return {
      { name = "nightly", slot = "day", volumes = { "web" }, keep_last = 1 },
      { name = "hourly", volumes = { "web" }, keep_last = 1 } }]])
    local out = cloud:run "rotate --dry-run policy.lua"
    assert.same({ "1", "1" }, { out:match "(%d) kept.-(%d) kept" })
  end)
end)
