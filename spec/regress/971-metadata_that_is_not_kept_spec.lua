-- Kind: the service makes the snapshot and leaves its metadata out. Without the mark, no run finds
-- it again: rotate said "made" and exited with 0, in every run of the slot.
local served = require "spec.support.served_command"

describe("rotate where the service drops", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud.sim:add_volume { name = "web", metadata = { backup = "yes" } }
  end)

  after_each(function()
    cloud:close()
  end)

  -- Drops those keys of all metadata, whenever there are some.
  local function drop(keys)
    local handle = cloud.sim.handle
    cloud.sim.handle = function(self, request)
      local reply, plan = handle(self, request)
      for _, record in ipairs(self.store.snapshots) do
        for _, key in ipairs(keys) do
          record.metadata:set("rsnapshots:" .. key, nil)
        end
      end
      return reply, plan
    end
  end

  it("all metadata, the name says what the snapshot is for", function()
    drop { "once", "policy", "slot" }
    local snapshots = cloud.sim.store.snapshots
    local out, err, status = cloud:run "rotate --volume web --keep-last 1 --name-format x"
    assert.same({ 0, "" }, { status, err })
    local made = snapshots[1].name
    assert.matches("^rotate%.rsnapshots%.%d%d%d%d%-%d%d%-%d%dT%d%d:%d%dZ$", made)
    assert.equal(("web: made %s, 1 kept, 0 removed\n"):format(made), out:match "^[^\n]*\n")
    out = cloud:run "rotate --volume web --keep-last 1"
    assert.equal(("web: found %s, 1 kept, 0 removed\n"):format(made), out:match "^[^\n]*\n")
    assert.equal(1, #snapshots)
  end)

  it("the marks alone, it says that the snapshot has none", function()
    drop { "policy", "slot" } -- and not `once`
    local out, err, status = cloud:run "rotate --volume web --keep-last 3"
    local made = cloud.sim.store.snapshots[1]
    assert.equal(1, status)
    assert.truthy(err:find(("rsnapshots rotate: unsupported: snapshot %s was made, but the service "
      .. "did not keep its metadata"):format(made.id), 1, true), err)
    assert.equal(("web: made %s, nothing removed, failed\n"):format(made.name),
      out:match "^[^\n]*\n")
  end)

  it("all metadata, and refuses the name, it says that, too", function()
    drop { "once", "policy", "slot" }
    cloud.sim:fault { method = "PUT", path = "/snapshots/", status = 403 }
    local _, err, status = cloud:run "rotate --volume web --keep-last 3"
    assert.equal(1, status)
    assert.matches("did not keep its metadata or change its name: no other run", err, 1, true)
  end)
end)
