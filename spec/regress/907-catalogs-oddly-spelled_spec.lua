-- Kind: a catalog with a type in other capitals or with "_", an object in the place of a list of
-- one endpoint, or a word in the place of one URL ended in "no block storage"; a version document
-- whose range is upside down in "the service has microversions 3.70 to 3.0".
local small_cloud = require "spec.support.small_cloud"

describe("the catalog's endpoint", function()
  local cloud

  before_each(function()
    cloud = small_cloud.new()
  end)

  after_each(function()
    cloud:close()
  end)

  local function endpoint_of(options)
    return cloud:works(options).endpoint
  end

  it("is found whatever its type's capitals are", function()
    for _, kind in ipairs { "VolumeV3", "VOLUMEV3", "Block-Storage", "block_storage",
      "BLOCK_STORE" } do
      cloud.services = { small_cloud.service(kind, cloud.url .. "/v3/p") }
      for _, wanted in ipairs { false, kind, "volumev3", "block-storage" } do
        assert.equal(cloud.url .. "/v3/p", endpoint_of { service_type = wanted or nil })
      end
    end
  end)

  it("is of no other service because of them", function()
    cloud.services = { small_cloud.service("volumes", cloud.url .. "/v3/p") }
    local client, err = cloud:connect()
    assert.is_nil(client)
    assert.equal("catalog", err.kind)
    assert.truthy(err.message:find("volumes", 1, true))
  end)

  it("is found where there is one, and no list", function()
    cloud.services = { (small_cloud.service("volumev3", cloud.url .. "/v3/p")
      :gsub("%[", ""):gsub("%]", "")) }
    assert.equal(cloud.url .. "/v3/p", endpoint_of())
  end)

  it("is one that can be used, if there is any", function()
    cloud.services = { small_cloud.service("block-storage", "unset"),
      small_cloud.service("volumev3", cloud.url .. "/v3/p") }
    assert.equal(cloud.url .. "/v3/p", endpoint_of())
    cloud.services = { small_cloud.service("compute", cloud.url .. "/v2.1"),
      small_cloud.service("volumev3", "unset") }
    local client, err = cloud:connect()
    assert.is_nil(client)
    assert.truthy(err.message:find("'unset' is not a usable URL", 1, true))
  end)
end)

describe("microversions", function()
  it("whose range is upside down are none", function()
    local cloud = small_cloud.new { ["GET /"] = small_cloud.versions("3.0", "3.70") }
    assert.equal("3.0", cloud:works().microversion)
    cloud:close()
  end)
end)
