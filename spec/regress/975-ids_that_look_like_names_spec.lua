-- Kind: an id of another form than Cinder's, "snap-1" say, was only looked for among the names, and
-- "not found" where the service has it.
local served = require "spec.support.served_command"

describe("an id that looks like a name", function()
  local cloud, sim

  before_each(function()
    cloud = served.cloud()
    sim = cloud.sim
    sim:add_volume { id = "vol-1", name = "web" }
    sim:add_snapshots { { id = "snap-1", volume_id = "vol-1", name = "a" },
      { volume_id = "vol-1", name = "b" } }
  end)

  after_each(function()
    cloud:close()
  end)

  it("is taken where a snapshot or a volume is meant", function()
    assert.same({ "a\n", "", 0 }, { cloud:run "show snap-1 -f value -c name" })
    assert.same({ "a\nb\n", "", 0 },
      { cloud:run "list --volume vol-1 -f value -c name --sort name" })
    assert.same({ "", "", 0 }, { cloud:run "delete snap-1 --wait" })
    assert.is_nil(sim:find_snapshot "snap-1")
  end)

  it("gives way to a name", function()
    local other = sim:add_snapshots { { volume_id = "vol-1", name = "snap-1" } }
    assert.equal(other[1] .. "\n", (cloud:run "show snap-1 -f value -c id"))
  end)

  it("is no word of the service's paths", function()
    for _, word in ipairs { "detail", "nope", "..", "a/b", "a b", "-x" } do
      local out, err, status = cloud:run(("show -- '%s'"):format(word))
      assert.same({ "", 5 }, { out, status }, err)
      assert.truthy(err:find(("there is no snapshot with the name or id '%s'"):format(word), 1,
        true), err)
    end
  end)
end)
