-- Kind: variables that openstacksdk and the openstack command obey were left aside without a word.
-- With OS_DEFAULT_DOMAIN_NAME, somebody of another domain logged in. OS_VOLUME_ENDPOINT_OVERRIDE
-- did not replace the catalog's endpoint, and OS_BLOCK_STORAGE_DEFAULT_MICROVERSION pinned nothing;
-- of the service's settings, only two had a variable, each under one of the service's names.
-- A cloud's domain_name was no longer the user's beside a default_domain_name.
local cjson = require "cjson"
local environment = require "spec.support.environment"
local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"
local small_cloud = require "spec.support.small_cloud"

local LOGIN = "POST /identity/v3/auth/tokens"

describe("in the environment", function()
  local cloud

  before_each(function()
    environment.replace()
    cloud = small_cloud.new()
  end)

  after_each(function()
    cloud:close()
    environment.restore()
  end)

  local function connect(variables)
    environment.variables = { OS_AUTH_URL = cloud.url .. "/identity/v3", OS_USERNAME = "demo",
      OS_PASSWORD = "pass-word", OS_PROJECT_NAME = "demo" }
    for name, value in pairs(variables) do
      environment.variables[name] = value
    end
    return rsnapshots.connect { wait = cloud.wait, retries = 0 }
  end

  -- The domains of user and project that the login named.
  local function domains()
    local auth = cjson.decode(cloud:last(LOGIN).body).auth
    return auth.identity.password.user.domain, auth.scope.project.domain
  end

  it("the default domain has a name or an id", function()
    for variable, wanted in pairs { OS_DEFAULT_DOMAIN_NAME = { name = "Corp" },
      OS_DEFAULT_DOMAIN_ID = { id = "Corp" }, OS_DEFAULT_DOMAIN = { id = "Corp" } } do
      assert(connect { [variable] = "Corp" }):close()
      local user, project = domains()
      assert.same(wanted, user)
      assert.same(wanted, project)
    end
  end)

  it("who was refused is named with the default domain", function()
    cloud.answers[LOGIN] = small_cloud.refusal(401, "Unauthorized")
    local _, err = connect { OS_DEFAULT_DOMAIN_NAME = "Corp" }
    assert.equal("user 'demo' (domain 'Corp') was refused for project 'demo' (domain 'Corp') at ",
      err.message:match "^.- at ")
  end)

  it("each setting of the service has a variable under each of its names", function()
    for _, name in ipairs { "BLOCK_STORAGE", "BLOCK_STORE", "VOLUME", "VOLUMEV2", "VOLUMEV3" } do
      local client = assert(connect {
        ["OS_" .. name .. "_ENDPOINT_OVERRIDE"] = cloud.url .. "/v3/o",
        ["OS_" .. name .. "_DEFAULT_MICROVERSION"] = "3.33" })
      assert.equal(cloud.url .. "/v3/o", client.endpoint)
      assert.equal("3.33", client.microversion)
      client:close()
      cloud.services = { small_cloud.service("volumev3", cloud.url .. "/v3/p"),
        small_cloud.service("evs", cloud.url .. "/v2/p", nil, "theirs") }
      client = assert(connect { ["OS_" .. name .. "_SERVICE_TYPE"] = "evs",
        ["OS_" .. name .. "_SERVICE_NAME"] = "theirs", ["OS_" .. name .. "_API_VERSION"] = "2" })
      assert.equal(cloud.url .. "/v2/p", client.endpoint)
      client:close()
    end
  end)

  it("a named cloud takes none of them", function()
    local folder = process.directory()
    process.write(folder .. "/clouds.json", ('{"clouds": {"c": {"auth": {"auth_url": '
      .. '"%s/identity/v3", "username": "u", "password": "p", "project_name": "p", '
      .. '"domain_name": "D", "default_domain_name": "E"}}}}'):format(cloud.url))
    local client = assert(connect { OS_CLOUD = "c", OS_VOLUME_ENDPOINT_OVERRIDE = "http://o/v3",
      OS_CLIENT_CONFIG_FILE = folder .. "/clouds.json", OS_DEFAULT_DOMAIN_NAME = "Corp" })
    assert.equal(cloud.url .. "/v3/p", client.endpoint)
    client:close()
    local user, project = domains()
    assert.same({ { name = "D" }, { name = "D" } }, { user, project })
    process.run("rm -r " .. folder)
  end)
end)
