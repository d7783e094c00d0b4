local cloud = require "spec.openstack.support"
local rsnapshots = require "rsnapshots"

describe("connecting #openstack", function()
  local env, root

  lazy_setup(function()
    env = cloud.env()
    root = env.OS_AUTH_URL:gsub("/v3$", "")
  end)

  local function works(options)
    local client = cloud.connect(options)
    assert.equal(env.RC_PROJECT_ID, client.project_id)
    assert.is_number(assert(client:count()))
    return client
  end

  local function fails(options)
    local client, err = cloud.try(options)
    assert.is_nil(client)
    assert.is_nil(tostring(err):find(options.password or env.OS_PASSWORD, 1, true))
    return err
  end

  local nobody = { username = false, password = false }

  local function without_user(options)
    for name, value in pairs(nobody) do
      options[name] = value
    end
    return options
  end

  it("tells where it got to", function()
    local client = works()
    assert.equal(env.RC_CINDER_URL .. "/v3/" .. env.RC_PROJECT_ID, client.endpoint)
    assert.equal(3, client.api_version)
    assert.equal("3.70", client.microversion)
    assert.equal("RegionOne", client.region)
  end)

  it("takes everything from a sourced openrc", function()
    local lua = arg[0]
    for i = 0, -10, -1 do
      lua = arg[i] or lua
    end
    local script = ([[package.path, package.cpath = %q, %q
      local client = assert(require("rsnapshots").connect())
      print(client.project_id, client:count() ~= nil)]]):format(package.path, package.cpath)
    local name = os.tmpname()
    local file = assert(io.open(name, "w"))
    file:write(script)
    file:close()
    finally(function() os.remove(name) end)
    local pipe = assert(io.popen((". %s/openrc && %s %s 2>&1"):format(env.RC_BASE, lua, name)))
    assert.equal(env.RC_PROJECT_ID .. "\ttrue\n", pipe:read("*a"))
    pipe:close()
  end)

  describe("with a password", function()
    it("finds the version when auth_url names none", function()
      works { auth_url = root }
      works { auth_url = root .. "/" }
    end)

    it("takes auth_url with a slash at the end", function()
      works { auth_url = env.OS_AUTH_URL .. "/" }
    end)

    it("takes ids for names", function()
      works { username = false, user_id = env.RC_USER_ID, project_name = false,
        project_id = env.RC_PROJECT_ID }
    end)

    it("takes domains by name", function()
      works { user_domain_name = "Default", project_domain_name = "Default" }
    end)

    it("takes a domain of its own, by name and id, each or for both", function()
      local id, name = cloud.domain()
      local project = cloud.project(id)
      for _, options in ipairs {
        { user_domain_id = id, project_domain_id = id },
        { user_domain_name = name, project_domain_name = name },
        { user_domain_name = name, project_domain_id = id },
        { domain_name = name }, { domain_id = id }, { default_domain = id },
        { user_domain_name = name, project_name = false, project_id = project.id },
        { username = false, user_id = project.user_id, project_domain_name = name },
      } do
        assert.equal(project.id, project:connect(options).project_id)
      end
      local none, err = project:try() -- in the default one
      assert.is_nil(none)
      assert.equal("auth", err.kind)
    end)

    it("is refused when it is the wrong one", function()
      local err = fails { password = "wrong password" }
      assert.equal("auth", err.kind)
      assert.equal(401, err.status)
      assert.equal(1, err.attempts)
    end)

    it("is refused for a project that is not there, or not ours", function()
      assert.equal("auth", fails({ project_name = "there is none" }).kind)
      assert.equal("auth", fails({ project_name = "other" }).kind)
    end)

    it("is refused in a domain that is not there", function()
      assert.equal("auth", fails({ user_domain_name = "there is none" }).kind)
    end)

    it("of a user who has more to prove says which methods there have to be", function()
      local project = cloud.project()
      project:require_methods { { "password", "mapped" }, { "password", "oauth1" } }
      local client, err = project:try()
      assert.is_nil(client)
      assert.equal("auth", err.kind)
      local message = err.message:gsub("(%w+) and password", "password and %1") -- Keystone's sets
      assert.matches("(MFA: password and mapped, or password and oauth1)", message, 1, true)
      assert.is_nil(select(2, project:try({ password = "wrong" })).message:find("MFA", 1, true))
    end)

    it("without a project says that the token has no catalog", function()
      local client, err = cloud.project():try { project_name = false }
      assert.is_nil(client)
      assert.equal("catalog", err.kind)
      assert.matches("project_name", err.message)
    end)

    it("of identity v2, which this Keystone has dropped, says so", function()
      local err = fails { auth_type = "v2password", auth_url = root }
      assert.equal("config", err.kind)
      assert.matches("version 2 at " .. root .. "/v2.0", err.message, 1, true)
    end)

    it("below a path that is not there says that auth_url is wrong", function()
      local err = fails { auth_url = root .. "/nowhere/v3" }
      assert.equal("config", err.kind)
      assert.matches("auth_url", err.message, 1, true)
    end)
  end)

  describe("with an application credential", function()
    it("by its id", function()
      works(without_user { application_credential_id = env.RC_APP_CRED_ID,
        application_credential_secret = env.RC_APP_CRED_SECRET, project_name = false })
    end)

    it("by its name and user", function()
      works { application_credential_name = "rsnapshots", password = false,
        application_credential_secret = env.RC_APP_CRED_SECRET, project_name = false }
    end)

    it("leaves out a project, which Keystone would refuse", function()
      works(without_user { application_credential_id = env.RC_APP_CRED_ID,
        application_credential_secret = env.RC_APP_CRED_SECRET })
    end)

    it("is refused with a wrong secret", function()
      local err = fails(without_user { application_credential_id = env.RC_APP_CRED_ID,
        application_credential_secret = "a wrong secret" })
      assert.equal("auth", err.kind)
      assert.is_nil(err.message:find("a wrong secret", 1, true))
    end)

    it("is refused as what it is where Keystone does not know it", function()
      local id = ("0123456789abcdef"):rep(2)
      local err = fails(without_user { application_credential_id = id,
        application_credential_secret = "a secret" })
      assert.equal("auth", err.kind)
      assert.matches(("application credential '%s' was refused at %s"):format(id,
        env.OS_AUTH_URL), err.message, 1, true)
    end)
  end)

  describe("with a token", function()
    local spy

    before_each(function()
      spy = cloud.spy()
    end)

    local function with_token(token, options)
      options = without_user(options or {})
      options.token, options.on_request = token, spy.listen
      return options
    end

    it("uses it as it is, whichever way its project is named", function()
      local token = cloud.token("demo", env.OS_PASSWORD, "demo")
      works(with_token(token))
      works(with_token(token, { project_name = false }))
      works(with_token(token, { project_name = false, project_id = env.RC_PROJECT_ID }))
      works(with_token(token, { auth_url = root }))
      assert.equal(0, spy.authentications())
      assert.equal(4, spy.count("^GET .*/auth/tokens$", 200))
    end)

    it("needs nothing else than an endpoint", function()
      local options = { token = cloud.token("demo", env.OS_PASSWORD, "demo"),
        endpoint = env.RC_CINDER_URL .. "/v3/" .. env.RC_PROJECT_ID, on_request = spy.listen }
      for _, auth_type in ipairs { "token", "none", "admin_token" } do
        options.auth_type = auth_type
        local client = assert(rsnapshots.connect(options))
        assert.is_number(assert(client:count()))
        client:close()
      end
      assert.equal(0, spy.count "/auth/tokens$")
    end)

    it("of an application credential is used, though Keystone exchanges none", function()
      local credential = { id = env.RC_APP_CRED_ID, secret = env.RC_APP_CRED_SECRET }
      local _, headers = cloud.send { method = "POST", url = env.OS_AUTH_URL .. "/auth/tokens",
        body = { auth = { identity = { methods = { "application_credential" },
          application_credential = credential } } } }
      works(with_token(headers["x-subject-token"]))
      assert.equal(0, spy.authentications())
      local err = fails(with_token(headers["x-subject-token"], { project_name = "other" }))
      assert.matches("the token was refused for project 'other'", err.message, 1, true)
    end)

    it("is refused with junk", function()
      local err = fails(without_user { auth_type = "token", token = "gAAAAABjunkjunk" })
      assert.equal("auth", err.kind)
      assert.is_nil(tostring(err):find("junkjunk", 1, true))
    end)

    it("is refused with one that was revoked", function()
      local token = cloud.token("demo", env.OS_PASSWORD, "demo")
      cloud.revoke(token)
      assert.equal("auth", fails(without_user({ token = token })).kind)
    end)
  end)

  describe("to an endpoint", function()
    it("of each kind in the catalog", function()
      works { service_type = "volumev3" }
      works { service_type = "block-storage" }
      works { interface = "internal" }
    end)

    it("in a region that is not there lists what there is", function()
      local err = fails { region = "Atlantis" }
      assert.equal("catalog", err.kind)
      assert.matches("The regions are: RegionOne$", err.message)
    end)

    it("of a version that is not there lists what there is", function()
      local err = fails { api_version = 2 }
      assert.equal("catalog", err.kind)
      assert.matches("/v3/", err.message, 1, true)
    end)

    it("given as an option, with and without a slash at the end", function()
      local address = env.RC_CINDER_URL .. "/v3/" .. env.RC_PROJECT_ID
      assert.equal(address, works({ endpoint = address }).endpoint)
      assert.equal(address, works({ endpoint = address .. "/" }).endpoint)
    end)

    it("given as an option without the project, which 3.67 allows", function()
      local client = works { endpoint = env.RC_CINDER_URL .. "/v3" }
      assert.same({}, assert(client:list({ name = "there is none" }):all()))
    end)

    it("of another project is an error, and no listing of ours", function()
      local client = cloud.connect {
        endpoint = env.RC_CINDER_URL .. "/v3/" .. env.RC_OTHER_PROJECT_ID,
      }
      local all, err = client:list():all()
      assert.is_nil(all)
      assert.equal("invalid", err.kind)
    end)
  end)

  describe("for the system", function()
    local function admin(options)
      options.username, options.password = options.username or "admin",
        options.password or env.RC_ADMIN_PASSWORD
      options.project_name, options.system_scope = false, "all"
      return cloud.try(options)
    end
    local bare

    lazy_setup(function()
      bare = env.RC_CINDER_URL .. "/v3"
    end)

    it("takes a URL that names no project, whatever the microversion", function()
      local snapshot = cloud.project()
      snapshot:fill(snapshot:volume(), 2)
      for _, microversion in ipairs { "3.0", "3.70" } do
        local client = assert(admin { endpoint = bare, microversion = microversion })
        assert.is_nil(client.project_id)
        assert.equal(2, client:count { all_projects = true, project_id = snapshot.id })
        local one = client:list({ all_projects = true, project_id = snapshot.id }):next()
        assert.equal(one, client:get(one.id))
      end
      snapshot:forget()
    end)

    it("also with a token for a project, which is exchanged", function()
      local token = cloud.token("admin", env.RC_ADMIN_PASSWORD, "admin")
      local client = cloud.connect { username = false, password = false, project_name = false,
        token = token, system_scope = "all", endpoint = bare }
      assert.is_number(client:count())
    end)

    it("has no use for a URL with a project, nor for the catalog", function()
      local client = assert(admin { endpoint = bare .. "/" .. env.RC_PROJECT_ID })
      assert.equal("invalid", select(2, client:count()).kind)
      local none, err = admin {}
      assert.is_nil(none)
      assert.equal("catalog", err.kind)
      assert.matches("as endpoint", err.message, 1, true)
    end)

    it("is not for everybody", function()
      assert.equal("auth", select(2, admin { username = "demo", password = env.OS_PASSWORD,
        endpoint = bare }).kind)
    end)
  end)

  it("to a port where nobody listens is a network error that names the host", function()
    local err = fails { auth_url = "http://127.0.0.1:9/v3", retries = 0 }
    assert.equal("network", err.kind)
    assert.matches("127.0.0.1", err.message, 1, true)
  end)

  it("to something that is no Keystone does not succeed", function()
    local err = fails { auth_url = env.RC_CINDER_URL .. "/v3" }
    assert.is_string(err.kind)
    assert.is_number(err.status)
  end)

  it("as a reader may look but not touch", function()
    local client = works { username = "reader" }
    local snapshot, err = client:create { volume_id = "11111111-1111-4111-8111-111111111111" }
    assert.is_nil(snapshot)
    assert.equal("not_found", err.kind)
  end)
end)
