-- Kind: a listing that never ends. Each page leads to another with a marker that was never there
-- before, and nothing new comes: a circle that cannot be seen by its places.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local PAGE = '{"%s": [%s], "%s_links": [{"rel": "next", "href": "http://x/?marker=m%d"}]}'

describe("a service whose links never end", function()
  local client, server, rows, last

  before_each(function()
    last = nil
    server = raw_server.new(function(request)
      local kind = request.path:match "/(%l+)/detail"
      local body = "{}" -- of version documents
      if kind and request.number == last then
        body = ('{"%s": [{"id": "last"}]}'):format(kind)
      elseif kind then
        body = PAGE:format(kind, rows(request.number), kind, request.number)
      end
      return { bytes = raw_server.answer(200, body), ending = "keep" }
    end)
    client = assert(rsnapshots.connect { endpoint = server.url .. "/v3/p", auth_type = "none",
      api_version = 3, microversion = "3.0", wait = server.wait })
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  local function fails(list)
    local all, err = list():all()
    assert.is_nil(all)
    assert.equal("decode", err.kind)
    assert.matches("1000 pages in a row without anything new", err.message, 1, true)
    assert.is_true(#server.requests < 1010)
  end

  it("and whose pages are empty is an error", function()
    rows = function() return "" end
    fails(function() return client:list() end)
  end)

  it("and whose pages have the same rows is an error", function()
    rows = function() return '{"id": "a"}, {"id": "b"}' end
    fails(function() return client:list() end)
  end)

  it("is an error for volumes, too", function()
    rows = function() return '{"id": "a"}' end
    fails(function() return client:volumes() end)
  end)

  it("is no error if something new comes in time", function()
    rows = function(number) return number == 900 and '{"id": "new"}' or "" end
    last = 1800
    local all = assert(client:list():all())
    assert.same({ "new", "last" }, { all[1].id, all[2].id })
  end)
end)
