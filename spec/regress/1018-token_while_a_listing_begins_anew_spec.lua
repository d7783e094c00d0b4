-- Kind: the rows that had come were deleted, so the listing began anew, and that failed. Its token
-- was "marker:", which no listing takes.
local connect = require "spec.support.connect"

describe("the token of a listing that begins anew", function()
  it("is one", function()
    local client, sim = connect.new({ retries = 0 }, { page_limit = 3 })
    sim:add_snapshots(9)
    local pager = client:list { prefetch = false }
    local ids = {}
    for i = 1, 3 do
      ids[i] = pager:next().id
    end
    for _, id in ipairs(ids) do
      assert(client:delete(id))
    end
    sim:advance(60)
    sim:fault { method = "GET", path = "/snapshots", query = "^limit=%d+$", status = 503 }
    local _, err = pager:next()
    assert.equal("server", err.kind)
    assert.equal("marker:" .. ids[3], pager:token())
    local all
    all, err = client:list({ token = pager:token() }):all()
    assert.is_nil(all)
    assert.equal("not_found", err.kind)
    sim:clear_faults()
    assert.equal(6, #assert(pager:all()))
    client:close()
    sim:close()
  end)
end)
