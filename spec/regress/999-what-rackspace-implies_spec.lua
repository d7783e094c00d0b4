-- provider = "rackspace" implied the service cloudBlockStorage, which has version 1, also where
-- something else was asked for: api_version = 2 was refused because of a service_name that nobody
-- had given, and a service_name was replaced without a word.
local rsnapshots = require "rsnapshots"
local small_cloud = require "spec.support.small_cloud"

local LOGIN = "POST /identity/v2.0/tokens"

describe("Rackspace's service", function()
  local cloud

  before_each(function()
    cloud = small_cloud.new()
    local function service(kind, name, path)
      return ('{"type": "%s", "name": "%s", "endpoints": [{"publicURL": "%s%s/p", '
        .. '"region": "DFW"}]}'):format(kind, name, cloud.url, path)
    end
    cloud.answers[LOGIN] = { 200, ('{"access": {"token": {"id": "t", "tenant": {"id": "p"}}, '
      .. '"serviceCatalog": [%s, %s, %s]}}'):format(
      service("volume", "cloudBlockStorage", "/v1"), service("volume", "theirs", "/x/v1"),
      service("volumev2", "cloudBlockStorageV2", "/v2")) }
  end)

  after_each(function()
    cloud:close()
  end)

  for what, case in pairs {
    ["without anything else"] = { {}, "/v1" },
    ["by its version"] = { { api_version = 2 }, "/v2" },
    ["by its own version"] = { { api_version = 1 }, "/v1" },
    ["by another name"] = { { service_name = "theirs" }, "/x/v1" },
    ["by the newer one's name"] = { { service_name = "cloudBlockStorageV2" }, "/v2" },
    ["by its type"] = { { service_type = "volumev2" }, "/v2" },
  } do
    it("is found " .. what, function()
      local options = { provider = "rackspace", auth_url = cloud.url .. "/identity/v2.0",
        username = "demo", api_key = "pass-word", region = "dfw", wait = cloud.wait }
      for name, value in pairs(case[1]) do
        options[name] = value
      end
      local client = assert(rsnapshots.connect(options))
      assert.equal(cloud.url .. case[2] .. "/p", client.endpoint)
      client:close()
    end)
  end
end)
