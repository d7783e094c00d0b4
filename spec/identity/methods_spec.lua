--- The ways of logging in: what each needs, and what it sends.
local methods = require "rsnapshots.identity.methods"
local scope = require "rsnapshots.identity.scope"

local PROJECT = { project = { name = "x", domain = { id = "default" } } }

-- Settings with everything in them.
local function all(more)
  local settings = { username = "u", password = "pw", api_key = "k", token = "t",
    application_credential_id = "i", application_credential_secret = "s", project_name = "x",
    endpoint = "http://c/v3" }
  for name, value in pairs(more or {}) do
    settings[name] = value or nil
  end
  return settings
end

local function v3(name, credentials, wanted)
  return { auth = { identity = { methods = { name }, [name] = credentials }, scope = wanted } }
end

local USER = { name = "u", domain = { id = "default" } }

describe("the method", function()
  for auth_type, expected in pairs {
    v3password = { 3, v3("password", { user = { name = "u", domain = { id = "default" },
      password = "pw" } }, PROJECT) },
    v3token = { 3, v3("token", { id = "t" }, PROJECT) },
    v3applicationcredential = { 3, v3("application_credential", { id = "i", secret = "s" }) },
    v2password = { 2, { auth = { tenantName = "x",
      passwordCredentials = { username = "u", password = "pw" } } } },
    v2token = { 2, { auth = { tenantName = "x", token = { id = "t" } } } },
    rackspace_apikey = { 2, { auth = { tenantName = "x",
      ["RAX-KSKEY:apiKeyCredentials"] = { username = "u", apiKey = "k" } } } },
  } do
    it(auth_type .. " sends what its version wants", function()
      local settings = all { auth_type = auth_type }
      local method = methods.of(settings)[1]
      assert.equal(expected[1], method.version)
      assert.same(expected[2], method.body(settings))
    end)
  end

  it("of an application credential by name sends whose it is", function()
    local settings = all { auth_type = "v3applicationcredential",
      application_credential_id = false, application_credential_name = "n" }
    assert.same(v3("application_credential", { name = "n", secret = "s", user = USER }),
      methods.of(settings)[1].body(settings))
  end)

  it("password and token are of v3 or v2, in this order", function()
    for _, auth_type in ipairs { "password", "token" } do
      local choice = methods.of { auth_type = auth_type }
      assert.same({ 3, 2 }, { choice[1].version, choice[2].version })
    end
  end)

  for auth_type, needs in pairs {
    v3password = { "password", "username (or user_id)" }, v3token = { "token" },
    v2password = { "username", "password" }, v2token = { "token" },
    rackspace_apikey = { "username", "api_key" }, none = { "endpoint" },
    admin_token = { "token", "endpoint" }, token_endpoint = { "token", "endpoint" },
    v3applicationcredential = { "application_credential_secret" },
  } do
    it(auth_type .. " says each thing that is missing", function()
      assert.is_nil(methods.missing(methods.of(all { auth_type = auth_type })[1],
        all { auth_type = auth_type }))
      for _, need in ipairs(needs) do
        local settings = all { auth_type = auth_type, [need:match "^[a-z_]+"] = false }
        assert.equal(need, methods.missing(methods.of(settings)[1], settings))
      end
    end)
  end

  it("that there is not is none", function()
    assert.is_nil(methods.of { auth_type = "kerberos" })
    assert.equal(11, #methods.names())
  end)
end)

describe("a token's scope", function()
  local TOKEN = { project = { id = "p", name = "demo", domain = { id = "d", name = "D" } } }

  for what, case in pairs {
    ["nothing"] = { {}, true }, ["its id"] = { { project_id = "p" }, true },
    ["another id"] = { { project_id = "q", project_name = "demo" }, false },
    ["its name"] = { { project_name = "demo" }, true },
    ["its name and domain"] = { { project_name = "demo", project_domain_name = "D" }, true },
    ["its name in another domain"] = { { project_name = "demo", project_domain_id = "e",
      project_domain_name = "D" }, false },
    ["a domain"] = { { domain_id = "d" }, false }, ["the system"] = { { system_scope = "all" },
      false },
  } do
    it("is " .. (case[2] and "" or "not ") .. "met where the settings ask for " .. what, function()
      assert.equal(case[2], scope.is_met(case[1], TOKEN))
    end)
  end

  it("of a domain or of the system is met by itself", function()
    local domain = { domain = { id = "d", name = "D" } }
    assert.is_true(scope.is_met({ domain_id = "d" }, domain))
    assert.is_true(scope.is_met({ domain_name = "D" }, domain))
    assert.is_false(scope.is_met({ domain_name = "E" }, domain))
    assert.is_false(scope.is_met({ project_name = "demo" }, domain))
    assert.is_true(scope.is_met({ system_scope = "all" }, { system = { all = true } }))
  end)

  it("that is described by anything but objects is not met", function()
    for _, token in ipairs { { project = "p" }, { project = { domain = 1 } }, {} } do
      assert.is_false(scope.is_met({ project_name = "demo", project_domain_id = "d" }, token))
    end
  end)
end)
