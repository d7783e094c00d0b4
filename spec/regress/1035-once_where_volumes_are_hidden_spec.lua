-- Kind: a service shows snapshots without their volume. Then the snapshot of a create with `once`
-- whose answer was lost was not found among those of the volume, and was made twice.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"
local shown = require "spec.support.shown"

describe("once, where listings do not show the volume", function()
  local client, sim, creates

  local function open(api_version)
    client, sim = connect.new { api_version = api_version }
    creates = 0
    sim.quirks[1] = { after = function(_, request)
      if request.asks.operation == "create" then
        creates = creates + 1
        return creates == 1 and reply.new(502, "bad gateway") or nil
      end
    end }
    sim.quirks[2] = shown.rows(function(row) row:set("volume_id", nil) end)
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  for api_version = 2, 3 do
    it("finds the snapshot by its mark, version " .. api_version, function()
      open(api_version)
      sim:add_snapshots(3)
      local made = assert(client:create { volume_id = sim.volume_id, name = "n", once = true })
      assert.equal("n", made.name)
      assert.equal(4, #sim.store.snapshots)
      assert.equal(1, creates)
    end)
  end

  it("is uncertain on version 1, where a name tells nothing without a volume", function()
    open(1)
    local none, err = client:create { volume_id = sim.volume_id, name = "n", once = true }
    assert.is_nil(none)
    assert.equal("uncertain", err.kind)
    assert.same({ sim.store.snapshots[1].id }, err.matches)
    assert.equal(1, creates)
  end)

  it("sends a create again that was really lost", function()
    for api_version = 1, 3 do
      open(api_version)
      sim.quirks[1].before = function(_, request)
        if request.asks.operation == "create" and creates == 0 then
          return reply.new(502, "bad gateway")
        end
      end
      assert(client:create { volume_id = sim.volume_id, name = "n", once = true })
      assert.equal(2, creates)
      assert.equal(1, #sim.store.snapshots)
      client:close()
      sim:close()
    end
    open(3)
  end)
end)
