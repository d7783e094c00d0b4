-- Kind: a secret in another spelling. A proxy's error page that repeats the request put the user
-- and the password into the message, as the header has them: in Base64, which anybody can read.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

describe("what a proxy repeats", function()
  for _, case in ipairs {
    { "user:its-password", "dXNlcjppdHMtcGFzc3dvcmQ=" },
    { "us%40er:pa%20ss-word", "dXNAZXI6cGEgc3Mtd29yZA==" },
    { "user:p%2Bq+rst", "dXNlcjpwK3ErcnN0" },
    { "username", "dXNlcm5hbWU6" },
    { "user:", "dXNlcjo=" },
  } do
    it("has no credentials: " .. case[1], function()
      local proxy = raw_server.new(function(request)
        assert.matches("Basic " .. case[2] .. "\r\n", request.head, 1, true)
        return raw_server.answer(502, "<html>This came: " .. request.head .. "</html>")
      end)
      local client = assert(rsnapshots.connect { auth_type = "none", api_version = 2, retries = 0,
        endpoint = "http://storage.invalid/v2/p", wait = proxy.wait,
        proxy = "http://" .. case[1] .. "@127.0.0.1:" .. proxy.port })
      finally(function()
        client:close()
        proxy:close()
      end)
      local _, err = client:get "a"
      assert.matches("Proxy-Authorization: Basic ***", err.message, 1, true)
    end)
  end
end)
