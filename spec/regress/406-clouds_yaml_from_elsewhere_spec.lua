-- clouds.yaml files as other tools' users have them: profiles of providers, the authority's
-- certificate as text, lists of interfaces. They got "unknown profile", "control characters", or
-- "must be text".
local cloud_profiles = require "rsnapshots.connect.profiles"
local environment = require "spec.support.environment"
local process = require "spec.support.process"
local settings_of = require "rsnapshots.connect.settings"
local small_cloud = require "spec.support.small_cloud"
local url = require "rsnapshots.support.url"

describe("a clouds.yaml from elsewhere", function()
  local folder, warnings

  setup(function() folder = environment.replace_with_folder() end)
  teardown(environment.restore)

  before_each(function()
    warnings = {}
    environment.variables = { OS_CLIENT_CONFIG_FILE = folder .. "/clouds.yaml", HOME = folder }
  end)

  local ME = "    auth: {username: u, password: pass-word, project_name: x}\n"

  local function gather(lines, options)
    process.write(folder .. "/clouds.yaml", "clouds:\n  prod:\n" .. lines)
    local given = { on_warning = function(message) warnings[#warnings + 1] = message end }
    for name, value in pairs(options or {}) do
      given[name] = value
    end
    return settings_of.gather(given)
  end

  describe("with the profile", function()
    for name, facts in pairs(cloud_profiles) do
      it(name .. " has what the provider is known for", function()
        for _, region in ipairs(facts.regions) do
          local settings, err = gather(("    profile: %s\n"):format(name) .. (facts.auth_url and ME
            or "    auth: {username: u, password: p, auth_url: 'https://k'}\n"),
            { region = region })
          assert.is_truthy(settings, err)
          assert.equal(region, settings.region)
          assert.is_truthy(url.normalize(settings.auth_url))
          assert.matches("^https://", settings.auth_url)
          assert.is_nil(settings.auth_url:find("{", 1, true))
          assert.equal(facts.version, settings.preferred_version)
          assert.equal(facts.domain, settings.user_domain_name)
          assert.equal(facts.domain, settings.project_domain_name)
          assert.equal(facts.provider, settings.provider)
        end
        assert.same({}, warnings)
      end)
    end

    it("that nobody knows is warned of, with the nearest name", function()
      gather("    profile: ovhh\n" .. ME)
      assert.matches("'ovhh', which is neither .*; did you mean 'ovh'?", warnings[1])
    end)

    it("of another version than the catalog has takes the newest that there is", function()
      local cloud = small_cloud.new()
      finally(function() cloud:close() end)
      local function endpoint_of(...)
        cloud.services = { ... }
        local lines = ("    profile: catalyst\n    regions: [R]\n    auth: {auth_url: '%s', "
          .. "username: u, password: p, project_name: x}\n"):format(cloud.url .. "/identity/v3")
        process.write(folder .. "/clouds.yaml", "clouds:\n  prod:\n" .. lines)
        local client = assert(require("rsnapshots").connect { wait = cloud.wait })
        client:close()
        return (client.endpoint:gsub(cloud.url, ""))
      end
      local v3 = small_cloud.service("volumev3", cloud.url .. "/v3/p")
      local v1 = small_cloud.service("volume", cloud.url .. "/v1/p")
      assert.equal("/v1/p", endpoint_of(v3, v1))
      assert.equal("/v3/p", endpoint_of(v3))
      assert.equal("/v3/p", endpoint_of(v3, small_cloud.service("volumev2", cloud.url .. "/v2/p")))
    end)
  end)

  local PEM = "-----BEGIN CERTIFICATE-----\nMIIB~/{}\n-----END CERTIFICATE-----"

  it("has its authority's certificate as text", function()
    local lines = ME:gsub("username", "auth_url: 'https://k', username") .. "    cacert: |\n      "
      .. PEM:gsub("{}", ""):gsub("\n", "\n      ") .. "\n"
    local settings = assert(gather(lines))
    assert.equal((PEM:gsub("{}", "")), settings.cacert)
    assert.equal(PEM, assert(settings_of.gather { endpoint = "https://c/v3/p", cacert = PEM })
      .cacert)
    assert.error_matches(function()
      settings_of.gather { endpoint = "https://c/v3/p", cacert = "/a\nb" }
    end, "cacert must not contain control characters")
  end)

  it("has a list of interfaces, for the service too", function()
    local base = ME:gsub("username", "auth_url: 'https://k', username")
    assert.same({ "internal", "public" }, assert(gather(base
      .. "    interface: [internal, public]\n")).interface)
    assert.same({ "admin" }, assert(gather(base .. "    interface: [internal, public]\n"
      .. "    volume_interface: [admin]\n")).interface)
    assert.equal("public", assert(gather(base .. "    interface: []\n")).interface)
    assert.equal("admin", assert(gather(base .. "    interface: [internal, public]\n",
      { interface = "admin" })).interface)
  end)

  it("has no authentication, or a token, and an endpoint", function()
    for _, lines in ipairs {
      "    auth_type: admin_token\n    auth: {endpoint: 'http://c/v3/p', token: t-o-k-e-n}\n",
      "    auth_type: token_endpoint\n    auth: {url: 'http://c/v3/p', token: t-o-k-e-n}\n",
      "    auth_type: none\n    auth: {endpoint: 'http://c/v3/p', token: t-o-k-e-n}\n",
      "    auth: {token: t-o-k-e-n}\n    volume_endpoint_override: 'http://c/v3/p'\n",
    } do
      local settings = assert(gather(lines))
      assert.same({ "http://c/v3/p", "t-o-k-e-n" }, { settings.endpoint, settings.token })
      assert(require("rsnapshots.identity").new(settings))
    end
  end)
end)
