local config = require "rsnapshots.connect.settings"
local Identity = require "rsnapshots.identity"
local environment = require "spec.support.environment"

describe("settings", function()
  setup(environment.replace)
  teardown(environment.restore)

  before_each(function()
    environment.variables = {}
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
    environment.variables = KEYSTONE
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
    environment.variables = KEYSTONE
    local settings = assert(config.gather { password = "q", region_name = "S" })
    assert.equal("q", settings.password)
    assert.equal("S", settings.region)
    assert.equal("u", settings.username)
  end)

  it("leave aside what the environment says of the same thing in another way", function()
    environment.variables = { OS_AUTH_URL = "http://k/v3", OS_PROJECT_ID = "i", OS_USER_ID = "ui",
      OS_TOKEN = "t", OS_AUTH_TYPE = "token" }
    local settings = assert(config.gather { project_name = "other", username = "u",
      password = "p" })
    assert.is_nil(settings.project_id)
    assert.is_nil(settings.user_id)
    assert.is_nil(settings.token)
    assert.equal("password", settings.auth_type)
    assert.equal("other", settings.project_name)
  end)

  it("leave a password aside for a token, and keep it for another auth_type that has use for it",
    function()
      environment.variables = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u", OS_PASSWORD = "p",
        OS_AUTH_TYPE = "password" }
      local settings = assert(config.gather { token = "t" })
      assert.same({ "token", "t" }, { settings.auth_type, settings.token })
      assert.is_nil(settings.password)
      settings = assert(config.gather { auth_type = "v2password" })
      assert.same({ "v2password", "p" }, { settings.auth_type, settings.password })
      settings = assert(config.gather { auth_type = "v3token", token = "t" })
      assert.is_nil(settings.password)
    end)

  it("that contradict each other are refused, unless auth_type chooses", function()
    fails({ auth_url = "http://k/v3", username = "u", password = "p", token = "t" },
      "contradict", "password and token")
    assert.equal("t", assert(config.gather { auth_url = "http://k/v3", username = "u",
      password = "p", token = "t", auth_type = "token" }).token)
    environment.variables = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u", OS_PASSWORD = "p",
      OS_APPLICATION_CREDENTIAL_ID = "i" }
    fails(nil, "contradict", "OS_PASSWORD and OS_APPLICATION_CREDENTIAL_ID")
    environment.variables.OS_AUTH_URL, environment.variables.RS_API_KEY = "http://k/v2.0", "k"
    assert.equal("rackspace_apikey", assert(config.gather()).auth_type)
  end)

  for name, variables in pairs {
    ["RS_API_KEY, OS_AUTH_TYPE"] = { OS_AUTH_TYPE = "password" },
    ["RS_API_KEY, OS_AUTH_URL"] = {},
    ["RS_USERNAME, OS_AUTH_TYPE"] = { OS_AUTH_TYPE = "v3password", RS_AUTH_URL = "http://r/v2.0" },
    ["RS_USERNAME, OS_AUTH_URL"] = {},
  } do
    it("of two clouds in the environment are refused: " .. name, function()
      local own, foreign = name:match "(%S+), (%S+)"
      environment.variables = { OS_AUTH_URL = "http://k/v3/", OS_USERNAME = "u",
        OS_PASSWORD = "s3cret", [own] = "s3cret" }
      for variable, value in pairs(variables) do
        environment.variables[variable] = value
      end
      fails(nil, own, foreign, "belongs to another cloud: unset the variables of one of them")
      environment.variables[own] = nil
      assert.is_nil(assert(config.gather()).provider)
    end)
  end

  it("of Rackspace's region alone make no Rackspace", function()
    environment.variables = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u", OS_PASSWORD = "p",
      RS_REGION = "DFW" }
    assert.is_nil(assert(config.gather()).provider)
  end)

  it("that are missing in the environment are named by their variable", function()
    for name, variables in pairs {
      OS_PASSWORD = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u" },
      OS_AUTH_URL = { OS_USERNAME = "u", OS_PASSWORD = "p" },
      RS_API_KEY = { RS_USERNAME = "u", OS_AUTH_TYPE = "rackspace_apikey" },
    } do
      environment.variables = variables
      local none, err = Identity.new(assert(config.gather()))
      assert.is_nil(none)
      assert.matches("(" .. name .. ")", err.message, 1, true)
    end
  end)

  it("that contain control characters are refused wherever they come from", function()
    environment.variables = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u", OS_PASSWORD = "p",
      OS_CACERT = "/a\nb" }
    fails(nil, "OS_CACERT", "control characters")
  end)

  it("that would break a header raise, and an empty proxy is none", function()
    assert.error_matches(function() config.gather { user_agent = "a\r\nX: y" } end, "control")
    assert.equal("", assert(config.gather { endpoint = "http://e/v3", proxy = "" }).proxy)
  end)

  describe("of a proxy", function()
    local function gather(proxy)
      return config.gather { endpoint = "http://e/v3", proxy = proxy }
    end

    for _, address in ipairs { "proxy", "proxy:3128", "proxy:3128/", "http://proxy:3128",
      "HTTPS://proxy.example", "socks4://127.0.0.1:1080", "socks4a://h", "socks5://h:1",
      "socks5h://h:65535", "u@h", "u:p@h:8080", "http://u%40x:p%2F@h:8080", "u:@h",
      "[::1]:3128", "http://u:p@[fe80::1]", "a_b:9" } do
      it("takes " .. address, function()
        assert.equal(address, assert(gather(address)).proxy)
      end)
    end

    for _, address in ipairs { "ftp://h:1", "socks://h:1", "http://", "://h", "http:/h", "http:h",
      "h:", "h:abc", "h:0", "h:65536", "h:99999", ":9", "user@:9", "no host", "http://u:s3cret@a b",
      "u:s3cret@x@h", "u:s3 cret@h", "http://u:s3cret/@h:1", "h:1/path", "h:1?s3cret", "h#x",
      "[::1", "[::g]:1", "h\195\188:1" } do
      it("refuses " .. address, function()
        local settings, err = gather(address)
        assert.is_nil(settings)
        assert.equal("config", err.kind)
        assert.matches("^proxy is not a usable address", err.message)
        assert.is_nil(err.message:find("s3cret", 1, true))
      end)
    end
  end)

  it("that name another identity service leave the environment's credentials aside", function()
    environment.variables = KEYSTONE
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
    environment.variables = { RS_USERNAME = "u", RS_API_KEY = "k", RS_REGION_NAME = "dfw",
      OS_USERNAME = "other", OS_TENANT_ID = "t" }
    local settings = assert(config.gather())
    assert.equal("https://identity.api.rackspacecloud.com/v2.0", settings.auth_url)
    assert.equal("rackspace_apikey", settings.auth_type)
    assert.equal("u", settings.username)
    assert.equal("DFW", settings.region)
    assert.equal("t", settings.project_id)
    assert.equal("volume", settings.service_type)
    environment.variables = { RS_API_KEY = "k", OS_USERNAME = "fallback", RS_REGION = "LON" }
    settings = assert(config.gather())
    assert.equal("fallback", settings.username)
    assert.equal("https://lon.identity.api.rackspacecloud.com/v2.0", settings.auth_url)
  end)

  describe("of Rackspace have the identity service of their region:", function()
    local US = "https://identity.api.rackspacecloud.com/v2.0"
    local UK = "https://lon.identity.api.rackspacecloud.com/v2.0"
    for _, case in ipairs {
      { "DFW", nil, US }, { "LON", nil, UK }, { "lon", nil, UK }, { "", nil, US },
      { "SYD", nil, US }, { "LON", "https://own.example/v2.0/", "https://own.example/v2.0" },
    } do
      it(("%s %s"):format(case[1], case[2] or ""), function()
        local settings = assert(config.gather { provider = "rackspace", username = "u",
          api_key = "k", region = case[1], auth_url = case[2] })
        assert.equal(case[3], settings.auth_url)
        environment.variables = { RS_USERNAME = "u", RS_API_KEY = "k", RS_REGION = case[1],
          RS_AUTH_URL = case[2] }
        assert.equal(case[3], assert(config.gather()).auth_url)
      end)
    end
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
    environment.variables = { OS_AUTH_URL = "http://k", OS_USERNAME = "u", OS_PASSWORD = "p",
      OS_IDENTITY_API_VERSION = "2.0" }
    assert.equal("v2password", assert(config.gather()).auth_type)
  end)

  describe("of the system as the scope", function()
    local USER = { auth_url = "http://k/v3", username = "u", password = "p" }
    local WHO = { auth_url = "http://k/v3" }

    local function with(base, more)
      local options = {}
      for _, map in ipairs { base, more } do
        for name, value in pairs(map) do
          options[name] = value
        end
      end
      return options
    end

    it("leave a project of the environment aside, and are left aside for one", function()
      environment.variables = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u", OS_PASSWORD = "p",
        OS_PROJECT_NAME = "x" }
      local settings = assert(config.gather { system_scope = "all" })
      assert.equal("all", settings.system_scope)
      assert.is_nil(settings.project_name)
      environment.variables.OS_SYSTEM_SCOPE, environment.variables.OS_PROJECT_NAME = "all", nil
      assert.equal("all", assert(config.gather()).system_scope)
      assert.is_nil(assert(config.gather { project_name = "y" }).system_scope)
    end)

    it("are refused beside another, from the environment too", function()
      for name, value in pairs { project_name = "x", project_id = "i", domain_name = "D",
        domain_id = "d" } do
        fails(with(USER, { system_scope = "all", [name] = value }), "system_scope and " .. name,
          "contradict")
      end
      environment.variables = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u", OS_PASSWORD = "p",
        OS_PROJECT_NAME = "x", OS_SYSTEM_SCOPE = "all" }
      fails(nil, "OS_SYSTEM_SCOPE and OS_PROJECT_NAME contradict")
    end)

    it("can only be all", function()
      for _, value in ipairs { "ALL", "true", "some" } do
        fails(with(USER, { system_scope = value }), "system_scope can only be 'all'")
      end
    end)

    for auth_type, options in pairs {
      v3applicationcredential = { application_credential_id = "i",
        application_credential_secret = "s" },
      v2password = { auth_type = "v2password", username = "u", password = "p" },
      v2token = { auth_type = "v2token", token = "t" },
      rackspace_apikey = { username = "u", api_key = "k" },
      none = { auth_type = "none", endpoint = "http://e/v3" },
    } do
      it("are not for " .. auth_type, function()
        fails(with(with(WHO, options), { system_scope = "all" }), "system_scope is not for",
          auth_type)
      end)
    end
  end)

  it("mean no authentication with an endpoint alone, not with an auth_url", function()
    local AT = { endpoint = "http://e/v3" }
    assert.equal("none", config.gather(AT).auth_type)
    AT.auth_url = "http://k/v3"
    assert.equal("password", config.gather(AT).auth_type)
    AT.auth_type = "none"
    assert.equal("none", config.gather(AT).auth_type)
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
    settings = assert(config.gather { endpoint = "http://e/v3", api_version = "v3.59" })
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
    fails({ endpoint = "http://e/v3", api_version = 2.5 }, "api_version '2.5'")
    fails({ endpoint = "http://e/v3", api_version = math.huge }, "api_version 'inf'")
    for _, text in ipairs { "2.5", "3", "3.", "3.x", "3.07", "3.00", "3.070", " 3.5", "Latest" } do
      fails({ endpoint = "http://e/v3", microversion = text }, "microversion '" .. text .. "'")
    end
    fails({ endpoint = "http://e/v3", api_version = "3.07" }, "api_version '3.07'")
    fails({ provider = "acme", username = "u" }, "acme", "rackspace")
    fails({ cloud = "mine" }, "clouds.yaml", "mine")
    environment.variables = { OS_AUTH_URL = "nonsense", OS_USERNAME = "u" }
    fails(nil, "OS_AUTH_URL")
    environment.variables = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u", OS_PASSWORD = "p",
      OS_VOLUME_API_VERSION = "3.07" }
    fails(nil, "OS_VOLUME_API_VERSION '3.07'")
    environment.variables = { OS_CLOUD = "prod" }
    fails(nil, "OS_CLOUD", "prod")
  end)

  it("that are wrong raise", function()
    for message, options in pairs {
      ["no option 'pasword'"] = { pasword = "x" },
      ["username must be a string"] = { username = 5 },
      ["timeout must be a number of seconds over 0"] = { timeout = 0 },
      ["connect_timeout must be a number"] = { connect_timeout = "5" },
      ["retries must be a whole number of at least 0"] = { retries = -1 },
      ["api_version must be a number or a string"] = { api_version = {} },
      ["verify must be a boolean"] = { verify = "no" },
      ["wait must be a function"] = { wait = {} },
      ["max_response_bytes must be a whole number"] = { max_response_bytes = 1.5 },
      ["max_response_bytes must be at most 4294967295"] = { max_response_bytes = 2 ^ 40 },
    } do
      assert.error_matches(function() config.gather(options) end, message)
    end
  end)
end)
