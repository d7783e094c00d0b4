-- Kind: messages that left people alone. A token of a domain has no block storage in its catalog,
-- and the message did not say that a project is missing. A login that was redirected asked whether
-- "the endpoint" is right. A service that refuses a token said only "requires authentication",
-- whether the token was given and is old, nobody had sent one, or a new one was refused, too. A
-- proxy on the service's own host was not blamed.
local environment = require "spec.support.environment"
local process = require "spec.support.process"
local small_cloud = require "spec.support.small_cloud"

local LOGIN = "POST /identity/v3/auth/tokens"
local READ = "GET /v3/p/snapshots/" .. small_cloud.ID
local DOMAIN = '"domain": {"id": "d"}'

describe("the message says what to do", function()
  local cloud

  before_each(function()
    environment.replace()
    environment.variables = {}
    cloud = small_cloud.new()
  end)

  after_each(function()
    cloud:close()
    environment.restore()
  end)

  local function has(message, part)
    assert.truthy(message:find(part, 1, true), message)
  end

  it("about a token that is for no project", function()
    local services = { small_cloud.service("identity", cloud.url .. "/identity"),
      '{"type": "volumev3", "name": "cinder", "endpoints": []}' }
    cloud.answers[LOGIN] = small_cloud.token(services, DOMAIN)
    cloud.answers["GET /identity/v3/auth/tokens"] = cloud.answers[LOGIN]
    for _, options in ipairs { { token = "t" }, { auth_type = "password", username = "u",
      password = "pppp", domain_name = "D" } } do
      local client, err = cloud:connect(options)
      assert.is_nil(client)
      assert.equal("catalog", err.kind)
      has(err.message, "the token is for no project")
      has(err.message, "set project_name (or project_id)")
    end
    cloud.answers[LOGIN] = small_cloud.token(services)
    local _, err = cloud:connect()
    assert.is_nil(err.message:find("project_name", 1, true), err.message)
  end)

  it("about a login that is redirected, now or at a renewal", function()
    local redirect = { 301, "", { "Location: https://k.example/v3/auth/tokens" } }
    local client = assert(cloud:connect { retries = 0 })
    cloud.answers[LOGIN], cloud.answers[READ] = redirect, { 401, "{}" }
    local _, renewed = client:get(small_cloud.ID)
    client:close()
    local _, first = cloud:connect { retries = 0 }
    for _, err in ipairs { renewed, first } do
      assert.equal("decode", err.kind)
      has(err.message, "redirects to https://k.example/v3/auth/tokens, which is not followed with "
        .. "a login: is the identity service's URL (auth_url) right?")
    end
  end)

  it("about a token that the service refuses", function()
    cloud.answers[READ] = { 401, "<html><h1>401 Authorization Required</h1></html>" }
    for words, options in pairs {
      ["a new token was refused, too: is the endpoint of this cloud?"] = {},
      ["the token is not renewed: it may have expired"] = { token = "given" },
      ["no token was sent"] = { auth_url = false, auth_type = "none",
        endpoint = cloud.url .. "/v3/p" },
    } do
      local client = assert(cloud:connect(options))
      local _, err = client:get(small_cloud.ID)
      assert.equal("auth", err.kind)
      assert.equal("401 Authorization Required (" .. words .. ")", err.message)
      client:close()
    end
    local client = assert(cloud:connect { reauthenticate = false })
    has(select(2, client:get(small_cloud.ID)).message, "the token is not renewed")
    client:close()
    cloud.answers[LOGIN] = small_cloud.refusal(401, "Unauthorized", "No.")
    local _, err = cloud:connect()
    assert.equal("No.", err.message:match "identity/v3: (.*)$")
  end)
end)

describe("a proxy on the service's own host", function()
  -- The message of a login at this URL, through this proxy.
  local function message_of(url, proxy)
    local script = os.tmpname()
    process.write(script, ([[
      local _, err = require("rsnapshots").connect { auth_url = %q, username = "u",
        password = "pppp", retries = 0 }
      print(err.message)]]):format(url))
    local output = process.run(("env http_proxy=%s LUA_PATH=%s LUA_CPATH=%s %s %s"):format(proxy,
      process.quote(package.path), process.quote(package.cpath), process.interpreter(), script))
    os.remove(script)
    return output
  end

  it("is blamed", function()
    for url, proxy in pairs { ["http://127.0.0.1:2/v3"] = "http://127.0.0.1:1",
      ["http://127.0.0.1/v3"] = "http://127.0.0.1:1", ["http://127.0.0.1:1/v3"] =
      "http://127.0.0.10:1", ["http://[::1]:2/v3"] = "http://[::1]:1" } do
      local message = message_of(url, proxy)
      assert.truthy(message:find("(the proxy is that of http_proxy)", 1, true), message)
    end
  end)

  it("is not where it has no part", function()
    for url, proxy in pairs { ["http://127.0.0.1:1/v3"] = "http://h:1 no_proxy=127.0.0.1",
      ["http://[::1]:1/v3"] = "http://h:1 no_proxy=::1" } do
      local message = message_of(url, proxy)
      assert.is_nil(message:find("proxy", 1, true), message)
    end
  end)
end)

