-- Kind: a gateway makes a text or a list out of metadata. It counted as empty, so nothing held a
-- snapshot that is held, and `all` removed it.
local connect = require "spec.support.connect"
local json = require "rsnapshots.simulator.text.json"
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"
local shown = require "spec.support.shown"

local HOLD = { ["rsnapshots:hold"] = "forever" }

-- The metadata of every snapshot in an answer becomes this.
local function rewrite(sim, change)
  sim.quirks[1] = shown.snapshots(function(snapshot)
    snapshot:set("metadata", change(snapshot:get "metadata"))
  end)
end

local function as_pairs(metadata)
  local list = json.array()
  for _, key in ipairs(metadata.keys) do
    list[#list + 1] = json.object("key", key, "value", metadata:get(key))
  end
  return list
end

describe("metadata that cannot be read", function()
  for what, change in pairs { ["a text"] = json.encode, ["a list"] = as_pairs,
    ["a number"] = function() return 7 end } do
    it("may hold: " .. what, function()
      local client, sim = connect.new()
      sim:add_snapshots(3, { volume_id = sim.volume_id, seconds = 86400, metadata = HOLD })
      rewrite(sim, change)
      local plan = assert(retention.plan(client:list(), { keep_last = 1, all = true }))
      assert.equal(0, plan.counts.removed)
      assert.same({ "metadata unknown" }, plan[2].reasons)
      assert.same({ ("the metadata of 3 snapshots of %s cannot be read, and they stay"):format(
        sim.volume_id) }, plan.warnings)
      client:close()
      sim:close()
    end)
  end

  it("is none where the service writes it as nothing", function()
    local client, sim = connect.new()
    sim:add_snapshots(3, { volume_id = sim.volume_id, seconds = 86400 })
    for _, nothing in ipairs { json.array(), json.null, "", json.object() } do
      rewrite(sim, function() return nothing ~= json.null and nothing or nil end)
      local plan = assert(retention.plan(client:list(), { keep_last = 1, all = true }))
      assert.equal(2, plan.counts.removed)
      assert.same({}, plan.warnings)
    end
    client:close()
    sim:close()
  end)

  it("of tables may hold, too", function()
    for _, metadata in ipairs { '{"rsnapshots:hold": "forever"}', 7, true } do
      local list = {}
      for i = 1, 3 do
        list[i] = { id = "s" .. i, volume_id = "v", status = "available", created_time = i,
          metadata = metadata }
      end
      assert.equal(0, assert(retention.plan(list, { keep_last = 1, all = true })).counts.removed)
    end
  end)

  it("is said by prune, which removes nothing", function()
    local cloud = served.cloud()
    cloud:nights(4, { metadata = HOLD })
    rewrite(cloud.sim, json.encode)
    local out, err, status = cloud:run "prune --all --keep-last 3 --yes"
    assert.equal(0, status)
    assert.matches("metadata unknown", out)
    assert.matches("warning: the metadata of 4 snapshots of %S+ cannot be read, and they stay", err)
    assert.equal("n1 n2 n3 n4", cloud:good_names())
    cloud:close()
  end)
end)

describe("times that cannot be read", function()
  it("are said by rotate, which removes nothing", function()
    local cloud = served.cloud()
    local volume = cloud.sim:add_volume { name = "web" }
    cloud:nights(4, { volume_id = volume })
    cloud.sim.quirks[1] = { after = function(_, _, reply)
      reply.body = reply.body:gsub('"created_at": ?"[^"]*"', '"created_at": "a while ago"')
    end }
    local out, err, status = cloud:run "rotate --volume web --policy-name nightly --keep-last 2"
    assert.equal(0, status)
    assert.matches("5 kept, 0 removed", out)
    assert.matches("warning: the times of 5 snapshots of %S+ cannot be read, and they stay", err)
    out, err, status = cloud:run "check --volume web --warning 26h --critical 50h"
    assert.equal(2, status)
    assert.matches("^SNAPSHOTS CRITICAL %- web: there is no good snapshot whose time can be read\n",
      out)
    assert.equal("", err)
    cloud:close()
  end)
end)
