-- Kind: a name that is empty instead of missing. rotate said "made " and no name.
local served = require "spec.support.served_command"

describe("rotate where the service leaves names empty", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
  end)

  after_each(function()
    cloud:close()
  end)

  it("calls the snapshot by its id", function()
    local handle = cloud.sim.handle
    cloud.sim.handle = function(self, request)
      local reply, plan = handle(self, request)
      for _, record in ipairs(self.store.snapshots) do
        record.name = ""
      end
      reply.body = reply.body and reply.body:gsub('("name": ?)"rotate[^"]*"', '%1""')
      return reply, plan
    end
    local out, err, status = cloud:run "rotate --volume web --keep-last 1"
    assert.same({ 0, "" }, { status, err })
    local id = cloud.sim.store.snapshots[1].id
    assert.equal(("web: made %s, 1 kept, 0 removed\n"):format(id), out:match "^[^\n]*\n")
  end)
end)
