-- Somebody who set one variable of two, wrote a tab into clouds.yaml, forgot its `clouds:`, or
-- wrote https for http got a message that named none of it.
local environment = require "spec.support.environment"
local identity = require "rsnapshots.identity"
local process = require "spec.support.process"
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"
local settings_of = require "rsnapshots.connect.settings"
local small_cloud = require "spec.support.small_cloud"

describe("the message says what is missing and what to do:", function()
  local folder

  setup(function() folder = environment.replace_with_folder() end)
  teardown(environment.restore)

  local function message_of(options)
    options = options or {}
    options.on_warning = function() end
    local settings, err = settings_of.gather(options)
    if settings then
      settings, err = identity.new(settings)
    end
    assert.is_nil(settings)
    assert.equal("config", err.kind)
    return err.message
  end

  local function file(text)
    process.write(folder .. "/clouds.yaml", text)
    environment.variables = { OS_CLIENT_CONFIG_FILE = folder .. "/clouds.yaml",
      OS_CLOUD = environment.variables.OS_CLOUD }
  end

  for message, case in pairs {
    ["there are no credentials: OS_AUTH_URL says where to log in, and nothing says who: set "
      .. "OS_USERNAME and OS_PASSWORD, or OS_APPLICATION_CREDENTIAL_ID and "
      .. "OS_APPLICATION_CREDENTIAL_SECRET, or OS_TOKEN"] = { OS_AUTH_URL = "http://k/v3" },
    ["there is a user of Rackspace, and neither api_key nor password: set RS_API_KEY (or "
      .. "RS_PASSWORD)"] = { RS_USERNAME = "u" },
    ["username is missing, which auth_type 'rackspace_apikey' needs (RS_USERNAME)"] =
      { RS_API_KEY = "k" },
    ["password is missing, which auth_type 'password' needs (OS_PASSWORD)"] =
      { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u" },
    ["application_credential_secret is missing, which auth_type 'v3applicationcredential' needs "
      .. "(OS_APPLICATION_CREDENTIAL_SECRET)"] = { OS_AUTH_URL = "http://k/v3",
      OS_APPLICATION_CREDENTIAL_ID = "i" },
    ["auth_url is missing, which auth_type 'token' needs (OS_AUTH_URL)"] = { OS_TOKEN = "t" },
  } do
    local names = {}
    for name in pairs(case) do
      names[#names + 1] = name
    end
    table.sort(names)
    it(table.concat(names, " and ") .. " alone", function()
      environment.variables = case
      assert.equal(message, message_of())
    end)
  end

  it("auth_url alone, as an option", function()
    environment.variables = {}
    assert.equal("there are no credentials: auth_url says where to log in, and nothing says who: "
      .. "give username and password, or application_credential_id and "
      .. "application_credential_secret, or token", message_of { auth_url = "http://k/v3" })
    assert.matches("neither api_key nor password$", message_of { provider = "rackspace",
      username = "u" })
  end)

  it("an auth_url alone in a cloud of clouds.yaml", function()
    file "clouds: {prod: {auth: {auth_url: 'http://k/v3'}}}\n"
    assert.matches("there are no credentials in cloud 'prod' of .*clouds.yaml, line 1: its auth "
      .. "needs username and password", message_of())
  end)

  it("an option of another name, with the nearest", function()
    for wrong, right in pairs { pasword = "password", project = "project_id", regoin = "region",
      tenant_nam = "tenant_name", auth_uri = "auth_url" } do
      local ok, message = pcall(settings_of.gather, { [wrong] = "x" })
      assert.is_false(ok)
      assert.matches(("connect: there is no option '%s'"):format(wrong), message, 1, true)
      if wrong ~= "project" then
        assert.matches(("did you mean '%s'?"):format(right), message, 1, true)
      end
    end
  end)

  it("a tab in clouds.yaml", function()
    for _, text in ipairs { "clouds:\n\tprod:\n", "clouds:\n  prod:\n  \tauth: {}\n" } do
      file(text)
      local line = text:find("  prod", 1, true) and 3 or 2
      assert.matches(("line %d: .*: the line begins with a tab, put spaces there"):format(line),
        message_of())
    end
  end)

  it("no tab is blamed for what is wrong elsewhere", function()
    file "clouds:\n  prod: 'a\n\t b\n  x: [\n"
    assert.is_nil(message_of():find("tab,", 1, true))
  end)

  for name, cloud in pairs { ["and a name"] = "prod", ["and no name"] = false } do
    it("clouds.yaml without `clouds:` " .. name, function()
      environment.variables = { OS_CLOUD = cloud or nil }
      file "prod:\n  auth: {auth_url: 'http://k/v3', username: u, password: s3cret}\n"
      local message = message_of()
      assert.matches("clouds.yaml has no 'clouds:' at its top level: put that line there, and each "
        .. "cloud below it by its name, indented", message, 1, true)
      assert.is_nil(message:find("s3cret", 1, true))
    end)
  end

  it("an empty clouds.yaml is none", function()
    environment.variables = {}
    file "# nothing yet\n"
    assert.matches("^there are no credentials: give auth_url", message_of())
  end)

  -- ------------------------------------------------------------ the other side

  local function fails(options)
    environment.variables = {}
    options.retries = 0
    local none, err = rsnapshots.connect(options)
    assert.is_nil(none)
    assert.is_nil(tostring(err):find("s3cret", 1, true))
    return err
  end

  it("https to a server that speaks plain http", function()
    local server = raw_server.talkative "HTTP/1.1 400 Bad Request\r\n\r\n"
    finally(function() server:close() end)
    local address = server.url:gsub("^http", "https")
    local err = fails { auth_url = address .. "/v3", username = "u", password = "s3cret",
      wait = server.wait }
    assert.equal("tls", err.kind)
    assert.matches("it seems to speak plain http: is https right?); auth_url may have to begin "
      .. "with http://", err.message, 1, true)
    err = fails { endpoint = address .. "/v3/p", wait = server.wait }
    assert.matches("the endpoint may have to begin with http://", err.message, 1, true)
  end)

  it("http to a server that speaks TLS", function()
    for _, answer in ipairs {
      { 400, "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>" },
      { 400, "Client sent an HTTP request to an HTTPS server.\n" }, "close" } do
      local cloud = small_cloud.new { ["POST /identity/v3/auth/tokens"] = answer }
      local _, err = cloud:connect { retries = 0 }
      cloud:close()
      assert.matches("speak TLS: auth_url may have to begin with https://$", err.message)
    end
  end)

  it("a proxy given as option that is dead", function()
    local gone = raw_server.new()
    gone:close()
    local host = gone.url:match "//(.*)"
    for _, scheme in ipairs { "http", "https" } do
      local err = fails { auth_url = scheme .. "://127.0.0.1:1/v3", username = "u",
        password = "s3cret", proxy = "http://me:s3cret@" .. host .. "/" }
      assert.equal("network", err.kind)
      assert.matches(("(by the proxy %s, which the option proxy names: is it running? proxy = \"\" "
        .. "goes without)"):format(host), err.message, 1, true)
    end
    local err = fails { auth_url = "http://127.0.0.1:1/v3", username = "u", password = "s3cret",
      proxy = "" }
    assert.is_nil(err.message:find("proxy", 1, true))
  end)
end)
