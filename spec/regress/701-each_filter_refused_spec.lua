--- A service that refuses one parameter of the query ("unknown query parameter"): its filter, or
-- the order, is applied here, whichever it is.
local connect = require "spec.support.connect"

local CASES = {
  name = { name = "b" }, status = { status = "available" }, metadata = { metadata = { k = "b" } },
  sort = { sort = "created_at:asc" }, consumes_quota = { consumes_quota = true },
}

for what, filters in pairs(CASES) do
  describe("a listing of a service that refuses the parameter for " .. what, function()
    it("is what it would be if the service applied it", function()
      local refused = 0
      local client, sim = connect.new { on_request = function(report)
        refused = refused + (report.status == 400 and 1 or 0)
      end }
      for _, name in ipairs { "b", "a", "c" } do
        assert(client:create { volume_id = sim.volume_id, name = name, metadata = { k = name },
          wait = 60 })
      end
      local function names()
        local list = {}
        for _, snapshot in ipairs(assert(client:list(filters):all())) do
          list[#list + 1] = snapshot.name
        end
        return list
      end
      local expected = names()
      sim:fault { method = "GET", path = "/snapshots", query = what .. "=", status = 400,
        times = math.huge,
        body = '{"badRequest": {"code": 400, "message": "unknown query parameter"}}' }
      assert.same(expected, names())
      assert.equal(1, refused) -- and is not asked so again
      assert.equal(#expected, client:count(filters))
      client:close()
      sim:close()
    end)
  end)
end

describe("a listing of a service that refuses the volume's parameter", function()
  it("has that volume's snapshots alone", function()
    local client, sim = connect.new()
    local other = sim:add_volume { name = "other" }
    sim:add_snapshots(3, { volume_id = sim.volume_id })
    sim:add_snapshots(2, { volume_id = other })
    sim:fault { method = "GET", path = "/snapshots", query = "volume_id=", status = 400,
      times = math.huge, body = '{"badRequest": {"code": 400, "message": "unknown"}}' }
    assert.equal(2, #assert(client:list({ volume_id = other }):all()))
    client:close()
    sim:close()
  end)
end)
