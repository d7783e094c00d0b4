-- Kind: a gateway serves listings and creates, but no single snapshot: its 404 is about the URL.
-- rotate took the slot's snapshot for one that is gone.
local answer = require "rsnapshots.simulator.http.answer"
local served = require "spec.support.served_command"

describe("rotate where nobody serves a single snapshot", function()
  it("makes no second one", function()
    local cloud = served.cloud()
    cloud.sim:add_volume { name = "web" }
    cloud.sim.quirks[1] = { before = function(_, request)
      return request.asks.resource == "snapshots" and request.asks.operation == "get"
        and answer.new(404, '{"message": "The resource could not be found.<br /><br />\\n\\n\\n", '
          .. '"code": "404 Not Found", "title": "Not Found"}') or nil
    end }
    for _ = 1, 2 do
      local _, err, status = cloud:run "rotate --volume web --keep-last 5"
      assert.equal(5, status)
      assert.matches("not_found", err)
      assert.equal(1, #cloud.sim.store.snapshots)
    end
    cloud:close()
  end)
end)
