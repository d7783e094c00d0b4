local config = require "rsnapshots.config"

describe("options", function()
  local environment, getenv

  setup(function()
    getenv = os.getenv
    os.getenv = function(name) return environment[name] end -- luacheck: ignore
  end)

  teardown(function()
    os.getenv = getenv -- luacheck: ignore
  end)

  before_each(function()
    environment = {}
  end)

  local function fails(options, ...)
    local settings, err = config.gather(options)
    assert.is_nil(settings)
    assert.equal("config", err.kind)
    for _, part in ipairs { ... } do
      assert.matches(part, err.message, 1, true)
    end
  end

  local KEYSTONE = { OS_AUTH_URL = "http://k:5000/v3/", OS_USERNAME = "u", OS_PASSWORD = "p",
    OS_PROJECT_NAME = "x", OS_USER_DOMAIN_NAME = "D", OS_PROJECT_DOMAIN_ID = "d",
    OS_REGION_NAME = "R", OS_INTERFACE = "internal" }

  it("come from OS_ variables", function()
    environment = KEYSTONE
    local settings = assert(config.gather())
    assert.equal("http://k:5000/v3", settings.auth_url)
    assert.equal("password", settings.auth_type)
    assert.equal("u", settings.username)
    assert.equal("x", settings.project_name)
    assert.equal("D", settings.user_domain_name)
    assert.equal("d", settings.project_domain_id)
    assert.equal("R", settings.region)
    assert.equal("internal", settings.interface)
    assert.equal(60, settings.timeout)
    assert.is_true(settings.verify)
  end)

  it("win over variables", function()
    environment = KEYSTONE
    local settings = assert(config.gather { password = "q", region_name = "S" })
    assert.equal("q", settings.password)
    assert.equal("S", settings.region)
    assert.equal("u", settings.username)
  end)

  it("leave aside what the environment says of the same thing in another way", function()
    environment = { OS_AUTH_URL = "http://k/v3", OS_PROJECT_ID = "i", OS_USER_ID = "ui",
      OS_TOKEN = "t", OS_AUTH_TYPE = "token" }
    local settings = assert(config.gather { project_name = "other", username = "u",
      password = "p" })
    assert.is_nil(settings.project_id)
    assert.is_nil(settings.user_id)
    assert.is_nil(settings.token)
    assert.equal("password", settings.auth_type)
    assert.equal("other", settings.project_name)
  end)

  it("of Rackspace's region alone make no Rackspace", function()
    environment = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u", OS_PASSWORD = "p",
      RS_REGION = "DFW" }
    assert.is_nil(assert(config.gather()).provider)
  end)

  it("that would break a header raise, and an empty proxy is none", function()
    assert.error_matches(function() config.gather { user_agent = "a\r\nX: y" } end, "control")
    assert.equal("", assert(config.gather { endpoint = "http://e/v3", proxy = "" }).proxy)
  end)

  it("that name another identity service leave the environment's credentials aside", function()
    environment = KEYSTONE
    for _, options in ipairs {
      { auth_url = "http://other/v3", username = "v", password = "w" },
      { provider = "rackspace", username = "v", api_key = "w" },
      { endpoint = "http://e/v3/p" },
    } do
      local settings = assert(config.gather(options))
      assert.are_not.equal("p", settings.password)
      assert.is_nil(settings.project_name)
    end
  end)

  it("come from RS_ variables, falling back to OS_ ones", function()
    environment = { RS_USERNAME = "u", RS_API_KEY = "k", RS_REGION_NAME = "dfw",
      OS_USERNAME = "other", OS_TENANT_ID = "t" }
    local settings = assert(config.gather())
    assert.equal("https://identity.api.rackspacecloud.com/v2.0", settings.auth_url)
    assert.equal("rackspace_apikey", settings.auth_type)
    assert.equal("u", settings.username)
    assert.equal("DFW", settings.region)
    assert.equal("t", settings.project_id)
    assert.equal("volume", settings.service_type)
    environment = { RS_API_KEY = "k", OS_USERNAME = "fallback", RS_REGION = "LON" }
    settings = assert(config.gather())
    assert.equal("fallback", settings.username)
    assert.equal("https://lon.identity.api.rackspacecloud.com/v2.0", settings.auth_url)
  end)

  it("say which way of authenticating is meant", function()
    local url = "http://k/v3"
    for wanted, options in pairs {
      password = { auth_url = url, username = "u", password = "p" },
      token = { auth_url = url, token = "t" },
      v3applicationcredential = { auth_url = url, application_credential_id = "i",
        application_credential_secret = "s" },
      rackspace_apikey = { auth_url = url, username = "u", api_key = "k" },
      none = { endpoint = "http://e/v3/p" },
      v2password = { auth_url = url, auth_type = "v2password", username = "u", password = "p" },
    } do
      assert.equal(wanted, assert(config.gather(options)).auth_type)
    end
    environment = { OS_AUTH_URL = "http://k", OS_USERNAME = "u", OS_PASSWORD = "p",
      OS_IDENTITY_API_VERSION = "2.0" }
    assert.equal("v2password", assert(config.gather()).auth_type)
  end)

  it("take tenant for project", function()
    local settings = assert(config.gather { auth_url = "http://k", username = "u", password = "p",
      tenant_name = "t", tenant_id = "i" })
    assert.equal("t", settings.project_name)
    assert.equal("i", settings.project_id)
  end)

  it("take an API version with a microversion", function()
    local settings = assert(config.gather { endpoint = "http://e/v3", api_version = "3.59" })
    assert.equal(3, settings.api_version)
    assert.equal("3.59", settings.microversion)
    for _, version in ipairs { 3, "3", "v3" } do
      settings = assert(config.gather { endpoint = "http://e/v3", api_version = version })
      assert.equal(3, settings.api_version)
    end
  end)

  it("that cannot be used are named, with the variable they came from", function()
    fails({}, "there are no credentials")
    fails({ auth_url = "k:5000", username = "u" }, "auth_url", "http://")
    fails({ auth_url = "http://u:p@k/v3", username = "u" }, "auth_url", "user name")
    fails({ auth_url = "http://k/v3?x=y", username = "u" }, "auth_url", "query")
    fails({ endpoint = "http://e /v3" }, "endpoint", "space")
    fails({ endpoint = "ftp://e/v3" }, "endpoint", "http://")
    fails({ endpoint = "http:///v3" }, "endpoint", "no host")
    fails({ endpoint = "http://e/v3", api_version = 4 }, "api_version '4'")
    fails({ endpoint = "http://e/v3", microversion = "2.5" }, "microversion '2.5'")
    fails({ provider = "acme", username = "u" }, "acme", "rackspace")
    fails({ cloud = "mine" }, "clouds.yaml", "mine")
    environment = { OS_AUTH_URL = "nonsense", OS_USERNAME = "u" }
    fails(nil, "OS_AUTH_URL")
    environment = { OS_CLOUD = "prod" }
    fails(nil, "OS_CLOUD", "prod")
  end)

  it("that are wrong raise", function()
    for message, options in pairs {
      ["no option 'pasword'"] = { pasword = "x" },
      ["username must be a string"] = { username = 5 },
      ["timeout must be a number of seconds over 0"] = { timeout = 0 },
      ["connect_timeout must be a number"] = { connect_timeout = "5" },
      ["retries must be a whole number of at least 0"] = { retries = -1 },
      ["verify must be a boolean"] = { verify = "no" },
      ["wait must be a function"] = { wait = {} },
      ["max_response_bytes must be a whole number"] = { max_response_bytes = 1.5 },
    } do
      assert.error_matches(function() config.gather(options) end, message)
    end
  end)
end)
