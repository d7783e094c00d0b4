-- Kind: most databases find a UUID in capitals, too, and services answer in their own spelling.
-- Then listings of the volume were empty, and a create with `once` whose answer was lost was made
-- twice.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"

describe("a volume's id in another spelling", function()
  local client, sim, volume

  -- The service takes this spelling of the volume's id, too; its answers have its own one.
  local function open(api_version, spell)
    client, sim = connect.new { api_version = api_version }
    volume = sim:add_volume { name = "web" }
    sim:add_snapshots(3, { volume_id = volume })
    sim:add_snapshots(2)
    local spelled = spell(volume)
    local function usual(text)
      return (text:gsub(spelled:gsub("%-", "%%-"), volume))
    end
    sim.quirks[1] = { before = function(_, request)
      request.body, request.params = usual(request.body), request.params:copy()
      for _, item in ipairs(request.params.items) do
        item[2] = usual(item[2])
      end
    end }
    return spelled
  end

  local function without_dashes(id)
    return (id:gsub("-", ""))
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  for api_version = 1, 3 do
    for what, spell in pairs { ["in capitals"] = string.upper,
      ["without dashes"] = without_dashes } do
      it(("%s finds its snapshots, version %d"):format(what, api_version), function()
        local spelled = open(api_version, spell)
        assert.equal(3, #assert(client:list({ volume_id = spelled }):all()))
        assert.equal(3, (client:count { volume_id = spelled }))
        local results, failures = client:delete_all(client:list { volume_id = spelled })
        assert.same({ 3, 0 }, { #results, failures })
      end)
    end

    it("in capitals makes no snapshot twice, version " .. api_version, function()
      local spelled, creates = open(api_version, string.upper), 0
      sim.quirks[1].after = function(_, request)
        if request.asks.operation == "create" then
          creates = creates + 1
          return creates == 1 and reply.new(502, "bad gateway") or nil
        end
      end
      local made = assert(client:create { volume_id = spelled, name = "n", once = true })
      assert.equal("n", made.name)
      assert.equal(1, creates)
    end)
  end

  it("that is no UUID stays another one", function()
    client, sim = connect.new { api_version = 2 }
    sim.quirks[1] = { before = function(_, request)
      return request.asks.operation == "list" and reply.new(200, '{"snapshots": [{"id": "a", '
        .. '"volume_id": "vol-1"}, {"id": "b", "volume_id": "VOL-1"}, {"id": "c", '
        .. '"volume_id": "vol1"}]}') or nil
    end }
    local all = assert(client:list({ volume_id = "vol-1" }):all())
    assert.equal(1, #all)
    assert.equal("a", all[1].id)
  end)
end)
