-- Kind: a wait whose looks all fail said only that its time was up. What the looks met, a gateway's
-- 404 or a refused connection, was in `err.cause`, which the command does not print.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"
local served = require "spec.support.served_command"

describe("a wait that ends with a failing look", function()
  it("says what it met", function()
    local client, sim = connect.new()
    local id = sim:add_snapshots(1)[1]
    sim.quirks[1] = { before = function(_, request)
      return request.asks.operation == "get" and reply.new(404) or nil
    end }
    for _, verb in ipairs { "wait_until_complete", "wait_until_deleted" } do
      local none, err = client[verb](client, id, 20)
      assert.is_nil(none)
      assert.equal("timeout", err.kind)
      assert.equal(("the wait for snapshot %s ended after 20 seconds; its last look failed: the "
        .. "service answered with HTTP status 404 and no explanation"):format(id), err.message)
      assert.equal(404, err.cause.status)
    end
    local results = client:wait_all({ id, id .. "x" }, { timeout = 20, deleted = true })
    assert.matches("its last look failed: the service answered with HTTP status 404",
      results[2].error.message, 1, true)
    client:close()
    sim:close()
  end)

  it("says what it saw before, too, and nothing of a failure that has passed", function()
    local client, sim = connect.new()
    local id = sim:add_snapshots({ { name = "n", volume_id = sim.volume_id,
      status = "creating" } })[1]
    local looks = 0
    sim.quirks[1] = { before = function(_, request)
      looks = looks + (request.asks.operation == "get" and 1 or 0)
      return looks == 2 and reply.new(503, "busy") or nil
    end }
    local _, err = client:wait_until_complete(id, { timeout = 1.2, interval = 1 })
    assert.matches("ended after 1.2 seconds; last seen CREATING$", err.message)
    looks = 0
    sim.quirks[1].before = function(_, request)
      looks = looks + (request.asks.operation == "get" and 1 or 0)
      return looks >= 2 and reply.new(503, "busy") or nil
    end
    _, err = client:wait_until_complete(id, 20)
    assert.matches("ended after 20 seconds; last seen CREATING; its last look failed: busy$",
      err.message)
    client:close()
    sim:close()
  end)

  it("says so in the command", function()
    local cloud = served.cloud()
    cloud:nights(1)
    cloud.sim.quirks[1] = { before = function(_, request)
      return request.asks.operation == "get" and reply.new(503, "the gateway is full") or nil
    end }
    local _, err, status = cloud:run "wait n1 --timeout 1"
    assert.equal(6, status)
    assert.matches("ended after 1 seconds; its last look failed: the gateway is full", err, 1, true)
    cloud:close()
  end)
end)
