-- Kind: `list --status eror` in a script printed nothing, with status 0, as if no snapshot had
-- failed. Services have statuses of their own, so none is refused.
local served = require "spec.support.served_command"

describe("a status", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    cloud.sim:add_snapshots(1, { name = "s" })
  end)

  after_each(function() cloud:close() end)

  local function said(arguments)
    local out, err, status = cloud:run(arguments)
    assert.same({ "", 0 }, { out, status })
    return err
  end

  it("that is probably mistyped is told if nothing has it", function()
    assert.equal("rsnapshots list: there are no such snapshots; did you mean --status error?\n",
      said "list --status eror")
    assert.equal("rsnapshots timeline: there are no such snapshots; did you mean --status "
      .. "available?\n", said "timeline --status Avialable")
    assert.equal("", said "list --status eror --quiet")
  end)

  it("that is known, or like none, is not", function()
    for _, status in ipairs { "error", "ERROR_DELETING", "backing-up", "archived" } do
      assert.equal("", said("list --status " .. status))
    end
  end)

  it("of the service's own is found", function()
    cloud.sim.store.snapshots[1].status = "errors"
    assert.same({ "s\n", "", 0 }, { cloud:run "list --status errors -f value -c name" })
  end)
end)
