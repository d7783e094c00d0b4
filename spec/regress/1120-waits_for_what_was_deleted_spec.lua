-- Kind: wait_all did not take the results of delete_all, nor its own, although a recipe gave them
-- to it: "item 1 must be a string, not a boolean", as soon as anything had been deleted.
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"

describe("the results of deletes", function()
  local sim, client

  before_each(function()
    sim = assert(simulator.new())
    client = rsnapshots.assert(sim:connect())
    sim:add_snapshots(3)
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function gone(list)
    local results, failures = client:wait_all(list, { deleted = true })
    return #results, failures
  end

  it("of a listing are waited for", function()
    assert.same({ 3, 0 }, { gone((client:delete_all(client:list(), { all = true }))) })
    assert.equal(0, client:count())
  end)

  it("of ids are waited for, and again", function()
    local ids = {}
    for snapshot in client:list() do
      ids[#ids + 1] = snapshot.id
    end
    local first = client:wait_all(client:delete_all(ids), { deleted = true })
    assert.same({ 3, 0 }, { gone(first) })
  end)

  it("that failed stay failed, with their errors", function()
    sim:fault { method = "DELETE", status = 403, times = 1 }
    local deleted = client:delete_all(client:list(), { all = true })
    local results, failures = client:wait_all(deleted, { deleted = true })
    assert.equal(1, failures)
    for i, result in ipairs(results) do
      assert.equal(deleted[i].ok, result.ok)
      assert.equal(deleted[i].error, result.error)
    end
  end)

  it("of a wait for completion are waited for, too", function()
    local complete = client:wait_all(client:list():all())
    client:delete_all(client:list(), { all = true })
    assert.same({ 3, 0 }, { gone(complete) })
  end)
end)
