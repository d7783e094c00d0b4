-- Kind: a version document of another form said nothing: one version alone, "3.0" for its id, no
-- oldest microversion, or max_version for the newest. The client then spoke 3.0, and an endpoint
-- that names no version could not be used.
local rsnapshots = require "rsnapshots"
local small_cloud = require "spec.support.small_cloud"

local RANGE = '"min_version": "3.0", "version": "3.59"'

local DOCUMENTS = {
  ["one version alone"] = '{"version": {"id": "v3.0", ' .. RANGE .. "}}",
  ["an id without v"] = '{"versions": [{"id": "3.0", ' .. RANGE .. "}]}",
  ["an id with V"] = '{"versions": [{"id": "V3.0", ' .. RANGE .. "}]}",
  ["no oldest one"] = '{"versions": [{"id": "v3.0", "version": "3.59"}]}',
  ["an empty oldest one"] = '{"versions": [{"id": "v3.0", "min_version": "", "version": "3.59"}]}',
  ["max_version"] = '{"versions": [{"id": "v3.0", "min_version": "3.0", "max_version": "3.59"}]}',
}

describe("a version document", function()
  local cloud

  after_each(function()
    cloud:close()
  end)

  for what, document in pairs(DOCUMENTS) do
    it("with " .. what .. " says what there is", function()
      cloud = small_cloud.new { ["GET /"] = { 300, document } }
      assert.equal("3.59", cloud:works().microversion)
      local client = assert(rsnapshots.connect { endpoint = cloud.url, project_id = "p",
        wait = cloud.wait })
      assert.equal(cloud.url .. "/v3/p", client.endpoint)
      assert.equal("3.59", client.microversion)
      client:close()
    end)
  end
end)
