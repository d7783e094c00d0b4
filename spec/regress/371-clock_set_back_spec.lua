-- Kind: a deadline on the host's clock, which never comes when the clock is set back.
local served = require "spec.support.served_command"

describe("a rotate whose host's clock is set back by two days", function()
  it("waits no longer for a volume that is at something else", function()
    local cloud = served.cloud()
    finally(function() cloud:close() end)
    cloud.sim:add_volume { name = "web", status = "migrating" }
    cloud.environment = cloud.environment .. [[
export LUA_INIT='local time, calls = os.time, 0
os.time = function(fields)
  calls = calls + 1
  return fields and time(fields) or time() - (calls > 3 and 172800 or 0)
end'
]]
    local _, err, status = cloud:run "rotate --volume web --keep-last 1 --timeout 0.5"
    assert.equal(1, status)
    assert.truthy(err:find("(the volume is migrating)", 1, true), err)
  end)
end)
