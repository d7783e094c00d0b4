-- Kind: a delete that met a conflict is sent again. If what was in the way has removed the snapshot
-- meanwhile, there is nothing left to delete, and that was the error `not_found`.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"

describe("a delete that met a conflict", function()
  local client, sim, id, statuses

  before_each(function()
    client, sim = connect.new()
    id = sim:add_snapshots(1)[1]
    statuses = {}
    sim.quirks[1] = { before = function(_, request)
      local status = request.method == "DELETE" and table.remove(statuses, 1)
      return status and reply.new(status, ('{"%s": {"code": %d, "message": "no"}}'):format(
        status == 404 and "itemNotFound" or "conflictingRequest", status)) or nil
    end }
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  it("is done if nothing is left then", function()
    statuses = { 409, 409, 404 }
    assert.is_true(client:delete(id))
    assert.same({}, statuses)
  end)

  it("finds nothing if there was nothing", function()
    statuses = { 404 }
    local ok, err = client:delete(id)
    assert.is_nil(ok)
    assert.equal("not_found", err.kind)
  end)
end)
