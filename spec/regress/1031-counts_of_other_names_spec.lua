-- Kind: a service has a low limit of its own and no links, and says under another name than "count"
-- how many there are in all. Its first page was taken for everything.
local connect = require "spec.support.connect"
local shown = require "spec.support.shown"

describe("a service that says how many there are, under the name", function()
  for _, name in ipairs { "total", "total_count", "totalCount", "total_results", "snapshot_count",
    "TotalItems" } do
    it(name .. " is listed whole", function()
      for api_version = 2, 3 do
        local client, sim = connect.new({ api_version = api_version }, { page_limit = 3 })
        sim:add_snapshots(8)
        sim.quirks[1] = shown.pages(function(body)
          body:remove "snapshots_links"
          body:set(name, api_version == 3 and "8" or 8)
        end)
        assert.equal(8, #assert(client:list():all()))
        assert.equal(8, #assert(client:list({ sort = "created_at:asc" }):all()))
        assert.equal(8, (client:count { created_after = 0 }))
        client:close()
        sim:close()
      end
    end)
  end

  it("total costs no more where the page has all of them", function()
    for _, rest in ipairs { '"total": 1', '"total_count": "1"', '"total": null', '"total": "few"',
      '"total": -1', '"total": {}' } do
      local client, sim = connect.new()
      sim:fault { method = "GET", path = "/snapshots", query = "limit=", status = 200,
        body = ('{"snapshots": [{"id": "a"}], %s}'):format(rest) }
      sim:clear_requests()
      assert.equal(1, #assert(client:list():all()))
      assert.equal(1, #sim.requests, rest)
      client:close()
      sim:close()
    end
  end)
end)
