-- Kind: one failure after the other, each on what the last one had shown to be broken. After a
-- firewall's fail-over, or while a machine was suspended, all kept connections have died, and none
-- says so. Each attempt waited on another of them, and the call failed, though a new connection
-- would have served it.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local KEPT = 4

describe("kept connections that are all dead", function()
  it("cost a call one attempt", function()
    local server = raw_server.new(function()
      return { bytes = raw_server.answer(200, '{"snapshot": {"id": "a"}}'), ending = "keep" }
    end)
    local client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", api_version = 2,
      auth_type = "none", wait = server.wait, attempt_timeout = 1, retries = 1 })
    finally(function()
      client:close()
      server:close()
    end)
    local group = client:group { concurrency = KEPT }
    for _ = 1, KEPT do
      group:spawn(function() return assert(client:get "a") end)
    end
    for task in group:results() do
      assert.is_true(task.ok, tostring(task.error))
    end
    assert.equal(KEPT, server.accepted)
    for conn in pairs(server.connections) do
      conn.hangs, conn.plan = true, {} -- from now on it answers nothing
    end
    for _ = 1, 2 do
      assert.equal("a", assert(client:get "a").id)
      assert.equal(KEPT + 1, server.accepted)
    end
  end)
end)
