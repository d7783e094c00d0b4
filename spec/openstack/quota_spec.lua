local cloud = require "spec.openstack.support"
local socket = require "socket"

describe("a quota #openstack", function()
  local function refused(client, volume)
    local start = socket.gettime()
    local snapshot, err = client:create { volume_id = volume, name = "one too many" }
    assert.is_nil(snapshot)
    assert.equal("quota", err.kind)
    assert.equal(413, err.status)
    assert.equal("overLimit", err.code)
    assert.equal(1, err.attempts)
    assert.is_true(socket.gettime() - start < 1)
    return err
  end

  it("of snapshots is told apart from a rate limit, and not tried again", function()
    local project = cloud.project()
    project:quota { snapshots = 1 }
    local client, volume = project:connect(), project:volume()
    local first = cloud.ready(client, { volume_id = volume, name = "the one" })
    assert.matches("SnapshotLimitExceeded", refused(client, volume).message)
    assert.equal(1, client:count())

    assert(first:delete())
    assert(first:wait_until_deleted(cloud.quick))
    assert.equal("AVAILABLE", cloud.ready(client, { volume_id = volume }).status)
  end)

  it("of gigabytes is one too", function()
    local project = cloud.project()
    project:quota { gigabytes = 3 }
    local client, volume = project:connect(), project:volume { size = 2 }
    assert.matches("[Qq]uota", refused(client, volume).message)
  end)
end)
