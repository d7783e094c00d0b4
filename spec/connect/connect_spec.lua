local cjson = require "cjson"
local connect = require "spec.support.connect"
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"

-- The requests for tokens, decoded.
local function token_requests(sim)
  local bodies = {}
  for _, request in ipairs(sim.requests) do
    if request.method == "POST" and request.path:find "/tokens$" then
      bodies[#bodies + 1] = cjson.decode(request.body).auth
    end
  end
  return bodies
end

describe("connecting", function()
  local sim, client

  before_each(function()
    sim = assert(simulator.new())
  end)

  after_each(function()
    if client then
      client:close()
    end
    client = nil
    sim:close()
  end)

  local function works(options)
    client = connect.to(sim, options)
    assert.equal(0, client:count())
    return client
  end

  describe("proves who one is", function()
    it("with a v3 password", function()
      works { auth = "v3password" }
      local auth = token_requests(sim)[1]
      assert.same({ "password" }, auth.identity.methods)
      assert.equal("demo", auth.identity.password.user.name)
      assert.is_table(auth.identity.password.user.domain)
      assert.equal("demo", auth.scope.project.name)
    end)

    it("with a v3 password, a user's id and a project's id, which need no domains", function()
      local demo = sim.accounts:user("demo")
      works { auth = "v3password", user_id = demo.id, project_id = demo.project.id }
      local auth = token_requests(sim)[1]
      assert.same({ id = demo.id, password = "demopw" }, auth.identity.password.user)
      assert.same({ project = { id = demo.project.id } }, auth.scope)
    end)

    describe("with a v3 password and the domains that are given:", function()
      local function body_of(given)
        local options = { auth_url = sim.url .. "/identity/v3", username = "u", password = "p",
          project_name = "x", wait = sim.wait, retries = 0 }
        for name, value in pairs(given) do
          options[name] = value
        end
        rsnapshots.connect(options)
        local bodies = token_requests(sim)
        local auth = bodies[#bodies]
        return { auth.identity.password.user.domain, auth.scope.project.domain }
      end

      local DEFAULT, D, E = { id = "default" }, { id = "d" }, { name = "E" }
      for what, case in pairs {
        ["none"] = { {}, DEFAULT, DEFAULT },
        ["default_domain"] = { { default_domain = "d" }, D, D },
        ["ids"] = { { user_domain_id = "d", project_domain_id = "d" }, D, D },
        ["names"] = { { user_domain_name = "E", project_domain_name = "E" }, E, E },
        ["an id wins over a name"] = { { user_domain_id = "d", user_domain_name = "E" }, D,
          DEFAULT },
        ["the user's only"] = { { user_domain_name = "E" }, E, DEFAULT },
        ["the project's and the default"] = { { project_domain_name = "E", default_domain = "d" },
          D, E },
        ["domain_name for both"] = { { domain_name = "E" }, E, E },
        ["domain_id for the one that has none"] = { { domain_id = "d", user_domain_id = "x" },
          { id = "x" }, D },
      } do
        it(what, function()
          assert.same({ case[2], case[3] }, body_of(case[1]))
        end)
      end
    end)

    it("with a v3 password and a domain for a scope, or none at all", function()
      local options = sim:credentials { api_version = 3, auth = "v3password" }
      options.project_name, options.project_id, options.wait = nil, nil, sim.wait
      client = assert(rsnapshots.connect(options)) -- the user's default project
      assert.equal(0, client:count())
      assert.is_nil(token_requests(sim)[1].scope)
      for _, given in ipairs { { domain_id = "default" }, { domain_name = "Default" } } do
        options.domain_id, options.domain_name = given.domain_id, given.domain_name
        local none, err = rsnapshots.connect(options)
        assert.is_nil(none) -- nobody has a role there
        assert.equal("auth", err.kind)
        local bodies = token_requests(sim)
        assert.same({ domain = { id = given.domain_id, name = given.domain_name } },
          bodies[#bodies].scope)
      end
    end)

    describe("for the system", function()
      local function options(user, more)
        local given = sim:credentials { api_version = 3, user = user }
        given.project_name, given.project_domain_name = nil, nil
        given.system_scope, given.wait = "all", sim.wait
        for name, value in pairs(more or {}) do
          given[name] = value
        end
        return given
      end

      it("with a password, and a URL that names no project", function()
        sim:add_snapshots(2, { volume_id = sim.volume_id })
        client = assert(rsnapshots.connect(options("admin", { endpoint = sim.url .. "/v3" })))
        assert.same({ system = { all = true } }, token_requests(sim)[1].scope)
        assert.is_nil(client.project_id)
        assert.equal(0, client:count())
        assert.equal(2, client:count { all_projects = true })
        local snapshot = assert(client:list({ all_projects = true }):next())
        assert.is_true(snapshot:reset_status("error"))
        assert.is_nil(assert(client:create { volume_id = sim.volume_id }):refresh().project_id)
        assert.equal(1, client:count())
      end)

      it("with a token", function()
        local given = options("admin", { endpoint = sim.url .. "/v3",
          token = sim:credentials({ auth = "v3token", user = "admin" }).token,
          auth_type = "v3token" })
        given.username, given.password, given.user_domain_name = nil, nil, nil
        client = assert(rsnapshots.connect(given))
        assert.equal(0, client:count())
      end)

      it("by a catalog whose URLs name no project", function()
        sim:close()
        sim = assert(simulator.new { catalog_projects = false })
        client = assert(rsnapshots.connect(options "admin"))
        assert.equal(sim.url .. "/v3", client.endpoint)
        assert.equal(0, client:count())
      end)

      it("not by a catalog whose URLs do, and the error says what to do", function()
        local none, err = rsnapshots.connect(options "admin")
        assert.is_nil(none)
        assert.equal("catalog", err.kind)
        assert.matches("endpoint", err.message, 1, true)
        assert.matches("of the types identity, image", err.message, 1, true)
      end)

      it("not at a URL of a project, nor of a service older than those without", function()
        client = assert(rsnapshots.connect(options("admin", {
          endpoint = sim.url .. "/v3/" .. sim.accounts:user("demo").project.id })))
        local _, err = client:count()
        assert.equal("invalid", err.kind)
        client:close()
        sim:close()
        sim = assert(simulator.new { max_microversion = "3.62" })
        local none
        none, err = rsnapshots.connect(options("admin", { endpoint = sim.url .. "/v3" }))
        assert.is_nil(none)
        assert.equal("config", err.kind)
        assert.matches("up to 3.62", err.message, 1, true)
      end)

      it("only for who has a role there", function()
        local none, err = rsnapshots.connect(options "demo")
        assert.is_nil(none)
        assert.equal("auth", err.kind)
      end)

      it("not where only identity v2 is", function()
        sim:close()
        sim = assert(simulator.new { identity = { 2 } })
        local none, err = rsnapshots.connect(options("admin", { auth_type = "password",
          auth_url = sim.url .. "/identity" }))
        assert.is_nil(none)
        assert.equal("config", err.kind)
        assert.matches("identity v3", err.message, 1, true)
      end)
    end)

    it("with a v3 application credential, which is sent without a scope", function()
      works { auth = "v3applicationcredential" }
      local auth = token_requests(sim)[1]
      assert.same({ "application_credential" }, auth.identity.methods)
      assert.is_nil(auth.scope)
    end)

    it("with an application credential's name, and whose it is", function()
      local known = sim.accounts.application_credential
      local wanted = { auth = "v3applicationcredential", application_credential_name = known.name,
        username = "demo", user_domain_name = "Default" }
      local options = sim:credentials { api_version = 3, auth = "v3applicationcredential" }
      options.application_credential_id = nil
      for name, value in pairs(wanted) do
        options[name] = value
      end
      options.auth, options.wait = nil, sim.wait
      client = assert(rsnapshots.connect(options))
      assert.equal(0, client:count())
      assert.same({ name = known.name, secret = known.secret,
        user = { name = "demo", domain = { name = "Default" } } },
        token_requests(sim)[1].identity.application_credential)
      options.username = nil
      local none, err = rsnapshots.connect(options)
      assert.is_nil(none)
      assert.equal("config", err.kind)
      assert.matches("username (or user_id) is missing", err.message, 1, true)
    end)

    it("with a v3 token, which is used as it is", function()
      sim:clear_requests()
      works { auth = "v3token" }
      local first = sim.requests[#token_requests(sim) + 1]
      assert.same({ "GET", "/identity/v3/auth/tokens" }, { first.method, first.path })
      assert.equal(first.headers["x-auth-token"], first.headers["x-subject-token"])
      assert.equal(first.headers["x-auth-token"],
        sim.requests[#sim.requests].headers["x-auth-token"])
    end)

    it("with a v2 password", function()
      works { auth = "v2password", api_version = 2 }
      assert.same({ username = "demo", password = "demopw" },
        token_requests(sim)[1].passwordCredentials)
    end)

    it("with a v2 password and a tenant: its id or its name, never both", function()
      local id = sim.accounts:user("demo").project.id
      for _, case in ipairs { { nil, "demo" }, { id, nil }, { id, "demo" } } do
        sim:clear_requests()
        works { auth = "v2password", api_version = 2, project_id = case[1], project_name = case[2] }
        local auth = token_requests(sim)[1]
        assert.equal(case[1], auth.tenantId)
        assert.equal(not case[1] and case[2] or nil, auth.tenantName)
        client:close()
      end
    end)

    it("with a v2 token", function()
      works { auth = "v2token", api_version = 2 }
    end)

    it("with a Rackspace API key", function()
      works { auth = "rackspace_apikey", api_version = 1 }
      local auth = token_requests(sim)[1]
      assert.is_string(auth["RAX-KSKEY:apiKeyCredentials"].apiKey)
      assert.is_nil(auth.tenantName)
    end)

    it("with a Rackspace password", function()
      local options = sim:credentials { api_version = 1, auth = "v2password" }
      client = assert(rsnapshots.connect {
        provider = "rackspace", auth_url = options.auth_url, username = options.username,
        password = options.password, region = "DFW", wait = sim.wait,
      })
      assert.equal(1, client.api_version)
      assert.equal("DFW", client.region)
    end)

    it("with nothing, given an endpoint", function()
      works { auth = "none" }
      assert.equal(0, #token_requests(sim))
      for _, request in ipairs(sim.requests) do
        assert.is_nil(request.headers["x-auth-token"])
      end
    end)
  end)

  describe("finds the identity version", function()
    local function generic(api_version, versions)
      sim:close()
      sim = assert(simulator.new { identity = versions })
      local options = sim:credentials { api_version = api_version,
        auth = versions[1] == 3 and "v3password" or "v2password" }
      options.auth_type, options.wait = nil, sim.wait
      options.auth_url = sim.url .. "/identity"
      client = assert(rsnapshots.connect(options))
      return token_requests(sim)[1]
    end

    it("v3 where it is offered", function()
      assert.is_table(generic(3, { 3 }).identity)
      assert.equal("/identity/", sim.requests[1].path)
    end)

    it("v2 where only that is", function()
      assert.is_table(generic(2, { 2 }).passwordCredentials)
    end)

    it("without asking, where auth_url names it", function()
      works {}
      assert.matches("/tokens$", sim.requests[1].path)
    end)
  end)

  it("picks the newest version of the API that there is", function()
    local options = sim:credentials { api_version = 3 }
    options.api_version, options.wait = nil, sim.wait
    client = assert(rsnapshots.connect(options))
    assert.equal(3, client.api_version)
  end)

  it("settles on a microversion once", function()
    works {}
    for _ = 1, 3 do
      client:count()
    end
    local asked = 0
    for _, request in ipairs(sim.requests) do
      if request.path == "/" then
        asked = asked + 1
      end
    end
    assert.equal(1, asked)
    assert.equal("volume 3.70", sim.requests[#sim.requests].headers["openstack-api-version"])
  end)

  it("takes an older service's newest microversion", function()
    sim:close()
    sim = assert(simulator.new { max_microversion = "3.27" })
    works {}
    assert.equal("3.27", client.microversion)
  end)

  it("pins a microversion", function()
    works { microversion = "3.14" }
    assert.equal("3.14", client.microversion)
    assert.equal("volume 3.14", sim.requests[#sim.requests].headers["openstack-api-version"])
    client:close()
    works { microversion = "latest" }
    assert.equal("3.70", client.microversion)
    assert.equal("volume latest", sim.requests[#sim.requests].headers["openstack-api-version"])
  end)

  it("refuses a microversion where the API has none", function()
    for version, auth in pairs { "rackspace_apikey", "v2password" } do
      local none, err = connect.try(sim, { api_version = version, auth = auth,
        microversion = "3.14" })
      assert.is_nil(none)
      assert.equal("unsupported", err.kind)
      assert.equal(("version %d of the API has no microversions"):format(version), err.message)
    end
  end)

  it("refuses a microversion that is not offered", function()
    local none, err = connect.try(sim, { microversion = "3.99" })
    assert.is_nil(none)
    assert.equal("unsupported", err.kind)
    assert.matches("3%.0 to 3%.70", err.message)
  end)

  -- what two catalogs say of the same service, beside an endpoint that has no URL
  local EMPTY = {
    v3password = { "/auth/tokens", '{"token": {"project": {"id": "p"}, "catalog": [{"type": '
      .. '"volumev3", "endpoints": [{"interface": "public", "region": "R", "url": ""}, '
      .. '{"interface": "public", "region": "", "region_id": "", "url": "%s/v2/p"}]}]}}' },
    v2password = { "/tokens", '{"access": {"token": {"id": "t", "tenant": {"id": "p"}}, '
      .. '"serviceCatalog": [{"type": "volumev2", "endpoints": [{"region": "R", '
      .. '"publicURL": ""}, {"region": "", "publicURL": "%s/v2/p"}]}]}}' },
  }
  for auth_type, answer in pairs(EMPTY) do
    it("takes empty texts in a catalog for none: " .. auth_type, function()
      for _, region in ipairs { "R", "" } do
        sim:fault { method = "POST", path = answer[1], status = 200,
          body = answer[2]:format(sim.url), headers = { ["X-Subject-Token"] = "t" } }
        local found = assert(connect.try(sim, { auth = auth_type,
          api_version = 2, region = region }))
        assert.equal(sim.url .. "/v2/p", found.endpoint)
        assert.equal(region ~= "" and region or nil, found.region)
        found:close()
      end
    end)
  end

  describe("fails with", function()
    it("config and the ways that there are, for an auth_type of another name", function()
      local none, err = connect.try(sim, { auth_type = "kerberos" })
      assert.is_nil(none)
      assert.equal("config", err.kind)
      assert.equal("there is no auth_type 'kerberos'. There are: admin_token, none, "
        .. "password, rackspace_apikey, token, token_endpoint, v2password, v2token, "
        .. "v3applicationcredential, v3password, v3token", err.message)
    end)

    it("auth, for wrong credentials, having asked once", function()
      local none, err = connect.try(sim, { password = "wrong-password" })
      assert.is_nil(none)
      assert.equal("auth", err.kind)
      assert.equal(401, err.status)
      assert.equal(1, #token_requests(sim))
      assert.is_nil(tostring(err):find("wrong-password", 1, true))
    end)

    it("auth, for a token that is no good", function()
      local _, err = connect.try(sim, { auth = "v3token", token = "junk-token-value" })
      assert.equal("auth", err.kind)
      assert.is_nil(tostring(err):find("junk-token-value", 1, true))
    end)

    it("auth and the factor, where Rackspace asks for a second one", function()
      local _, err = connect.try(sim, { auth = "v2password", api_version = 1, username = "mfa",
        password = "mfapw" })
      assert.equal("auth", err.kind)
      assert.matches("(MFA: PASSCODE)", err.message, 1, true)
      assert.matches("API key", err.message, 1, true)
    end)

    it("auth and the methods, where Keystone wants several at once", function()
      local _, err = connect.try(sim, { username = "mfa", password = "mfapw" })
      assert.equal("auth", err.kind)
      assert.equal(401, err.status)
      assert.matches("(MFA: password and totp)", err.message, 1, true)
      assert.equal(1, #token_requests(sim))
      _, err = connect.try(sim, { username = "mfa", password = "wrong" })
      assert.is_nil(err.message:find("MFA", 1, true)) -- only who knows the password learns of it
    end)

    for rules, said in pairs {
      ['[["password","totp"],["password","mapped"]]'] =
        "(MFA: password and totp, or password and mapped)",
      ["[]"] = "(MFA)", ["null"] = "(MFA)", ["7"] = "(MFA)", ['[7,[],{}]'] = "(MFA)",
      ['[["password",{"a":1},"x\\u001b[2J"]]'] = "(MFA: password and ? and ?)",
    } do
      it("auth for the rules " .. rules, function()
        sim:fault { method = "POST", path = "/auth/tokens", status = 401,
          body = ('{"receipt": {}, "required_auth_methods": %s}'):format(rules),
          headers = { ["Openstack-Auth-Receipt"] = "gAAAA" } }
        local _, err = connect.try(sim)
        assert.equal("auth", err.kind)
        assert.matches(said, err.message, 1, true)
      end)
    end

    it("catalog, listing what there is", function()
      local _, err = connect.try(sim, { region = "Nowhere" })
      assert.equal("catalog", err.kind)
      assert.matches("in the region 'Nowhere'. The regions are: RegionOne$", err.message)
      _, err = connect.try(sim, { auth = "rackspace_apikey", api_version = 1, region = "" })
      assert.equal("catalog", err.kind)
      assert.matches("several", err.message)
      assert.matches("DFW", err.message)
      assert.matches("ORD", err.message)
    end)

    it("catalog, for a token without a scope", function()
      sim:fault { method = "POST", path = "/auth/tokens", status = 201, body = '{"token": {}}',
        headers = { ["X-Subject-Token"] = "unscoped" } }
      local _, err = connect.try(sim)
      assert.equal("catalog", err.kind)
      assert.matches("project_name", err.message)
    end)

    it("config, where auth_url leads to no identity service", function()
      local _, err = connect.try(sim, { auth_url = sim.url .. "/nothing/v3" })
      assert.equal("config", err.kind)
      assert.matches("is auth_url right", err.message)
      assert.equal(404, err.status)
    end)

    it("network, where nobody listens", function()
      local port = sim.port
      sim:close()
      local none, err = rsnapshots.connect { auth_url = "http://127.0.0.1:" .. port .. "/v3",
        username = "u", password = "secret-password", project_name = "p", retries = 0 }
      assert.is_nil(none)
      assert.equal("network", err.kind)
      assert.matches("127%.0%.0%.1:" .. port, err.message)
    end)
  end)

  describe("keeps a token fresh", function()
    it("once per request when it is refused", function()
      works {}
      sim:revoke_tokens()
      sim:clear_requests()
      assert.equal(0, client:count())
      assert.equal(1, #token_requests(sim))
      local request = sim.requests[2]
      assert.matches("/tokens$", request.path)
      assert.is_nil(request.headers["x-auth-token"]) -- the stale one goes nowhere
      assert.equal(0, client:count())
      assert.equal(1, #token_requests(sim))
    end)

    it("and gives up when the fresh one is refused too", function()
      works {}
      sim:clear_requests()
      sim:fault { method = "GET", path = "/snapshots", status = 401, times = math.huge }
      local _, err = client:count()
      assert.equal("auth", err.kind)
      assert.equal(2, err.attempts)
      assert.equal(1, #token_requests(sim))
    end)

    it("never asks again for the authentication itself", function()
      works {}
      sim:revoke_tokens()
      sim:clear_requests()
      sim:fault { method = "POST", path = "/auth/tokens", status = 401, times = math.huge }
      local _, err = client:count()
      assert.equal("auth", err.kind)
      assert.equal(1, #token_requests(sim))
    end)

    it("not with reauthenticate = false", function()
      works { reauthenticate = false }
      sim:revoke_tokens()
      local _, err = client:count()
      assert.equal("auth", err.kind)
      assert.equal(1, #token_requests(sim))
    end)

    it("not when it was given, as nobody has the credentials", function()
      works { auth = "v3token" }
      local before = #token_requests(sim)
      sim:revoke_tokens()
      local _, err = client:count()
      assert.equal("auth", err.kind)
      assert.equal(before, #token_requests(sim))
    end)

    it("shortly before it expires", function()
      sim:close()
      sim = assert(simulator.new { token_seconds = 2 })
      works {}
      sim:clear_requests()
      assert.equal(0, client:count())
      assert.equal(0, #token_requests(sim))
      require("rsnapshots.core").poll(nil, "", 1.9) -- nine tenths of its life and more
      assert.equal(0, client:count())
      assert.equal(1, #token_requests(sim))
      assert.matches("/tokens$", sim.requests[2].path) -- before the request, not after a 401
    end)

    it("in the middle of a listing, which goes on", function()
      works {}
      sim:add_snapshots(20, { volume_id = sim.volume_id })
      local count = 0
      for _ in client:list { page_size = 5 } do
        count = count + 1
        if count == 8 then
          sim:revoke_tokens()
        end
      end
      assert.equal(20, count)
      assert.equal(2, #token_requests(sim))
    end)
  end)
end)
