-- Retention with a client of each version, in front of a service.
local connect = require "spec.support.connect"
local retention = require "rsnapshots.retention"

local DAY = 86400

for version = 1, 3 do
  describe("retention with version " .. version, function()
    local client, sim, ids

    before_each(function()
      client, sim = connect.new({ api_version = version }, { delete_seconds = 0 })
      ids = {}
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    -- So many of a volume, one a day, the last one now; version 1 keeps no metadata.
    local function add_nights(count, volume_id)
      ids = sim:add_snapshots(count, { volume_id = volume_id, seconds = DAY,
        name = version == 1 and retention.name_for("nightly", 0) or "night",
        metadata = version > 1 and retention.mark "nightly" or nil })
    end

    local function left()
      local names = {}
      for snapshot in client:list { status = "available" } do
        names[#names + 1] = snapshot.id
      end
      return #names
    end

    it("reads a listing, plans, and removes what goes", function()
      add_nights(10)
      sim:add_snapshots(3, { prefix = "somebody else's " })
      local policy = { name = "nightly", keep_daily = 6 }
      local plan = assert(retention.plan(client:list { page_size = 4 }, policy))
      assert.same({ kept = 9, removed = 4 }, plan.counts)
      local results, failures = retention.apply(client, plan)
      assert.same({ 4, 0 }, { #results, failures })
      assert.equal(9, left())
      assert.equal(0, #assert(retention.plan(client:list(), policy)):removals())
    end)

    it("decides nothing about a listing that was cut in the middle", function()
      add_nights(10)
      sim:fault { method = "GET", path = "/snapshots", after = 1, status = 403, body = "no" }
      local plan, err = retention.plan(client:list { page_size = 4 }, { keep_last = 1 })
      assert.is_nil(plan)
      assert.equal("forbidden", err.kind)
    end)

    it("removes those of several volumes side by side, also inside a group", function()
      add_nights(4)
      add_nights(4, sim:add_volume())
      local group = client:group()
      group:spawn(function()
        local plan = assert(retention.plan(client:list(), { name = "nightly", keep_last = 2 }))
        local _, failures = retention.apply(client, plan, { concurrency = 4 })
        return failures
      end)
      assert.equal(0, group:next().value)
      assert.equal(4, left())
    end)

    it("leaves one that was renamed meanwhile", function()
      add_nights(4)
      local plan = assert(retention.plan(client:list(), { name = "nightly", keep_last = 2 }))
      assert(client:update(ids[1], { name = "precious" }))
      local results, failures = retention.apply(client, plan)
      assert.equal(1, failures)
      assert.is_true(results[1].changed)
      assert.equal(3, left())
    end)
  end)
end
