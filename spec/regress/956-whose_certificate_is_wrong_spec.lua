-- Kind: the wrong one was blamed. If the certificate of an https proxy was not good, the
-- message named the service, and nothing else.
local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"

local MAKE = "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
  .. "-days 30 -subj /CN=own -addext subjectAltName=IP:127.0.0.1 -keyout own.key -out own.pem"

describe("the certificate that is not good", function()
  local directory, server, url

  before_each(function()
    directory = process.directory()
    assert(select(2, process.run(MAKE:format(directory))) == 0)
    server = process.start(("cd %s && exec openssl s_server -accept 127.0.0.1:0 -cert own.pem "
      .. "-key own.key -www"):format(directory), directory .. "/log")
    url = "https://127.0.0.1:" .. server:await "ACCEPT 127%.0%.0%.1:(%d+)"
  end)

  after_each(function()
    server:stop()
    process.run("rm -r " .. directory)
  end)

  local function fail(options)
    options.auth_type, options.api_version = "none", 2
    local client = assert(rsnapshots.connect(options))
    local _, err = client:get "a"
    client:close()
    assert.equal("tls", err.kind, tostring(err))
    assert.equal(1, err.attempts)
    return err.message
  end

  for _, scheme in ipairs { "http", "https" } do
    it("is the proxy's, for " .. scheme, function()
      local message = fail { endpoint = scheme .. "://storage.invalid/v2/p", proxy = url }
      assert.matches("of the proxy: SSL certificate problem: self", message, 1, true)
      assert.matches("(the proxy is that of the option proxy)", message, 1, true)
      assert.is_nil(message:find("cacert", 1, true), message)
    end)
  end

  it("is the service's, and the message says what to do", function()
    local message = fail { endpoint = url .. "/v2/p" }
    assert.matches("give it as cacert", message, 1, true)
    assert.is_nil(message:find("proxy", 1, true), message)
  end)
end)
