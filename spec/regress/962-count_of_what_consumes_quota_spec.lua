-- Kind: a count by a service that ignores the filter consumes_quota was taken. The summary beside
-- it does not say which snapshots consume quota.
local connect = require "spec.support.connect"

describe("a count of what consumes quota", function()
  local client, sim

  local function open(quirks)
    client, sim = connect.new({}, { quirks = quirks })
    sim:add_snapshots(3)
    for _, id in ipairs(sim:add_snapshots(2)) do
      sim:find_snapshot(id).consumes_quota = false
    end
    sim:clear_requests()
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  it("is not taken from a service that counts the others, too", function()
    open { "filters_ignored" }
    assert.equal(3, client:count { consumes_quota = true })
    assert.equal(2, client:count { consumes_quota = false })
  end)

  it("is one request where the service heeds the filter", function()
    open {}
    assert.equal(3, client:count { consumes_quota = true })
    assert.equal(2, client:count { consumes_quota = false })
    assert.equal(2, #sim.requests)
  end)
end)
