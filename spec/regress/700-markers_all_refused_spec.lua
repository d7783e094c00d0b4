--- A service that refuses every marker: the listing began anew for ever.
local connect = require "spec.support.connect"

describe("a listing of a service that refuses every marker", function()
  local client, sim, expected

  local function open(count)
    client, sim = connect.new()
    expected = sim:add_snapshots(count, { volume_id = sim.volume_id })
    sim:fault { method = "GET", path = "/snapshots", query = "marker=", status = 404,
      body = '{"itemNotFound": {"code": 404, "message": "marker"}}', times = math.huge }
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  it("is whole where one page holds all", function()
    open(30)
    local all = assert(client:list({ page_size = 10 }):all())
    assert.equal(30, #all)
    local seen = {}
    for _, snapshot in ipairs(all) do
      assert.is_nil(seen[snapshot.id])
      seen[snapshot.id] = true
    end
    assert.is_true(#sim.requests < 60)
  end)

  it("fails where no page does", function()
    open(1200)
    local all, err = client:list({ page_size = 10 }):all()
    assert.is_nil(all)
    assert.equal("not_found", err.kind)
    assert.is_true(#sim.requests < 100)
  end)
end)

describe("version 1 past the end", function()
  -- What a listing of that many snapshots comes to when offsets at the end are answered so.
  local function listed(answer, count)
    local client, sim = connect.new { api_version = 1, retries = 0 }
    sim:add_snapshots(count, { volume_id = sim.volume_id })
    answer.method, answer.path, answer.times = "GET", "/snapshots", math.huge
    answer.query = answer.query or "offset=" .. count
    sim:fault(answer)
    local all, err = client:list({ page_size = 10 }):all()
    client:close()
    sim:close()
    return all and #all, err
  end

  it("ends by whatever says that there is nothing", function()
    for _, count in ipairs { 7, 10 } do
      for _, answer in ipairs {
        { status = 404, body = '{"itemNotFound": {"code": 404, "message": "no more snapshots"}}' },
        { status = 400, body = '{"badRequest": {"message": "offset"}}' },
        { status = 404, body = "" }, { status = 204, body = "" },
      } do
        assert.equal(count, (listed(answer, count)))
      end
    end
  end)

  it("does not end by a proxy's page: a part would be taken for the whole", function()
    for _, count in ipairs { 7, 10 } do
      local all, err = listed({ status = 404, query = "offset=",
        body = "<html><h1>404 Not Found</h1></html>" }, count)
      assert.is_nil(all)
      assert.equal("server", err.kind)
    end
  end)
end)
