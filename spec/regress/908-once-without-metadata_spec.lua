-- Kind: a service leaves the metadata out, or spells its keys in its own way. A create with `once`
-- whose answer was lost was not found by its mark, and was sent again: there were two snapshots.
local connect = require "spec.support.connect"

describe("a service that does not keep the mark of `once`", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function change_metadata(change)
    sim.quirks[1] = { before = function(_, request)
      if request.method == "POST" then
        request.body = request.body:gsub('("metadata": ?)(%b{})', function(key, map)
          return key .. change(map)
        end)
      end
    end }
  end

  local function count()
    return #assert(client:list():all())
  end

  for name, change in pairs {
    ["leaves it out"] = function() return "{}" end,
    ["spells it in capitals"] = function(map) return (map:upper()) end,
  } do
    it(("and %s makes no two of them"):format(name), function()
      change_metadata(change)
      for _, title in ipairs { "nightly", false } do
        local before = count()
        sim:fault { method = "POST", path = "/snapshots", cut = "after", times = 1 }
        local snapshot, err = client:create { volume_id = sim.volume_id, name = title or nil,
          once = true }
        assert.is_nil(snapshot)
        assert.equal("uncertain", err.kind)
        assert.equal(before + 1, count())
        assert.equal(1, #err.matches)
        assert.truthy(err.message:find(err.matches[1], 1, true))
      end
    end)
  end

  it("sends again what was lost on its way there, beside others of that volume", function()
    change_metadata(function() return "{}" end)
    assert(client:create { volume_id = sim.volume_id, name = "another" })
    sim:add_snapshots(1, { volume_id = sim.volume_id, name = "nightly", age = 2 * 86400 })
    sim:fault { method = "POST", path = "/snapshots", cut = "before", times = 1 }
    assert.equal("nightly", assert(client:create { volume_id = sim.volume_id, name = "nightly",
      once = true }).name)
    assert.equal(3, count())
  end)
end)
