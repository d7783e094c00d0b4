-- Kind: a file that cannot be read, and that nothing reads: the cacert where verify is off, the key
-- where there is no cert. Any other failure of TLS was blamed on it.
local hints = require "rsnapshots.connect.hints"

describe("a failure of TLS", function()
  local function explained(settings)
    local err = { kind = "tls", url = "https://127.0.0.1/", message = "wrong version number" }
    hints.add(err, settings)
    return err.kind, err.message
  end

  it("is not blamed on a file that is not used", function()
    for _, settings in ipairs {
      { cacert = "/no such file", verify = false },
      { key = "/no such file", verify = true },
    } do
      local kind, message = explained(settings)
      assert.equal("tls", kind)
      assert.matches("^wrong version number; what answers there seems to speak plain http", message)
    end
  end)

  it("is explained by a file that cannot be read", function()
    for name, settings in pairs {
      cacert = { cacert = "/no such file", verify = true },
      cert = { cacert = "/no such file", cert = "/no such file", verify = false },
      key = { cert = "/dev/null", key = "/no such file", verify = true },
    } do
      local kind, message = explained(settings)
      assert.equal("config", kind)
      assert.equal(("the file of %s cannot be read: /no such file: No such file or directory")
        :format(name), message)
    end
  end)
end)
