-- Kind: a snapshot that another run is deleting, on another host or before it was killed, was told
-- as one that had changed, though it goes as the plan wants.
local served = require "spec.support.served_command"

describe("a delete that is under way already", function()
  local cloud, sim

  local function open(options)
    cloud = served.cloud(options)
    sim = cloud.sim
  end

  after_each(function()
    cloud:close()
  end)

  it("is waited for by a plan that is applied again", function()
    open { delete_seconds = 0.3 }
    cloud:nights(4)
    cloud:run "prune --keep-last 2 --plan-out plan.json"
    local handle, run = sim.handle, nil
    sim.handle = function(self, request)
      local reply, plan = handle(self, request)
      if request.method == "DELETE" then
        os.execute("kill -9 " .. run.pid)
        sim.handle = nil
      end
      return reply, plan
    end
    run = cloud:begin "prune --plan plan.json --yes -q"
    assert.equal(137, select(3, cloud:finish(run)))
    local out, err, status = cloud:run "prune --plan plan.json --yes"
    assert.same({ "", 0, "n3 n4" }, { err, status, cloud:good_names() }, out)
    assert.truthy(out:find("\n2 removed\n", 1, true), out)
  end)

  it("is waited for where two hosts prune at the same time", function()
    open { delete_seconds = 0.3 }
    cloud:nights(6)
    local hosts = {}
    for i = 1, 2 do
      hosts[i] = cloud:begin_on_host(i, "prune --keep-last 3 --yes -q")
    end
    for _, host in ipairs(hosts) do
      local out, err, status = cloud:finish(host)
      assert.same({ "", "", 0 }, { out, err, status })
    end
    assert.equal("n4 n5 n6", cloud:good_names())
  end)

  it("is no reason to overlook what else changed", function()
    open { delete_seconds = 60 }
    local ids = cloud:nights(4)
    cloud:run "prune --keep-last 2 --plan-out plan.json"
    local record = sim:find_snapshot(ids[1])
    record.status, record.name = "deleting", "precious"
    local _, err, status = cloud:run "prune --plan plan.json --yes -q --timeout 1"
    assert.truthy(err:find("changed since it was listed, and stays", 1, true), err)
    assert.is_true(status ~= 0)
  end)
end)
