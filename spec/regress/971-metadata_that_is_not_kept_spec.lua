-- Kind: the service makes the snapshot and leaves its metadata out. Without the mark, no run finds
-- it again: rotate said "made" and exited with 0, in every run of the slot.
local served = require "spec.support.served_command"

describe("rotate where the service drops metadata", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
  end)

  after_each(function()
    cloud:close()
  end)

  it("says that the snapshot has no mark", function()
    local handle = cloud.sim.handle
    cloud.sim.handle = function(self, request)
      local reply, plan = handle(self, request)
      for _, record in ipairs(self.store.snapshots) do
        for _, key in ipairs { "once", "policy", "slot" } do
          record.metadata:set("rsnapshots:" .. key, nil)
        end
      end
      return reply, plan
    end
    local out, err, status = cloud:run "rotate --volume web --keep-last 3"
    local made = cloud.sim.store.snapshots[1]
    assert.equal(1, status)
    assert.truthy(err:find(("rsnapshots rotate: unsupported: snapshot %s was made, but the service "
      .. "did not keep its metadata"):format(made.id), 1, true), err)
    assert.equal(("web: made %s, nothing removed, failed\n"):format(made.name),
      out:match "^[^\n]*\n")
  end)
end)
