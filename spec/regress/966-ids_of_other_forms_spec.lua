-- Kind: `find` and `volume` took only hexadecimal ids for ids. One such as "snap-0042" was not
-- found.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

describe("an id of another form", function()
  local server, client, seen

  before_each(function()
    seen = {}
    server = raw_server.new(function(request)
      local path = request.path:gsub("%?.*", "")
      seen[#seen + 1] = path
      local what, id = path:match "^/v2/p/(%a+)s/([^/]+)$"
      local body = '{"snapshots": [], "volumes": []}'
      if id and id ~= "detail" then
        body = id:find "0042$" and ('{"%s": {"id": "%s", "status": "available"}}'):format(what, id)
      end
      return { bytes = raw_server.answer(body and 200 or 404,
        body or '{"itemNotFound": {"code": 404, "message": "there is none"}}'), ending = "keep" }
    end)
    client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", wait = server.wait })
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  it("is looked for after the name", function()
    assert.equal("snap-0042", assert(client:find "snap-0042").id)
    assert.equal("vol_0042", assert(client:volume "vol_0042").id)
    assert.same({ "/v2/p/snapshots/detail", "/v2/p/snapshots/snap-0042", "/v2/p/volumes/detail",
      "/v2/p/volumes/vol_0042" }, seen)
  end)

  it("that is none is not found", function()
    for _, name in ipairs { "nightly-1", "detail", "two words 1", "a/1" } do
      local found, err = client:find(name)
      assert.is_nil(found)
      assert.equal("not_found", err.kind)
      assert.matches("name or id '" .. name .. "'", err.message, 1, true)
    end
  end)
end)
