-- Kind: rows in an order that nobody checked. With a small `max`, enough rows were asked for that
-- the order could be seen, but not if `page_size` was given, too: then a service that ignores
-- `sort` gave the wrong first row, and nothing said so.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

describe("the first of a sorted listing", function()
  local client, server, limit

  before_each(function()
    server = raw_server.new(function(request)
      limit = tonumber(request.path:match "limit=(%d+)") or 0
      local first = 1
      if request.path:find("marker=", 1, true) then
        first = tonumber(request.path:match "marker=id%-(%d+)") + 1
      end
      local rows = {}
      for i = first, math.min(first + limit - 1, 30) do
        rows[#rows + 1] = ('{"id": "id-%d", "size": %d}'):format(i, i * 7 % 31)
      end
      return raw_server.answer(200, '{"snapshots": [' .. table.concat(rows, ", ") .. "]}")
    end)
    client = assert(rsnapshots.connect { endpoint = server.url .. "/v3/p", api_version = 3,
      auth_type = "none", microversion = "3.0", wait = server.wait })
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  for _, size in ipairs { 5, 50, 1000 } do
    it("is the first where the service ignores sort: in pages of " .. size, function()
      local found = assert(client:list { sort = "size:asc", max = 1, page_size = size }:all())
      assert.same({ 1, 1 }, { #found, found[1].size })
    end)

    it("does not ask for more than shows the order: in pages of " .. size, function()
      client:list { sort = "id:asc", max = 1, page_size = size }:next()
      assert.is_true(limit <= size)
    end)
  end
end)
