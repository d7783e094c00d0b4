-- Kind: the service makes the snapshot and leaves its metadata out, and the run ends before it is
-- complete. It got no name that says what it is for, so the next run made another, each night.
local served = require "spec.support.served_command"

describe("rotate where the service drops all metadata", function()
  local cloud

  after_each(function()
    cloud:close()
  end)

  it("finds the snapshot that did not become complete in time", function()
    cloud = served.cloud { create_seconds = 1000 }
    cloud.sim:add_volume { name = "web" }
    local snapshots = cloud.sim.store.snapshots
    local handle = cloud.sim.handle
    cloud.sim.handle = function(self, request)
      local reply, plan = handle(self, request)
      for _, record in ipairs(snapshots) do
        for _, key in ipairs { "once", "policy", "slot" } do
          record.metadata:set("rsnapshots:" .. key, nil)
        end
      end
      return reply, plan
    end
    for _, did in ipairs { "made", "found" } do
      local out, err, status = cloud:run "rotate --volume web --keep-last 1 --timeout 0.5"
      assert.equal(6, status)
      assert.matches("last seen CREATING", err, 1, true)
      assert.equal(1, #snapshots)
      assert.equal(("web: %s %s, nothing removed, failed\n"):format(did, snapshots[1].name),
        out:match "^[^\n]*\n")
      assert.matches("^rotate%.rsnapshots%.", snapshots[1].name)
    end
  end)
end)
