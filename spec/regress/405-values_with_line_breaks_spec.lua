-- Values that were pasted or read from a file come with blanks and line breaks around them (a URL
-- "... ", a token "...\n", a variable of an env-file with "\r"). They went out as they were.
local environment = require "spec.support.environment"
local process = require "spec.support.process"
local settings_of = require "rsnapshots.connect.settings"
local small_cloud = require "spec.support.small_cloud"

describe("blanks around", function()
  local folder

  setup(function() folder = environment.replace_with_folder() end)
  teardown(environment.restore)

  for _, around in ipairs { { "", "\r" }, { "", "\n" }, { " ", " " }, { "\t", " \r\n" } } do
    local function with(text)
      return around[1] .. text .. around[2]
    end

    it(("variables go: %q"):format(around[1] .. "x" .. around[2]):gsub("[\r\n]", "~"), function()
      environment.variables = { OS_AUTH_URL = with "http://k/v3", OS_USERNAME = with "u",
        OS_PASSWORD = "p" .. around[2]:gsub("[ \t]", ""), OS_PROJECT_NAME = with "a b",
        OS_REGION_NAME = with "R", OS_VOLUME_API_VERSION = with "3", OS_CACERT = with "/ca.pem",
        OS_INTERFACE = with "internal" }
      local settings = assert(settings_of.gather())
      assert.same({ "http://k/v3", "u", "p", "a b", "R", 3, "/ca.pem", "internal" },
        { settings.auth_url, settings.username, settings.password, settings.project_name,
        settings.region, settings.api_version, settings.cacert, settings.interface })
    end)
  end

  it("a secret stay where they are not line breaks", function()
    environment.variables = { OS_AUTH_URL = "http://k/v3", OS_USERNAME = "u",
      OS_PASSWORD = " p \r\n" }
    assert.equal(" p ", assert(settings_of.gather()).password)
    environment.variables.OS_PASSWORD = "\n"
    local settings = assert(settings_of.gather())
    assert.is_nil(settings.password)
  end)

  it("values of clouds.yaml go", function()
    process.write(folder .. "/clouds.yaml", [[
clouds:
  prod:
    auth:
      auth_url: "  https://k/v3\n"
      username: " u "
      password: |
        pass word
      project_name: >
        nightly backups
    region_name: "R "
    volume_endpoint_override: " https://c/v3/x\t"
    cacert: "/ca.pem\r\n"
]])
    environment.variables = { OS_CLIENT_CONFIG_FILE = folder .. "/clouds.yaml" }
    local settings = assert(settings_of.gather())
    assert.same({ "https://k/v3", "u", "pass word", "nightly backups", "https://c/v3/x",
      "/ca.pem" }, { settings.auth_url, settings.username, settings.password,
      settings.project_name, settings.endpoint, settings.cacert })
    assert.equal("R", assert(settings_of.gather { region = "R" }).region)
  end)

  it("a URL or a token as an argument go, and within it nothing does", function()
    environment.variables = {}
    local settings = assert(settings_of.gather { auth_url = " http://k/v3\n", token = "t\n",
      endpoint = "\thttp://c/v3 " })
    assert.same({ "http://k/v3", "t", "http://c/v3" }, { settings.auth_url, settings.token,
      settings.endpoint })
    assert.is_nil((settings_of.gather { auth_url = "http://k /v3", username = "u" }))
    assert.error_matches(function() settings_of.gather { token = "a\nb" } end, "token must not")
    environment.variables = { OS_TOKEN = "a\nX-Evil: b", OS_AUTH_URL = "http://k/v3" }
    local none, err = settings_of.gather()
    assert.is_nil(none)
    assert.equal("OS_TOKEN must not contain control characters", err.message)
  end)

  it("a token do no harm on the wire", function()
    environment.variables = {}
    local cloud = small_cloud.new()
    cloud:works { token = "given-token\r\n", endpoint = cloud.url .. "/v3/p", auth_url = false }
    cloud:close()
    assert.matches("X-Auth-Token: given-token\r\n",
      cloud:last("GET /v3/p/snapshots/" .. small_cloud.ID).head, 1, true)
  end)
end)
