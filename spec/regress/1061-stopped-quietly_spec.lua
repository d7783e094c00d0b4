-- Kind: a signal left things undone, and with --quiet nobody was told.
local served = require "spec.support.served_command"

describe("a signal with --quiet", function()
  local cloud

  before_each(function() cloud = served.cloud() end)
  after_each(function() cloud:close() end)

  it("hides what was done, and not what was not", function()
    local ids = cloud.sim:add_snapshots(3)
    local handle, run = cloud.sim.handle, nil
    cloud.sim.handle = function(self, request)
      if request.method == "DELETE" and run.pid then
        os.execute("kill -INT " .. run.pid)
      end
      return handle(self, request)
    end
    run = cloud:begin("delete --quiet " .. table.concat(ids, " "))
    local out, err, status = cloud:finish(run)
    assert.same({ "", 130 }, { out, status })
    assert.equal(("rsnapshots delete: not done: %s, %s\n"):format(ids[2], ids[3]), err)
  end)
end)
