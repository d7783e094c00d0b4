-- Kind: after a page that may not be the last, any refusal of the next one was taken for the end,
-- also that of a proxy (407, 421, 431): a part of a listing was taken for the whole. Only a 400 or
-- the service's own 404 says that it knows no markers.
local simulator = require "rsnapshots.simulator"

describe("a listing where pages have no links", function()
  for _, status in ipairs { 402, 407, 411, 414, 415, 417, 421, 422, 425, 426, 431, 451, 499 } do
    it(("does not end with a %d"):format(status), function()
      for api_version = 2, 3 do
        local sim = assert(simulator.new { page_limit = 100, quirks = { "no_links" } })
        sim:add_snapshots(107)
        local client = assert(sim:connect { api_version = api_version })
        sim:fault { path = "/snapshots", query = "marker=", status = status, times = 1 }
        local all, err = client:list():all()
        assert.is_nil(all)
        assert.equal(status, err.status)
        assert.equal(107, #assert(client:list():all()))
        sim:fault { path = "/snapshots", query = "marker=", status = status, times = 1 }
        local count
        count, err = client:count { created_after = 0 }
        assert.is_nil(count)
        assert.equal(status, err.status)
        client:close()
        sim:close()
      end
    end)
  end
end)
