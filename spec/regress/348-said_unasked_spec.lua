-- Kind: what a server says on an idle connection (a 408, a stray 404) was taken for the answer to
-- the next request: a create failed, or a snapshot that is there was gone.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local function answer(status, body)
  return ("HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(
    status, #body, body)
end

local STRAY = {
  ["a 408 of a balancer"] = "HTTP/1.0 408 Request Time-out\r\nConnection: close\r\n"
    .. "Content-Type: text/html\r\n\r\n<html><body><h1>408 Request Time-out</h1></body></html>",
  ["a 404 to somebody else"] = answer("404 Not Found",
    '{"itemNotFound": {"message": "a reply to somebody else", "code": 404}}'),
  ["a 200 to somebody else"] = answer("200 OK", '{"snapshot": {"id": "theirs"}}'),
  ["a few bytes"] = "\r\n\r\n",
}

describe("a server that says something unasked", function()
  local server, client, made

  before_each(function()
    made = 0
    server = raw_server.new(function(request)
      local id = request.path:match "snapshots/(.+)$"
      if request.method == "POST" then
        made = made + 1
        return { bytes = answer("202 Accepted", ('{"snapshot": {"id": "made-%d"}}'):format(made)),
          ending = "keep" }
      end
      return { bytes = answer("200 OK", ('{"snapshot": {"id": "%s", "status": "available"}}')
        :format(id or "none")), ending = "keep" }
    end)
    client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", api_version = 2,
      auth_type = "none", wait = server.wait, retries = 0 })
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  -- Says it on every connection that is open.
  local function say(text)
    for conn in pairs(server.connections) do
      assert(conn.sock:send(text))
    end
  end

  for name, text in pairs(STRAY) do
    it(name .. " is not taken for an answer", function()
      for i = 1, 5 do
        assert.equal("first", assert(client:get "first").id)
        say(text)
        local snapshot = assert(client:create { volume_id = "v", name = "nightly" })
        assert.equal("made-" .. i, snapshot.id)
        say(text)
        assert.equal("second", assert(client:get "second").id)
        say(text)
        assert.is_true(client:delete "second")
      end
      assert.equal(5, made)
    end)
  end
end)
