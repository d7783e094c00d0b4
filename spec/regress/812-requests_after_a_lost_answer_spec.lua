-- Kind: what a request that failed leaves in what is used again. libcurl 8 remembers in a handle
-- that a body could not be sent twice, so after one answer that was lost on a kept connection each
-- request with that handle failed, and nothing was sent.
local rs = require "rsnapshots"
local raw_server = require "spec.support.raw_server"

local BODY = '{"snapshot": {"id": "s1", "name": "n", "status": "available"}}'
local ANSWER = ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"):format(#BODY, BODY)

local CHANGES = {
  ["a create"] = function(client) return client:create { volume_id = "v", name = "n" } end,
  ["an update"] = function(client) return client:update("s1", { name = "n" }) end,
  ["a delete"] = function(client) return client:delete "s1" end,
}

for what, change in pairs(CHANGES) do
  it(what .. " whose answer was lost on a kept connection is the only one that fails", function()
    local lost
    local server = raw_server.new(function(request)
      if lost and request.method ~= "GET" then
        return { bytes = "" }
      end
      return { bytes = ANSWER, ending = "keep" }
    end)
    local client = assert(rs.connect { endpoint = server.url .. "/v3/p", auth_type = "none",
      retries = 0, wait = server.wait, proxy = "" })
    finally(function()
      client:close()
      server:close()
    end)
    for _ = 1, 3 do
      lost = false
      assert(client:get "s1")
      lost = true
      assert.is_nil((change(client)))
      lost = false
      local before = #server.requests
      assert.equal("s1", assert(client:get "s1").id)
      assert.equal("s1", assert(client:update("s1", { name = "n" })).id)
      assert.equal(before + 2, #server.requests)
    end
  end)
end
