-- Kind: where version 1 answers past its end with an error or nothing, a listing that begins there
-- failed: by a token after the last row, or by an offset.
local connect = require "spec.support.connect"

local QUIRKS = { "v1_past_end_204", "v1_past_end_empty", "v1_past_end_404", "v1_past_end_400" }

describe("a listing of version 1 that begins past the end", function()
  local client, sim

  local function begin(quirk)
    client, sim = connect.new({ api_version = 1 }, { page_limit = 3, quirks = { quirk } })
    sim:add_snapshots(6)
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  for _, quirk in ipairs(QUIRKS) do
    it("is empty (" .. quirk .. ")", function()
      begin(quirk)
      for _, filters in ipairs { {}, { status = "available" }, { page_size = 2 } } do
        local pager = client:list { max = 6, page_size = filters.page_size,
          status = filters.status }
        assert.equal(6, #assert(pager:all()))
        for _, token in ipairs { pager:token(), "offset:6" } do
          filters.token = token
          assert.same({}, assert(client:list(filters):all()))
        end
      end
      assert.same({}, assert(client:list({ offset = 6 }):all()))
      assert.same({}, assert(client:list({ offset = 100 }):all()))
      assert.equal(1, #assert(client:list({ offset = 5 }):all()))
    end)
  end

  -- one answer of a proxy, where there are more
  it("gives all that is behind its beginning after one odd answer", function()
    begin()
    local all = client:list():all()
    for _, answer in ipairs { { 404, "" }, { 204, "" }, { 200, "" },
        { 400, '{"badRequest": {"code": 400, "message": "offset"}}' } } do
      for _, filters in ipairs { { offset = 4 }, { token = "offset:4", status = "available" } } do
        sim:clear_faults()
        sim:fault { method = "GET", path = "/snapshots", query = "offset=4", times = 1,
          status = answer[1], body = answer[2] }
        local found = assert(client:list(filters):all())
        assert.same({ all[5].id, all[6].id }, { found[1].id, found[2].id })
        assert.equal(2, #found)
      end
    end
  end)

  -- on the way, rows come twice
  for _, quirk in ipairs { "list_204", "empty_body" } do
    it("counts no row twice that comes before its beginning (" .. quirk .. ")", function()
      begin(quirk)
      sim:add_snapshots(4)
      local all = client:list():all()
      for offset = 1, #all do
        local found = assert(client:list({ offset = offset }):all())
        assert.equal(#all - offset, #found)
        for i, snapshot in ipairs(found) do
          assert.equal(all[offset + i].id, snapshot.id)
        end
      end
    end)
  end

  it("asks for no single rows on its way to its beginning", function()
    begin "v1_past_end_404"
    sim:clear_requests()
    assert.same({}, assert(client:list({ offset = 6, max = 1 }):all()))
    assert.is_true(#sim.requests <= 6, #sim.requests)
  end)

  it("is an error where there is no such list", function()
    begin()
    sim:fault { method = "GET", path = "/snapshots", status = 404,
      body = '{"itemNotFound": {"code": 404, "message": "The resource could not be found."}}' }
    local found, err = client:list({ offset = 4 }):all()
    assert.is_nil(found)
    assert.equal(404, err.status)
  end)
end)
