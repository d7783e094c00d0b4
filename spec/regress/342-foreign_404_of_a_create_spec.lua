-- Kind: a create is answered by somebody else's 404. Whether the service ever saw it nobody knows:
-- without `once` it is not sent again, and with it it is looked for first.
local simulator = require "rsnapshots.simulator"

for api_version = 1, 3 do
  describe("with version " .. api_version .. ", a create that somebody else answers", function()
    local client, sim

    before_each(function()
      sim = assert(simulator.new())
      client = assert(sim:connect { api_version = api_version })
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    local function posts()
      local count = 0
      for _, request in ipairs(sim.requests) do
        count = count + (request.method == "POST" and request.path:find "/snapshots$" and 1 or 0)
      end
      return count
    end

    local function answer(times, act)
      sim:fault { method = "POST", path = "/snapshots", status = 404, times = times,
        body = "default backend - 404", act = act }
    end

    it("is sent once without `once`", function()
      answer(1)
      local snapshot, err = client:create { volume_id = sim.volume_id, name = "a" }
      assert.is_nil(snapshot)
      assert.equal("server", err.kind)
      assert.equal(1, posts())
    end)

    it("is sent again with it where nothing came of it", function()
      answer(2)
      assert(client:create { volume_id = sim.volume_id, name = "a", once = true })
      assert.equal(3, posts())
      assert.equal(1, #sim.store.snapshots)
    end)

    it("is found with it where something did", function()
      answer(1, true)
      local snapshot = assert(client:create { volume_id = sim.volume_id, name = "a", once = true })
      assert.equal(sim.store.snapshots[1].id, snapshot.id)
      assert.equal(1, posts())
      assert.equal(1, #sim.store.snapshots)
    end)

    it("fails at once where nothing else is answered either", function()
      sim:fault { path = "/snapshots", after = api_version == 1 and 1 or 0, status = 404,
        body = "default backend - 404" }
      local moment = sim.now()
      local snapshot, err = client:create { volume_id = sim.volume_id, name = "a", once = true }
      assert.is_nil(snapshot)
      assert.equal("server", err.kind)
      assert.is_true(posts() <= 1)
      assert.is_true(sim.now() - moment < 30)
    end)
  end)
end
