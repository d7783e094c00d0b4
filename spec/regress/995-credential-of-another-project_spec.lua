-- An application credential has a project of its own, and the project that was asked for beside it
-- was left aside without a word: with OS_PROJECT_NAME=prod and a credential of dev, the snapshots
-- were made, and pruned, in dev. (The openstack command is refused by Keystone then.)
local small_cloud = require "spec.support.small_cloud"

describe("an application credential", function()
  local cloud

  before_each(function()
    cloud = small_cloud.new()
  end)

  after_each(function()
    cloud:close()
  end)

  -- Connects with it and these options; its project is "demo", with the id "p".
  local function connect(options)
    options.auth_type = "v3applicationcredential"
    options.application_credential_id, options.application_credential_secret = "ac", "s3cret"
    return cloud:connect(options)
  end

  it("of another project than the one that is asked for is refused", function()
    for says, options in pairs {
      ["project 'demo', and project_name says 'prod'"] = { project_name = "prod" },
      ["project 'p', and project_id says 'q'"] = { project_id = "q", project_name = "demo" },
      ["project 'demo', and project_name says 'p'"] = { project_name = "p" },
    } do
      local client, err = connect(options)
      assert.is_nil(client)
      assert.equal("config", err.kind)
      assert.equal(("application credential 'ac' is for the %s: leave that out, or use a "
        .. "credential of that project"):format(says), err.message)
    end
  end)

  it("of the project that is asked for is good, and so is one that does not tell", function()
    for _, options in ipairs { {}, { project_name = "demo" }, { project_name = "Demo" },
      { project_id = "p", project_domain_name = "Corp" }, { project_id = "P" } } do
      assert(connect(options)):close()
    end
    for _, owner in ipairs { '"domain": {"id": "d"}', '"project": "x"', '"project": {}' } do
      cloud.answers["POST /identity/v3/auth/tokens"] = small_cloud.token(cloud.services, owner)
      assert(connect { project_name = "prod", endpoint = cloud.url .. "/v3/p" }):close()
    end
  end)
end)
