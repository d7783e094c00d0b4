-- Kind: a volume whose id is a number was left out of every listing, so that nobody made snapshots
-- of it; and what `restore` made was `uncertain`.
local connect = require "spec.support.connect"

for api_version = 1, 3 do
  describe("a volume with numbers, by version " .. api_version, function()
    local client, sim
    local ROW = '{"id": 42, "name": 7, "display_name": 7, "status": "AVAILABLE ", "size": 1}'

    setup(function()
      client, sim = connect.new { api_version = api_version }
      sim:fault { method = "GET", path = "/volumes/42", status = 200,
        body = '{"volume": ' .. ROW .. "}" }
      sim:fault { method = "POST", path = "/volumes", status = 202,
        body = '{"volume": ' .. ROW .. "}" }
      for _, query in ipairs { "offset=", "limit=" } do
        sim:fault { method = "GET", path = "/volumes", query = query, status = 200,
          body = query == "limit=" and '{"volumes": [' .. ROW .. ', {"id": null}, {"id": {}}]}'
            or '{"volumes": []}' }
      end
    end)

    teardown(function()
      client:close()
      sim:close()
    end)

    it("is listed, found and waited for", function()
      local all = assert(client:volumes():all())
      assert.equal(1, #all)
      assert.equal("42", all[1].id)
      assert.equal("7", all[1].name)
      assert.equal("42", assert(client:volume "7").id)
      assert.equal("42", assert(client:volume "42").id)
      assert.equal("42", assert(client:restore("a", { wait = 5 })).id)
    end)
  end)
end
