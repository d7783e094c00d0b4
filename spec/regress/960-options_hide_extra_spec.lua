-- Kind: attributes under `extra` were lost where an option of that name was not given: a name, the
-- force of a create, the size of a volume.
local connect = require "spec.support.connect"

describe("extra attributes of the name of an option that is not given", function()
  local client, sim, id

  local function last_body()
    return require("cjson").decode(sim.requests[#sim.requests].body)
  end

  for version, names in pairs { { "display_name", "display_description" },
    { "name", "description" }, { "name", "description" } } do
    describe(("on version %d"):format(version), function()
      setup(function()
        client, sim = connect.new { api_version = version }
        id = sim:add_snapshots(1, { volume_id = sim.volume_id })[1]
      end)

      teardown(function()
        client:close()
        sim:close()
      end)

      it("go into the body of a create", function()
        client:create { volume_id = sim.volume_id,
          extra = { [names[1]] = "n", [names[2]] = "d", force = true } }
        assert.same({ volume_id = sim.volume_id, [names[1]] = "n", [names[2]] = "d",
          force = true }, last_body().snapshot)
      end)

      it("go into the body of an update, and are a change", function()
        client:update(id, { extra = { [names[1]] = "n" } })
        assert.same({ [names[1]] = "n" }, last_body().snapshot)
      end)

      it("go into the body of a restore", function()
        client:restore(id, { extra = { size = 7, volume_type = "fast", [names[1]] = "n" } })
        assert.same({ snapshot_id = id, size = 7, volume_type = "fast", [names[1]] = "n" },
          last_body().volume)
      end)

      it("lose against the option that is given", function()
        client:create { volume_id = sim.volume_id, name = "mine", extra = { [names[1]] = "n" } }
        assert.equal("mine", last_body().snapshot[names[1]])
      end)
    end)
  end
end)
