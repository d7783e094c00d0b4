-- A simulator moves the clocks of the clients that share its time. It holds them in a weak table,
-- from which a collected client goes only some time after its finalizer has run: meanwhile
-- `sim:advance` raised "the client is closed".

local simulator = require "rsnapshots.simulator"

describe("a clock that is shared with a client that was collected", function()
  it("is moved on", function()
    local sim = assert(simulator.new())
    for _ = 1, 20 do
      assert(sim:connect())
      collectgarbage "step"
      collectgarbage() -- finalizes it, and leaves it in the table
      sim:advance(1)
    end
    sim:close()
  end)
end)
