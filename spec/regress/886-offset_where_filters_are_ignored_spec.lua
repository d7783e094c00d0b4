--- A service that ignores filters, and leaves out as many as the offset says, leaves out others
-- than those that pass.
local compat = require "rsnapshots.support.compat"
local connect = require "spec.support.connect"

for version = 1, 3 do
  describe("an offset with a filter that the service ignores, by version " .. version, function()
    local client, sim

    setup(function()
      client, sim = connect.new({ api_version = version }, { quirks = { "filters_ignored" } })
      for i = 1, 12 do
        sim:add_snapshots(1, { volume_id = sim.volume_id,
          status = i % 2 == 0 and "available" or "error" })
      end
    end)

    teardown(function()
      client:close()
      sim:close()
    end)

    local function ids(filters)
      local found = {}
      for snapshot in client:list(filters) do
        found[#found + 1] = snapshot.id
      end
      return found
    end

    it("leaves out only snapshots that pass", function()
      local whole = ids { status = "available" }
      assert.equal(6, #whole)
      assert.same({ compat.unpack(whole, 4) }, ids { status = "available", offset = 3 })
    end)
  end)
end
