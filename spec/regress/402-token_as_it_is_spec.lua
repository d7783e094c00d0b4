-- A token was always exchanged for another, which Keystone may forbid (allow_rescope_scoped_token,
-- tokens of application credentials), and auth_type none dropped it. It is used as it is: what it
-- is for is asked of Keystone, and only another scope makes an exchange.
local Identity = require "rsnapshots.identity"
local cjson = require "cjson"
local environment = require "spec.support.environment"
local settings_of = require "rsnapshots.connect.settings"
local small_cloud = require "spec.support.small_cloud"

local GIVEN = "gAAAAAB-given-by-somebody-else"
local ASK, EXCHANGE = "GET /identity/v3/auth/tokens", "POST /identity/v3/auth/tokens"
local CATALOG = "GET /identity/v3/auth/catalog"
local READ = "GET /v3/p/snapshots/" .. small_cloud.ID

describe("a token that was given", function()
  local cloud

  local function start(answers)
    cloud = small_cloud.new(answers)
  end

  after_each(function()
    cloud:close()
  end)

  -- The token that the snapshot was read with.
  local function token_used()
    return cloud:last(READ).head:match "X%-Auth%-Token: (%S+)"
  end

  local function works(options)
    options.token = GIVEN
    return cloud:works(options)
  end

  it("is asked about, with itself, and used", function()
    start()
    assert.equal("p", works({}).project_id)
    assert.equal(GIVEN, token_used())
    assert.equal(0, cloud:count(EXCHANGE))
    local head = cloud:last(ASK).head
    assert.matches("X-Auth-Token: " .. GIVEN, head, 1, true)
    assert.matches("X-Subject-Token: " .. GIVEN, head, 1, true)
  end)

  for what, options in pairs {
    ["its project's id"] = { project_id = "p" }, ["its project's name"] = { project_name = "demo" },
    ["its project in its domain"] = { project_name = "demo", project_domain_name = "Default" },
    ["its project in its domain, by id"] = { project_name = "demo", project_domain_id = "default" },
    ["its region"] = { region = "R" },
  } do
    it("is not exchanged for " .. what, function()
      start()
      works(options)
      assert.equal(0, cloud:count(EXCHANGE))
    end)
  end

  for what, options in pairs {
    ["another project"] = { project_id = "q" }, ["a project of another name"] =
      { project_name = "other" },
    ["a project in another domain"] = { project_name = "demo", project_domain_name = "Other" },
    ["a domain"] = { domain_id = "d" }, ["the system"] = { system_scope = "all" },
  } do
    it("is exchanged for " .. what, function()
      start()
      works(options)
      assert.equal(1, cloud:count(EXCHANGE))
      assert.equal(small_cloud.TOKEN, token_used())
      local auth = cjson.decode(cloud:last(EXCHANGE).body).auth
      assert.same({ methods = { "token" }, token = { id = GIVEN } }, auth.identity)
      assert.is_table(auth.scope)
    end)
  end

  for what, owner in pairs {
    ["of a domain"] = { '"domain": {"id": "d", "name": "D"}', { domain_name = "D" } },
    ["of the system"] = { '"system": {"all": true}', { system_scope = "all" } },
  } do
    it(what .. " is used for it", function()
      start()
      cloud.answers[ASK] = small_cloud.token(cloud.services, owner[1])
      works(owner[2])
      assert.equal(0, cloud:count(EXCHANGE))
    end)
  end

  it("without a scope and a catalog is exchanged, as Keystone knows the user's project", function()
    start { [ASK] = { 200, '{"token": {"user": {"id": "u"}}}' } }
    works {}
    assert.equal(small_cloud.TOKEN, token_used())
  end)

  for what, answer in pairs { ["forbids the question"] = small_cloud.refusal(403, "Forbidden"),
    ["does not know the question"] = { 404, "<html>" }, ["does not allow it"] = { 405, "" },
    ["answers with a page"] = { 200, "<html>" } } do
    it("has its catalog read where Keystone " .. what, function()
      start { [ASK] = answer }
      cloud.answers[CATALOG] = { 200, ('{"catalog": [%s]}'):format(cloud.services[1]) }
      works { retries = 0 }
      assert.same({ 1, 0 }, { cloud:count(CATALOG), cloud:count(EXCHANGE) })
      assert.equal(GIVEN, token_used())
    end)

    it("is exchanged where there is no catalog either, and Keystone " .. what, function()
      start { [ASK] = answer }
      works { retries = 0 }
      assert.equal(small_cloud.TOKEN, token_used())
    end)
  end

  it("of nobody knows which project is exchanged where one is asked for", function()
    start { [ASK] = small_cloud.refusal(403, "Forbidden"),
      [EXCHANGE] = small_cloud.refusal(403, "Forbidden") }
    cloud.answers[CATALOG] = { 200, ('{"catalog": [%s]}'):format(cloud.services[1]) }
    local none, err = cloud:connect { token = GIVEN, project_name = "demo" }
    assert.is_nil(none)
    assert.equal("forbidden", err.kind)
    assert.matches("the token was refused for project 'demo'", err.message, 1, true)
  end)

  for what, answer in pairs { ["refused"] = small_cloud.refusal(401, "Unauthorized"),
    ["unknown"] = small_cloud.refusal(404, "Not Found", "Could not recognize Fernet token") } do
    it("that is " .. what .. " is no good, whatever else is given", function()
      start { [ASK] = answer }
      for _, address in ipairs { false, cloud.url .. "/v3/p" } do
        local none, err = cloud:connect { token = GIVEN, endpoint = address or nil }
        assert.is_nil(none)
        assert.equal("auth", err.kind)
        assert.matches("the token was refused at " .. cloud.url, err.message, 1, true)
        assert.is_nil(tostring(err):find(GIVEN, 1, true))
        assert.equal(0, cloud:count(EXCHANGE))
      end
    end)
  end

  it("needs nothing else than an endpoint", function()
    start()
    for _, auth_type in ipairs { "none", "admin_token", "token_endpoint", "token", "v3token",
      "v2token" } do
      works { auth_url = false, auth_type = auth_type, endpoint = cloud.url .. "/v3/p" }
      assert.equal(GIVEN, token_used())
    end
    works { auth_url = false, endpoint = cloud.url .. "/v3/p" }
    works { auth_url = false, endpoint = cloud.url .. "/v3/%(project_id)s", project_id = "p" }
    assert.same({ 0, 0 }, { cloud:count(ASK), cloud:count(EXCHANGE) })
  end)

  for what, answer in pairs { silent = "hang", closed = "close", broken = { 500, "" },
    ["without such a question"] = { 404, "" } } do
    it("beside an endpoint does without a Keystone that is " .. what, function()
      start { [ASK] = answer }
      works { endpoint = cloud.url .. "/v3/p", timeout = 2 }
      assert.equal(GIVEN, token_used())
      assert.equal(0, cloud:count(EXCHANGE))
    end)
  end

  it("of identity v2 is exchanged, and is used as it is beside an endpoint", function()
    start { ["POST /identity/v2.0/tokens"] = { 200, '{"access": {"token": {"id": "exchanged"}}}' } }
    works { auth_type = "v2token", endpoint = cloud.url .. "/v3/p" }
    assert.equal(GIVEN, token_used())
    local none, err = cloud:connect { token = GIVEN, auth_type = "v2token" }
    assert.is_nil(none)
    assert.equal("catalog", err.kind)
    assert.equal(1, cloud:count "POST /identity/v2.0/tokens")
    for _, request in ipairs(cloud.requests) do
      assert.is_nil(request.path:find(GIVEN, 1, true))
    end
  end)

  describe("by the environment", function()
    setup(environment.replace)
    teardown(environment.restore)

    for _, variables in ipairs {
      { OS_TOKEN = GIVEN, OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE = "@" },
      { OS_TOKEN = GIVEN, OS_ENDPOINT = "@" }, { OS_TOKEN = GIVEN, OS_URL = "@" },
      { OS_AUTH_TYPE = "none", OS_ENDPOINT = "@", OS_TOKEN = GIVEN },
      { OS_AUTH_TYPE = "admin_token", OS_ENDPOINT = "@", OS_TOKEN = GIVEN },
      { OS_AUTH_TYPE = "token_endpoint", OS_URL = "@", OS_TOKEN = " " .. GIVEN .. "\n" },
      { OS_AUTH_TYPE = "none", OS_ENDPOINT = "@" },
    } do
      local names = {}
      for name, value in pairs(variables) do
        names[#names + 1] = name:find "TYPE" and name .. "=" .. value or name
      end
      table.sort(names)
      it("takes " .. table.concat(names, ", "), function()
        start()
        environment.variables = {}
        for name, value in pairs(variables) do
          environment.variables[name] = value:gsub("@", cloud.url .. "/v3/p")
        end
        local client = assert(require("rsnapshots").connect { wait = cloud.wait })
        assert(client:get(small_cloud.ID))
        client:close()
        assert.equal(variables.OS_TOKEN and GIVEN, token_used())
      end)
    end

    it("leaves OS_ENDPOINT aside for who logs in, as it may be Keystone's", function()
      start()
      environment.variables = { OS_AUTH_URL = cloud.url .. "/identity/v3", OS_USERNAME = "u",
        OS_PASSWORD = "pass-word", OS_ENDPOINT = "http://keystone/v3", OS_URL = "http://keystone/" }
      assert.is_nil(assert(settings_of.gather()).endpoint)
    end)
  end)

  it("says what is missing beside it", function()
    start()
    for auth_type, missing in pairs { admin_token = "endpoint", none = "endpoint",
      token = "auth_url" } do
      local none, err = cloud:connect { token = GIVEN, auth_type = auth_type, auth_url = false }
      assert.is_nil(none)
      assert.equal("config", err.kind)
      assert.matches(missing .. " is missing", err.message, 1, true)
    end
    local _, err = cloud:connect { auth_type = "admin_token", endpoint = cloud.url .. "/v3/p" }
    assert.matches("token is missing", err.message, 1, true)
  end)
end)

describe("what a token is renewed by", function()
  local cloud = small_cloud.new()

  teardown(function()
    cloud:close()
  end)

  local function source(options)
    options.auth_url = options.auth_url ~= false and cloud.url .. "/identity/v3" or nil
    local identity = assert(Identity.new(assert(settings_of.gather(options))))
    local session = require("rsnapshots.tasks.session").new(identity.settings)
    local access = assert(identity:authenticate(session, session:deadline()))
    session:close()
    return access.source
  end

  it("is the request that obtained it, as data", function()
    local found = source { username = "demo", password = "pass-word", project_name = "demo",
      wait = cloud.wait }
    assert.same({ cloud.url .. "/identity/v3/auth/tokens", 3, true },
      { found.url, found.version, found.renewable })
    assert.equal(cloud:last(EXCHANGE).body, found.body)
  end)

  it("is nothing for a token as it is, and the exchange for one that was exchanged", function()
    for project, address in pairs { p = false, q = cloud.url .. "/identity/v3/auth/tokens" } do
      local found = source { token = GIVEN, project_id = project, wait = cloud.wait }
        or { renewable = false }
      assert.equal(address or nil, found.url)
      assert.equal(address and "string" or "nil", type(found.body))
      assert.is_false(found.renewable)
    end
  end)
end)
