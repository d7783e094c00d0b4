-- Kind: a signal comes while snapshots are removed, and the report is wrong about the rest: rotate
-- called volumes done and counted what it had left as kept, and prune did not count what other
-- policies and portions still had to remove.
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

describe("a signal while snapshots are removed", function()
  local cloud

  before_each(function()
    cloud = served.cloud()
    for name, policy in pairs { web = "a", db = "b" } do
      cloud.sim:add_volume { name = name }
      cloud.sim:add_snapshots(5, { volume_id = name, prefix = name, seconds = 86400, age = 86400,
        metadata = retention.mark(policy) })
    end
  end)

  after_each(function()
    cloud:close()
  end)

  -- Runs a command, and sends it SIGINT at its second delete, which is answered once it has it.
  local function interrupted(arguments)
    local handle, deletes, run = cloud.sim.handle, 0, nil
    cloud.sim.handle = function(self, request)
      deletes = deletes + (request.method == "DELETE" and 1 or 0)
      if request.method == "DELETE" and deletes == 2 then
        os.execute("kill -INT " .. run.pid)
      end
      return handle(self, request)
    end
    run = cloud:begin(arguments)
    return cloud:finish(run)
  end

  it("makes rotate say what is left, and call nothing done", function()
    local out, err, status = interrupted("rotate --volume web --keep-last 1 --policy-name a "
      .. "--max-remove unlimited")
    assert.equal(130, status)
    local kept, removed, left = out:match "web: made %S+, (%d+) kept, (%d+) removed, (%d+) left\n"
    assert.same({ "2", "4" }, { removed, kept }, out .. err)
    assert.equal("3", left)
    assert.truthy(out:find("0 of 1 volume done, 2 snapshots removed\n", 1, true), out)
    assert.truthy(err:find("failed: stopped before it was done\n", 1, true), err)
    assert.is_nil(err:find("done: web", 1, true), err)
  end)

  it("makes prune count all that is left, of other policies, too", function()
    cloud:write("policy.lua", [[return {
      { name = "a", volumes = { "web" }, keep_last = 1, max_remove = "unlimited" },
      { name = "b", volumes = { "db" }, keep_last = 1, max_remove = "unlimited" } }]])
    local out, _, status = interrupted "prune --policy policy.lua --yes"
    assert.same({ 130, "2 removed, 6 left" }, { status, out:match "([^\n]*)\n$" })
  end)

  it("ends the wait for slow deletes, and says how many there are", function()
    cloud.sim.store.delete_seconds = 3600
    local out, err, status = interrupted("rotate --volume web --keep-last 3 --policy-name a "
      .. "--max-remove unlimited")
    assert.equal(130, status)
    assert.matches("web: made %S+, 4 kept, 0 removed, 1 left, 2 being deleted\n", out)
    assert.truthy(err:find("failed: stopped before it was done\n", 1, true), err)
  end)

  it("makes prune say so also with --quiet", function()
    local out, err, status = interrupted("prune --volume web --keep-last 1 --yes --quiet "
      .. "--max-remove unlimited")
    assert.same({ "", "rsnapshots prune: stopped: 2 removed, 2 left\n", 130 }, { out, err, status })
  end)
end)
