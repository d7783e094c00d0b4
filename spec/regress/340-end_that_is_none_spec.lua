-- Kind: version 1 ends a listing by an answer that a proxy gives in the middle, too: a 404, a 204,
-- an empty body. A part was taken for the whole.
local connect = require "spec.support.connect"

local TEXT = "default backend - 404"
local OWN = '{"itemNotFound": {"code": 404, "message": "The resource could not be found."}}'

-- What comes once in the middle. A proxy's page is asked for again before anybody looks back.
local ANSWERS = {
  ["a proxy's text"] = { status = 404, body = TEXT }, ["a bare 404"] = { status = 404, body = "" },
  ["a 404 of the service"] = { status = 404, body = OWN },
  ["a 400"] = { status = 400, body = '{"badRequest": {"code": 400, "message": "offset"}}' },
  ["a 204"] = { status = 204, body = "" }, ["nothing"] = { status = 200, body = "" },
  ["half a page"] = { status = 200, body = '{"snapshots": [{"id": "a", "na' },
  ["a maintenance page"] = { status = 200, body = "<html>We will be back soon</html>" },
}

describe("in the middle of a listing of version 1", function()
  local client, sim

  before_each(function()
    client, sim = connect.new({ api_version = 1 }, { page_limit = 3 })
    sim:add_snapshots(8)
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function once(answer, offset)
    sim:clear_faults()
    sim:fault { method = "GET", path = "/snapshots", query = "offset=" .. offset, times = 1,
      status = answer.status, body = answer.body }
  end

  for name, answer in pairs(ANSWERS) do
    it(name .. " is not its end", function()
      for _, offset in ipairs { 3, 6 } do
        once(answer, offset)
        assert.equal(8, #assert(client:list():all()))
        once(answer, offset)
        assert.equal(8, (client:count()))
        once(answer, offset)
        assert.equal(8, #assert(client:list({ page_size = 3, sort = "name:asc" }):all()))
      end
    end)
  end

  it("the last row is looked at again, and nothing else", function()
    once(ANSWERS["a 204"], 6)
    sim:clear_requests()
    client:list():all()
    local offsets = {}
    for i, request in ipairs(sim.requests) do
      offsets[i] = request.query:match "offset=(%d+)" or "0"
    end
    assert.same({ "0", "3", "6", "5", "8" }, offsets)
  end)

  it("a token goes on where the listing was", function()
    local listing = client:list { prefetch = false }
    once(ANSWERS["a 204"], 3)
    for _ = 1, 5 do
      assert(listing:next())
    end
    assert.equal(3, #assert(client:list({ token = listing:token() }):all()))
  end)

  it("a limit of one row shows the next one, too", function()
    once(ANSWERS["a 204"], 2)
    assert.equal(5, #assert(client:list({ page_size = 1, max = 5 }):all()))
  end)
end)

describe("volumes of version 1", function()
  local client, sim

  after_each(function()
    client:close()
    sim:close()
  end)

  for _, quirk in ipairs { "v1_past_end_204", "v1_past_end_empty", "v1_past_end_404",
    "v1_past_end_400", "v1_offset_ignored", "v1_paging_ignored", "list_null", "nulls_between" } do
    it("come whole from a service with the quirk " .. quirk, function()
      client, sim = connect.new({ api_version = 1 }, { quirks = { quirk } })
      for i = 1, 6 do
        sim:add_volume { name = "v" .. i }
      end
      assert.equal(7, #assert(client:volumes({ page_size = 3 }):all()))
      assert.equal(7, #assert(client:volumes():all()))
      assert.equal("v6", assert(client:volume "v6").name)
    end)
  end

  it("do not end by a 204 in the middle", function()
    client, sim = connect.new({ api_version = 1 }, {})
    for i = 1, 6 do
      sim:add_volume { name = "v" .. i }
    end
    sim:fault { path = "/volumes", query = "offset=3", times = 1, status = 204, body = "" }
    assert.equal(7, #assert(client:volumes({ page_size = 3 }):all()))
  end)

  it("that are null are none", function()
    client, sim = connect.new({}, {})
    sim:fault { path = "/volumes", status = 200, body = '{"volumes": null}' }
    assert.same({}, client:volumes():all())
    sim:clear_faults()
    sim:fault { path = "/volumes", status = 200, body = "{}" }
    local _, err = client:volumes():all()
    assert.equal("decode", err.kind)
  end)
end)
