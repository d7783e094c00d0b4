-- Kind: a message that names a setting that nobody gave. A project that an application credential
-- is not for was always said to be OS_PROJECT_NAME's if anything came from the environment: also
-- OS_TENANT_NAME's, and an option's.
local rsnapshots = require "rsnapshots"
local small_cloud = require "spec.support.small_cloud"

describe("an application credential of another project", function()
  local cloud, getenv = nil, os.getenv

  before_each(function()
    cloud = small_cloud.new()
  end)

  after_each(function()
    os.getenv = getenv -- luacheck: ignore
    cloud:close()
  end)

  local function message(variables, options)
    variables.OS_AUTH_URL = cloud.url .. "/identity/v3"
    variables.OS_APPLICATION_CREDENTIAL_ID = "ac"
    variables.OS_APPLICATION_CREDENTIAL_SECRET = "s3cret"
    os.getenv = function(name) return variables[name] end -- luacheck: ignore
    options.wait = cloud.wait
    local client, err = rsnapshots.connect(options)
    assert.is_nil(client)
    return err.message
  end

  it("names what asks for the project", function()
    assert.matches("and OS_PROJECT_NAME says 'prod'", message({ OS_PROJECT_NAME = "prod" }, {}))
    assert.matches("and OS_TENANT_NAME says 'prod'", message({ OS_TENANT_NAME = "prod" }, {}))
    assert.matches("and OS_TENANT_ID says 'q'", message({ OS_TENANT_ID = "q" }, {}))
    assert.matches("and project_name says 'prod'", message({}, { project_name = "prod" }))
  end)
end)
