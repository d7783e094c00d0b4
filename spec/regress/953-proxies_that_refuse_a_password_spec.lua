-- Kind: a refusal was taken for a passing failure. A proxy that refused the tunnel for want of the
-- right password (407) was asked five times with the same one for each call, and each poll of a
-- wait: proxies lock accounts for that. What failed was not told to be the proxy.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

describe("a proxy", function()
  local proxy, client

  local function connect(scheme, status)
    proxy = raw_server.new(function()
      return { bytes = raw_server.answer(status, ""), ending = "keep" }
    end)
    client = assert(rsnapshots.connect { auth_type = "none", api_version = 2, retries = 2,
      endpoint = scheme .. "://storage.invalid/v2/p", wait = proxy.wait,
      proxy = "http://user:pr0xy-passw0rd@127.0.0.1:" .. proxy.port })
  end

  after_each(function()
    client:close()
    proxy:close()
  end)

  for _, scheme in ipairs { "http", "https" } do
    it("that refuses the password is asked once, for " .. scheme, function()
      connect(scheme, 407)
      for number, call in ipairs { function() return client:get "a" end,
        function() return client:create { volume_id = "v", once = true } end,
        function() return client:wait_until_complete("a", 60) end,
      } do
        local _, err = call()
        assert.equal("invalid", err.kind, tostring(err))
        assert.is_falsy(err.lost)
        assert.equal(number, #proxy.requests)
        assert.matches("proxy wants credentials, or refuses those", err.message, 1, true)
        assert.is_nil(tostring(err):find("passw0rd", 1, true))
      end
    end)
  end

  it("that opens no tunnel is named, and asked again", function()
    connect("https", 503)
    local _, err = client:create { volume_id = "v" }
    assert.equal("network", err.kind)
    assert.equal(3, #proxy.requests)
    assert.matches("503 (the proxy is that of the option proxy)", err.message, 1, true)
  end)
end)
