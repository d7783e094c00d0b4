-- Kind: a volume was raised as an error, or had an id of digits that nobody sent, where a number
-- was too large for an integer. A create with `once` raised one for a name that is a number.
local connect = require "spec.support.connect"

describe("a number in the place of a text", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  for sent, written in pairs { ["1e20"] = "1e+20", ["12345678901234567890"] = "1.2345678901235e+19",
    ["9007199254740991"] = "9007199254740991", ["1.5"] = "1.5", ["-3"] = "-3", ["0"] = "0" } do
    it(("is a volume's name: %s"):format(sent), function()
      sim:fault { method = "GET", path = "/volumes", status = 200,
        body = ('{"volumes": [{"id": "a", "name": %s, "status": %s}]}'):format(sent, sent) }
      local all = assert(client:volumes():all())
      assert.same({ written, written }, { all[1].name, all[1].status })
    end)
  end

  it("is the name of a create that leaves one", function()
    local own = { once = true, to_snapshot_create_map = function()
      return { snapshot = { volume_id = sim.volume_id, name = 5 } }
    end }
    sim:fault { method = "POST", path = "/snapshots", cut = "before", times = 1 }
    local snapshot, err = client:create(own)
    assert(snapshot or err.kind == "invalid", tostring(err))
  end)
end)
