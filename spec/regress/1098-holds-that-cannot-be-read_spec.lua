-- Kind: metadata that cannot be read may hold a snapshot. Plans say so, but a double of a slot was
-- removed all the same, and so was a snapshot whose metadata only its own answer shows.
local connect = require "spec.support.connect"
local json = require "rsnapshots.simulator.text.json"
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"
local shown = require "spec.support.shown"

local HOLD = { ["rsnapshots:hold"] = "forever" }

-- The metadata of snapshots in answers becomes a text; in lists, with `is_short`, it is missing.
local function blur(sim, is_short)
  sim.quirks[1] = shown.snapshots(function(snapshot, is_listed)
    local text = json.encode(snapshot:get "metadata")
    snapshot:set("metadata", (not (is_listed and is_short) or nil) and text)
  end)
end

describe("a hold that cannot be read", function()
  it("keeps a snapshot that was listed without metadata", function()
    local client, sim = connect.new()
    sim:add_snapshots(3, { volume_id = sim.volume_id, seconds = 86400, metadata = HOLD })
    blur(sim, true)
    local plan = assert(retention.plan(client:list(), { keep_last = 1, all = true }))
    assert.equal(2, plan.counts.removed)
    local results, failures = retention.apply(client, plan, { max_remove = "unlimited" })
    assert.equal(2, failures)
    assert.matches("stays: its metadata cannot be read", results[1].error.message)
    assert.is_true(results[1].changed)
    assert.equal(3, #client:list():all())
    client:close()
    sim:close()
  end)

  it("keeps a double of a slot", function()
    local cloud = served.cloud()
    local sim = cloud.sim
    local web = sim:add_volume { name = "web" }
    blur(sim)
    assert.equal(0, select(3, cloud:run "rotate --volume web --keep-last 5"))
    local first = sim.store.snapshots[1]
    sim:add_snapshots { { volume_id = web, name = first.name, metadata = HOLD,
      id = "ffffffff-0000-0000-0000-000000000000" } }
    local out, _, status = cloud:run "rotate --volume web --keep-last 5"
    assert.equal(0, status)
    assert.matches("2 kept, 0 removed", out)
    cloud:close()
  end)
end)
