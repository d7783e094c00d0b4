-- Kind: a value that makes the body of a create was asked for it twice, and the body that was sent
-- was not the one that had been checked. (create_all, `once`, version 1.)
local connect = require "spec.support.connect"

for version = 1, 3 do
  describe("with version " .. version .. " a create's body", function()
    local client, sim

    before_each(function()
      client, sim = connect.new { api_version = version }
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    for _, once in ipairs { false, true } do
      it("is asked for once, with once = " .. tostring(once), function()
        local asked = 0
        local maker = { once = once, to_snapshot_create_map = function()
          asked = asked + 1
          return { snapshot = { volume_id = sim.volume_id,
            [version == 1 and "display_name" or "name"] = "n" .. asked } }
        end }
        local results = client:create_all { maker }
        assert.equal("n1", assert(results[1].value, results[1].error).name)
        assert.equal(1, asked)
      end)
    end
  end)
end
