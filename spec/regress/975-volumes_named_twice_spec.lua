-- Kind: what is named twice is meant once, by rotate, prune and delete; create made two snapshots
-- of a volume that was named twice, or by its name and its id.
local served = require "spec.support.served_command"

describe("create", function()
  it("makes one snapshot of a volume that is named twice", function()
    local cloud = served.cloud()
    local web = cloud.sim:add_volume { name = "web" }
    local out, err, status = cloud:run(("create x --volume web --volume %s --volume web "
      .. "--volume volume --wait -f value -c name"):format(web))
    assert.same({ "x\nx\n", "", 0 }, { out, err, status })
    assert.equal(2, #cloud.sim.store.snapshots)
    out, err, status = cloud:run "create y --volume nope --volume no --volume web -f value -c name"
    assert.same({ "y\n", 3 }, { out, status })
    assert.matches("2 of 3 failed\n$", err)
    cloud:close()
  end)
end)
