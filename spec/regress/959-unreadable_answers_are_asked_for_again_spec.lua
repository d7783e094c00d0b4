-- Kind: one odd answer ended what a broken connection would not have ended. A page instead of JSON
-- was asked for again; an answer that was no HTTP, or whose chunks or compression were damaged, as
-- when a balancer dies in the middle of it, was not: one of them cost a volume its night.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local GOOD = '{"snapshot": {"id": "a", "status": "available"}, "snapshots": []}'

describe("an answer that cannot be read", function()
  for what, bytes in pairs {
    ["no HTTP"] = "Service is starting\r\n\r\n",
    ["no chunk"] = "HTTP/1.1 200 A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nBad Gateway\r\n",
    ["no compression"] = raw_server.answer(200, GOOD, nil, { "Content-Encoding: gzip" }),
    ["no length"] = "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" .. GOOD,
  } do
    it("is asked for again, if that does no harm: " .. what, function()
      local counts = {}
      local server = raw_server.new(function(request)
        counts[request.method] = (counts[request.method] or 0) + 1
        return counts[request.method] == 1 and bytes or raw_server.answer(200, GOOD)
      end)
      local client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", api_version = 2,
        auth_type = "none", wait = server.wait, retries = 1 })
      finally(function()
        client:close()
        server:close()
      end)
      assert.equal("a", assert(client:get "a").id)
      assert.equal("a", assert(client:update("a", { name = "n" })).id)
      assert.is_true(client:delete "a")
      local _, err = client:create { volume_id = "v" }
      assert.equal("uncertain", err.kind)
      assert.same({ GET = 2, PUT = 2, DELETE = 2, POST = 1 }, counts)
    end)
  end
end)
