-- Kind: a service lists a snapshot and does not take it for a marker, now or ever. Where the rows
-- after the marker before it ended with it again, the listing asked for the same two pages without
-- end, and past every deadline.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"

local MOST = 100 -- requests

describe("a listing some of whose markers are refused", function()
  local function list(page_size, status, bad)
    local client, sim = connect.new({ timeout = 20 })
    sim:add_snapshots(10)
    local refused, asked = {}, 0
    for i, snapshot in ipairs(client:list():all()) do
      refused[snapshot.id] = bad[i]
    end
    sim.quirks[1] = { before = function(_, request)
      asked = asked + (request.asks.operation == "list" and 1 or 0)
      assert(asked <= MOST, "it does not end")
      return refused[request.params:get "marker"] and reply.fault(status, "marker not found") or nil
    end }
    local all, err = client:list({ page_size = page_size }):all()
    client:close()
    sim:close()
    return all, err
  end

  for _, status in ipairs { 404, 400 } do
    it(("by %d is whole"):format(status), function()
      assert.equal(10, #assert(list(1, status, { [6] = true })))
      assert.equal(10, #assert(list(1, status, { true })))
      assert.equal(10, #assert(list(2, status, { [5] = true, [6] = true })))
      assert.equal(10, #assert(list(3, status, { [4] = true, [5] = true, [6] = true })))
      assert.equal(10, #assert(list(2, status, { [2] = true, [3] = true, [4] = true })))
    end)
  end
end)
