-- Kind: libcurl takes an answer that does not begin with HTTP/ for a 200: a refused delete was told
-- as done.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

describe("a status line that is none", function()
  local server, client

  after_each(function()
    client:close()
    server:close()
  end)

  for _, line in ipairs { "http/1.1 409 Conflict", "Http/1.1 404 Not Found" } do
    it(("(%s) is no success"):format(line), function()
      local body = '{"conflictingRequest": {"code": 409, "message": "busy"}}'
      server = raw_server.new(function()
        return ("%s\r\nContent-Length: %d\r\n\r\n%s"):format(line, #body, body)
      end)
      client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", api_version = 2,
        auth_type = "none", wait = server.wait, retries = 0 })
      local done, err = client:delete "a"
      assert.is_nil(done)
      assert.equal("decode", err.kind)
      assert.truthy(err.message:find("does not begin with HTTP/", 1, true))
      done, err = client:create { volume_id = "v" }
      assert.is_nil(done)
      assert.equal("uncertain", err.kind)
      done, err = client:wait_until_deleted("a", 0)
      assert.is_nil(done)
      assert.equal("timeout", err.kind)
    end)
  end
end)
