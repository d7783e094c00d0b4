-- A listing's deadline of math.huge overflowed, and each of its requests timed out after a
-- millisecond: a wait_all without a limit never ended, and neither did the search of a create with
-- `once` where `timeout` is math.huge.
local connect = require "spec.support.connect"

describe("without a limit", function()
  local client, sim

  local function start(timeout)
    local requests = 0
    client, sim = connect.new({ timeout = timeout, on_request = function()
      requests = requests + 1
      assert(requests < 50, "it goes on forever")
    end }, { latency = 0.5 })
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  for name, timeout in pairs { ["-1"] = -1, ["math.huge"] = math.huge, ["1e300"] = 1e300,
    ["2^63"] = 2 ^ 63, ["a million years"] = 3e13 } do
    it("wait_all ends, with a timeout of " .. name, function()
      start()
      local ids = sim:add_snapshots(5, { status = "creating" })
      for i, id in ipairs(ids) do
        sim:find_snapshot(id).status = i < 5 and "available" or "error"
      end
      local results, failures = client:wait_all(ids, { timeout = timeout })
      assert.equal(1, failures)
      assert.equal("failed", results[5].error.kind)
    end)
  end

  it("a create with once whose answer was lost is found", function()
    start(math.huge)
    sim:fault { method = "POST", path = "/snapshots", cut = "after", times = 1 }
    assert(client:create { volume_id = sim.volume_id, name = "a", once = true })
    assert.equal(1, client:count())
  end)
end)
