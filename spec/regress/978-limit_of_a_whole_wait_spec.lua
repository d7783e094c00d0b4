-- Kind: rotate waits in steps, and told the length of the last one for the limit of the wait:
-- "ended after 0.0883867 seconds". And it said "nothing made" of a snapshot that is being made.
local served = require "spec.support.served_command"

describe("a snapshot that is not complete in time", function()
  it("is named, with the limit that was set", function()
    local cloud = served.cloud { create_seconds = 3600 }
    cloud.sim:add_volume { name = "web" }
    local out, err, status = cloud:run "rotate --volume web --keep-last 1 --timeout 1"
    local made = cloud.sim.store.snapshots[1]
    assert.equal(6, status)
    assert.truthy(err:find(("rsnapshots rotate: timeout: the wait for snapshot %s ended after 1 "
      .. "seconds; last seen CREATING\n"):format(made.id), 1, true), err)
    assert.equal(("web: made %s, nothing removed, failed\n"):format(made.name),
      out:match "^[^\n]*\n")
    cloud:close()
  end)
end)
