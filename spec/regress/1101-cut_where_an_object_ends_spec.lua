-- Kind: half an answer that was taken for a whole one. Where only the end of the connection ends a
-- body, one that was cut was asked for again, except where it was cut right after a brace: then it
-- looked like an object, and one such cut ended a listing.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local HEAD = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
local ROW = '{"id": "a", "status": "available", "metadata": {"k": "v"}}'
local BODIES = {
  get = '{"snapshot": ' .. ROW .. "}",
  list = '{"snapshots": [' .. ROW .. ', {"id": "b", "metadata": {}}]}',
}

describe("an answer whose end is the connection's", function()
  local client, server, body, size

  before_each(function()
    server = raw_server.new(function(request)
      return HEAD .. (request.number == 1 and body:sub(1, size) or body)
    end)
    client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", api_version = 2,
      auth_type = "none", wait = server.wait, retries = 1 })
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  for what, whole in pairs(BODIES) do
    for at in whole:sub(1, -2):gmatch "}()" do
      it(("is asked for again if it was cut: %s, at %d"):format(what, at - 1), function()
        body, size = whole, at - 1
        if what == "get" then
          assert.equal("v", assert(client:get "a").metadata.k)
        else
          assert.equal("b", assert(client:list():all())[2].id)
        end
        assert.equal(2, #server.requests)
      end)
    end

    it("is asked for once if it is whole: " .. what, function()
      body, size = whole, #whole
      assert.truthy(what == "get" and client:get "a" or client:list():all())
      assert.equal(1, #server.requests)
    end)
  end
end)
