-- Kind: `list --project ID` without --all-projects looked in one's own project only: an
-- administrator was told, with status 0, that the other project has no snapshots. With `openstack`
-- the option is enough.
local command = require "spec.support.command"

describe("--project", function()
  local cloud, project

  setup(function()
    cloud = command.cloud()
    project = assert(cloud:client():get(cloud:create "theirs")).project_id
  end)
  teardown(function() cloud.stop() end)

  local function admin(arguments)
    local out, err, status = cloud:admin(arguments)
    assert.same({ "", 0 }, { err, status })
    return out
  end

  it("is enough to list another project's snapshots", function()
    assert.equal("", admin "list -f value -c name")
    assert.equal("theirs\n", admin(("list --project %s -f value -c name"):format(project)))
    assert.equal("", admin "list --project nope -f value -c name")
  end)

  it("is enough for their calendar, with the volumes' names", function()
    assert.matches("volume  .*1 kept", admin(("timeline --project %s"):format(project)))
  end)
end)
