-- Kind: a service whose own limit is lower than the one that was asked for, and that links nothing:
-- its pages are not full, and everything after the first was lost. Limits are round numbers.
local simulator = require "rsnapshots.simulator"

describe("a service that links nothing and has a limit of its own", function()
  local client, sim

  local function open(limit, count, api_version, quirk)
    sim = assert(simulator.new { page_limit = limit, quirks = { quirk or "no_links" } })
    sim:add_snapshots(count)
    client = assert(sim:connect { api_version = api_version })
    sim:clear_requests()
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  for _, limit in ipairs { 100, 250, 500 } do
    it(("of %d is listed whole"):format(limit), function()
      local count = (limit == 100 and 2 or 1) * limit + 7
      for api_version = 2, 3 do
        open(limit, count, api_version)
        assert.equal(count, #assert(client:list():all()))
        assert.equal(count, #assert(client:list({ sort = "created_at:asc" }):all()))
        assert.equal(count, (client:count { created_after = 0 }))
        client:close()
        sim:close()
      end
      open(limit, 2 * limit, 3)
      assert.equal(2 * limit, #assert(client:list():all()))
    end)
  end

  it("and that refuses markers ends where it ends", function()
    for _, status in ipairs { 400, 404 } do
      open(1000, 100, 3)
      sim:fault { path = "/snapshots", query = "marker=", status = status,
        body = '{"badRequest": {"message": "unknown query parameter \'marker\'"}}' }
      assert.equal(100, #assert(client:list():all()))
      client:close()
      sim:close()
    end
    open(1000, 1, 3)
  end)

  it("is gone on with where nulls are among the rows of a full page", function()
    open(1000, 1, 3)
    local function answer(query, body)
      sim:fault { path = "/snapshots", query = query, status = 200, body = body }
    end
    answer("limit=3$", '{"snapshots": [{"id": "a"}, null, {"id": "b"}]}')
    answer("marker=b$", '{"snapshots": [{"id": "c"}]}')
    assert.equal(3, #assert(client:list({ page_size = 3 }):all()))
  end)

  it("costs nothing where the service has linked a page before", function()
    sim = assert(simulator.new {})
    sim:add_snapshots(1500)
    client = assert(sim:connect {})
    sim:clear_requests()
    assert.equal(1500, #assert(client:list():all()))
    assert.equal(2, #sim.requests)
  end)

  it("costs one more request where the number is round, and none where it is not", function()
    open(1000, 100, 3)
    assert.equal(100, #assert(client:list():all()))
    assert.equal(2, #sim.requests)
    client:close()
    sim:close()
    open(1000, 99, 3)
    assert.equal(99, #assert(client:list():all()))
    assert.equal(1, #sim.requests)
  end)
end)
