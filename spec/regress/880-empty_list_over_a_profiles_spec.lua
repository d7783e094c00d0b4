-- A clouds.json with "regions": [] and a profile: the empty list, which JSON's reader gives as an
-- empty map, was refused as "a map, where regions is a list". And braces in an auth_url that
-- another one overrides made the cloud unusable.
local environment = require "spec.support.environment"
local process = require "spec.support.process"
local settings_of = require "rsnapshots.connect.settings"

describe("a cloud", function()
  local folder

  setup(function() folder = environment.replace_with_folder() end)
  teardown(environment.restore)

  local function gather(text, region)
    local path = folder .. "/clouds.json"
    process.write(path, text)
    environment.variables = { OS_CLIENT_CONFIG_FILE = path, HOME = folder }
    return settings_of.gather { region = region }
  end

  local function cloud(more)
    return ([[{"clouds": {"prod": {%s, "auth": {"auth_url": "https://k/v3", "username": "u",
      "password": "p", "project_name": "x"}}}}]]):format(more)
  end

  it("may have no regions of its own, whatever its profile has", function()
    local settings = assert(gather(cloud [=[ "profile": "vexxhost", "regions": [] ]=], "elsewhere"))
    assert.equal("elsewhere", settings.region)
  end)

  it("may have an empty map over its profile's", function()
    local settings = assert(gather [[{"clouds": {"prod": {"profile": "vexxhost", "auth": {},
      "username": "u", "password": "p", "project_name": "x"}}}]])
    assert.equal("https://auth.vexxhost.net/v3", settings.auth_url)
  end)

  it("may not have a map over its profile's list", function()
    local _, err = gather(cloud [["profile": "vexxhost", "regions": {"name": "r"}]])
    assert.equal("config", err.kind)
    assert.matches("regions of cloud 'prod' %b() must be a list, not a map", err.message)
  end)

  it("has no use for an auth_url beside that of its auth", function()
    local settings = assert(gather(cloud [["auth_url": "https://{nope}/"]]))
    assert.equal("https://k/v3", settings.auth_url)
  end)
end)
