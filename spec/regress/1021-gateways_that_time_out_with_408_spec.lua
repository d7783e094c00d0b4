-- Kind: a balancer that closes an idle connection says 408 at the moment of the request, which
-- nobody has read. But some gateways say 408 when the service takes too long, as others say 504.
-- On a kept connection, that was taken for the former: a create was sent again, and made twice.
local connect = require "spec.support.connect"

describe("a 408 that comes late on a kept connection", function()
  for api_version = 1, 3 do
    describe("version " .. api_version, function()
      local client, sim

      before_each(function()
        client, sim = connect.new({ api_version = api_version }, { delete_seconds = 60 })
        assert(client:volume(sim.volume_id)) -- this connection is kept
        sim:clear_requests()
      end)

      after_each(function()
        client:close()
        sim:close()
      end)

      local function late(method)
        sim:fault { method = method, path = "/snapshots", status = 408, act = true, delay = 20,
          times = 1 }
      end

      it("leaves a create uncertain", function()
        late "POST"
        local made, err = client:create { volume_id = sim.volume_id, name = "n" }
        assert.is_nil(made)
        assert.equal("uncertain", err.kind)
        assert.equal(408, err.cause.status)
        assert.equal(1, #sim.store.snapshots)
      end)

      it("is looked into with once", function()
        late "POST"
        local made = assert(client:create { volume_id = sim.volume_id, name = "n", once = true })
        assert.equal(made.id, sim.store.snapshots[1].id)
        assert.equal(1, #sim.store.snapshots)
      end)

      it("does not make a delete fail that is under way", function()
        local id = sim:add_snapshots(1)[1]
        late "DELETE"
        assert.is_true(client:delete(id))
      end)

      it("is another thing if it comes at once", function()
        sim:fault { method = "POST", path = "/snapshots", status = 408, times = 1 }
        assert(client:create { volume_id = sim.volume_id, name = "n" })
        assert.equal(1, #sim.store.snapshots)
      end)
    end)
  end
end)
