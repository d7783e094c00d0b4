-- What the simulated identity services do beyond what was recorded from a real Keystone:
-- Rackspace's v2.0, and how tokens age.

local frozen = require "spec.support.frozen"
local rawhttp = require "spec.support.rawhttp"

local sim, http

local function start(options)
  sim, http = frozen.start(options)
end

local decoded, message_of = rawhttp.decode, rawhttp.message

before_each(function()
  start()
end)

after_each(function()
  sim:close()
end)

describe("the simulated Keystone", function()
  it("lists its versions", function()
    local reply = http:request("GET", "/identity")
    assert.are.equal(300, reply.status)
    local versions = decoded(reply).versions.values
    assert.are.equal("v3.14", versions[1].id)
    assert.are.equal("v2.0", versions[2].id)
    assert.are.equal(sim.url .. "/identity/v2.0/", versions[2].links[1].href)
    assert.are.equal("v2.0", decoded(http:request("GET", "/identity/v2.0/")).version.id)
  end)

  it("answers under /v3/auth as well", function()
    local reply = http:post("/v3/auth/tokens", "{}")
    assert.are.equal("BAD REQUEST", reply.reason)
  end)

  it("issues tokens that expire", function()
    sim:close()
    start { token_seconds = 10 }
    local options = sim:credentials { auth = "v3token" }
    assert.are.equal(200, http:ask("GET", "snapshots", { token = options.token }).status)
    sim:advance(9.9)
    assert.are.equal(200, http:ask("GET", "snapshots", { token = options.token }).status)
    sim:advance(0.2)
    assert.are.equal(401, http:ask("GET", "snapshots", { token = options.token }).status)
  end)

  it("revokes every token at once", function()
    local options = sim:credentials { auth = "v3token" }
    sim:revoke_tokens()
    assert.are.equal(401, http:ask("GET", "snapshots", { token = options.token }).status)
    assert.are.equal(200, http:ask("GET", "snapshots").status)
  end)

  it("knows the users, each with a project", function()
    for _, name in ipairs { "demo", "other", "small", "reader", "admin" } do
      local options = sim:credentials { user = name }
      local body = ([[{"auth": {"identity": {"methods": ["password"], "password": {"user":
        {"name": "%s", "domain": {"name": "Default"}, "password": "%s"}}}, "scope": {"project":
        {"name": "%s", "domain": {"name": "Default"}}}}}]]):format(options.username,
        options.password, options.project_name)
      local reply = http:post("/identity/v3/auth/tokens", body)
      assert.are.equal(201, reply.status, name)
      assert.are.equal(name, decoded(reply).token.user.name)
      local id = reply.headers["x-subject-token"]
      assert.are.equal(200, http:ask("GET", "snapshots", { token = id, user = name }).status)
    end
  end)

  it("refuses other domains, other projects, and wrong forms", function()
    local cases = {
      ['{"methods": ["password"], "password": {"user": {"name": "demo", "password": "demopw", '
        .. '"domain": {"id": "elsewhere"}}}}'] = 401,
      ['{"methods": ["password"], "password": {}}'] = 400,
      ['{"methods": ["password"], "password": {"user": {"password": "x"}}}'] = 400,
      ['{"methods": []}'] = 400,
      ['{"methods": "password"}'] = 400,
      ['{"methods": ["token"], "token": {"id": "junk"}}'] = 404,
      ['{"methods": ["token"], "token": {}}'] = 400,
      ['{"methods": ["application_credential"], "application_credential": {"id": "x"}}'] = 404,
      ['{"methods": ["application_credential"], "application_credential": {"name": "x"}}'] = 400,
      ['{"methods": ["password", "token"], "password": {"user": {"name": "demo", "password": '
        .. '"demopw", "domain": {"id": "default"}}}}'] = 400,
    }
    for identity, status in pairs(cases) do
      local reply = http:post("/identity/v3/auth/tokens",
        '{"auth": {"identity": ' .. identity .. "}}")
      assert.are.equal(status, reply.status, identity)
    end
    local user = '"identity": {"methods": ["password"], "password": {"user": {"name": "demo", '
      .. '"password": "demopw", "domain": {"id": "default"}}}}'
    for scope, status in pairs {
      ['{"project": {"name": "other", "domain": {"id": "default"}}}'] = 401,
      ['{"project": {"name": "demo"}}'] = 400, ['{"domain": {"id": "default"}}'] = 401,
      ["{}"] = 400, ['{"project": {"id": "x"}}'] = 401, ['{"unscoped": {}}'] = 201,
    } do
      local reply = http:post("/identity/v3/auth/tokens", ('{"auth": {%s, "scope": %s}}')
        :format(user, scope))
      assert.are.equal(status, reply.status, scope)
    end
    assert.is_truthy(http:post("/identity/v3/auth/tokens", '{"auth": {"identity": {"methods": '
      .. '["application_credential"], "application_credential": {"name": "x"}}}}').body
      :find("Expecting to find user in application credential.", 1, true))
    assert.are.equal(400, http:post("/identity/v3/auth/tokens", "").status)
    assert.are.equal(405, http:request("PUT", "/identity/v3/auth/tokens", nil, "{}").status)
    assert.are.equal(401, http:request("GET", "/identity/v3/auth/catalog").status)
  end)

  it("hands a token on, with where it came from", function()
    local id = sim:credentials { auth = "v3token" }.token
    for _ = 1, 2 do
      local reply = http:post("/identity/v3/auth/tokens", ('{"auth": {"identity": {"methods": '
        .. '["token"], "token": {"id": "%s"}}}}'):format(id))
      assert.are.same({ "token", "password" }, decoded(reply).token.methods)
      id = reply.headers["x-subject-token"]
    end
    local reply = http:request("GET", "/identity/v3/auth/tokens", { ["X-Auth-Token"] = id })
    assert.are.equal(403, reply.status)
    assert.is_truthy(message_of(reply):find("You are not authorized", 1, true))
  end)

  it("offers only the versions it was told to", function()
    sim:close()
    start { api = { 1, 3 }, identity = { 3 } }
    local catalog = sim.catalog:v3("p")
    local kinds = {}
    for i, service in ipairs(catalog) do
      kinds[i] = service:get("type")
    end
    assert.are.equal("identity volumev3 block-storage volume image", table.concat(kinds, " "))
    assert.are.equal(404, http:post("/identity/v2.0/tokens", "{}").status)
    assert.are.equal(404, http:ask("GET", "snapshots", { api = 2 }).status)
    local versions = decoded(http:request("GET", "/")).versions
    assert.are.same({ "v1.0", "v3.0" }, { versions[1].id, versions[2].id })
    assert.are.equal("", versions[1].version)
    assert.are.equal("3.70", versions[2].version)
  end)

  it("gives options for connecting", function()
    local project = sim.accounts:project("demo").id
    assert.are.same({ auth_type = "v3password", auth_url = sim.url .. "/identity/v3",
      username = "demo", password = "demopw", project_name = "demo",
      user_domain_name = "Default", project_domain_name = "Default", region = "RegionOne",
      api_version = 3, wait = sim.wait, proxy = "" }, sim:credentials())
    assert.are.same({ auth_type = "rackspace_apikey", auth_url = sim.url .. "/identity/v2.0",
      username = "demo", api_key = "demokey", region = "DFW", api_version = 1, wait = sim.wait,
      proxy = "" }, sim:credentials { api_version = 1 })
    assert.are.same({ auth_type = "none", endpoint = sim.url .. "/noauth/v2/" .. project,
      api_version = 2, wait = sim.wait, proxy = "" },
      sim:credentials { api_version = 2, auth = "none" })
    local credential = sim:credentials { auth = "v3applicationcredential" }
    assert.are.equal("v3applicationcredential", credential.auth_type)
    assert.are.equal(64, #credential.application_credential_secret)
    assert.are.equal(sim.url .. "/identity", sim:credentials { auth = "password" }.auth_url)
    assert.are.equal("otherpw", sim:credentials { auth = "v2password", user = "other" }.password)
    local by_token = sim:credentials { auth = "v2token" }
    assert.are.equal(32, #by_token.token)
    assert.are.equal("token", by_token.auth_type)
    by_token = sim:credentials { auth = "v3token" }
    assert.are.equal(200, http:ask("GET", "snapshots", { token = by_token.token }).status)
    assert.are.equal("v3token", by_token.auth_type)
    assert.has_error(function() sim:credentials { auth = "magic" } end,
      "rsnapshots: credentials: there is no auth 'magic'")
    assert.has_error(function() sim:credentials { auth = "v3pasword" } end,
      "rsnapshots: credentials: there is no auth 'v3pasword'; did you mean 'v3password'?")
    assert.has_error(function() sim:credentials { api_version = 4 } end,
      "rsnapshots: credentials: there is no api_version '4'")
    assert.has_error(function() sim:credentials { usr = "demo" } end,
      "rsnapshots: credentials: there is no option 'usr'; did you mean 'user'?")
    assert.has_error(function() sim:credentials { user = "nobody" } end,
      "rsnapshots: credentials: there is no user 'nobody'")
  end)
end)

describe("the simulated Rackspace identity", function()
  local function authenticate(inside)
    return http:post("/v2.0/tokens", '{"auth": {' .. inside .. "}}")
  end

  local BY_KEY = '"RAX-KSKEY:apiKeyCredentials": {"username": "demo", "apiKey": "demokey"}'
  local BY_PASSWORD = '"passwordCredentials": {"username": "demo", "password": "demopw"}'

  it("issues a token for a key, and a catalog of two regions", function()
    local reply = authenticate(BY_KEY)
    assert.are.equal(200, reply.status)
    assert.are.equal("Accept, Accept-Encoding, X-Auth-Token", reply.headers.vary)
    local access = decoded(reply).access
    assert.are.same({ "APIKEY" }, access.token["RAX-AUTH:authenticatedBy"])
    assert.are.equal("2014-05-14T16:53:20.000000Z", access.token.expires)
    local project = access.token.tenant.id
    local service = access.serviceCatalog[1]
    assert.are.equal("cloudBlockStorage volume", service.name .. " " .. service.type)
    assert.are.same({
      { publicURL = sim.url .. "/dfw/v1/" .. project, region = "DFW", tenantId = project },
      { publicURL = sim.url .. "/ord/v1/" .. project, region = "ORD", tenantId = project },
    }, service.endpoints)
    local kinds = {}
    for i, one in ipairs(access.serviceCatalog) do
      kinds[i] = one.type
    end
    assert.are.same({ "volume", "volumev2", "volumev3", "rax:dns" }, kinds)
    assert.is_nil(access.serviceCatalog[4].endpoints[1].region)
    assert.is_truthy(access.serviceCatalog[4].endpoints[1].publicURL)
    assert.are.same({ "demo", "DFW" }, { access.user.name, access.user["RAX-AUTH:defaultRegion"] })
    local token = access.token.id
    assert.are.equal(200, http:ask("GET", "snapshots", { api = 1, token = token, prefix = "/ord" })
      .status)
  end)

  it("takes passwords and tokens, with a tenant or without", function()
    local reply = authenticate(BY_PASSWORD .. ', "tenantName": "demo"')
    assert.are.equal(200, reply.status)
    local access = decoded(reply).access
    assert.are.same({ "PASSWORD" }, access.token["RAX-AUTH:authenticatedBy"])
    reply = authenticate(('"token": {"id": "%s"}, "tenantId": "%s"')
      :format(access.token.id, access.token.tenant.id))
    assert.are.equal(access.token.id, decoded(reply).access.token.id)
  end)

  it("refuses tokens it does not know", function()
    assert.are.equal('{"unauthorized": {"code": 401, "message": "Token not found."}}',
      authenticate('"token": {"id": "junk"}').body)
  end)

  it("refuses with its own errors", function()
    local both = BY_KEY .. ', "tenantId": "1", "tenantName": "demo"'
    for inside, status in pairs {
      [both] = 400, [""] = 400, ['"passwordCredentials": {}'] = 400,
      [BY_KEY:gsub("demokey", "wrong")] = 401, [BY_KEY .. ', "tenantName": "other"'] = 401,
      ['"token": {"id": "junk"}'] = 401,
    } do
      assert.are.equal(status, authenticate(inside).status, inside)
    end
    local reply = authenticate(BY_PASSWORD:gsub("demopw", "x"))
    assert.are.equal('{"unauthorized": {"code": 401, "message": "Unable to authenticate user '
      .. 'with credentials provided."}}', reply.body)
    assert.are.equal(400, http:post("/v2.0/tokens", "[]").status)
    assert.are.equal(405, http:request("GET", "/v2.0/tokens").status)
    assert.are.equal(404, http:request("GET", "/v2.0/users").status)
  end)

  it("asks for a second factor", function()
    local reply = authenticate('"RAX-KSKEY:apiKeyCredentials": {"username": "mfa", '
      .. '"apiKey": "mfakey"}')
    assert.are.equal(401, reply.status)
    assert.is_truthy(reply.headers["www-authenticate"]:find("^OS%-MF sessionId="))
  end)
end)
