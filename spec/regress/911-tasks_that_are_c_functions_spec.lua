-- Kind: a function that is not written in Lua. Lua 5.1 makes no coroutine of one, and the group
-- that it was a task of raised in the middle of the others, and lost it.
local connect = require "spec.support.connect"

describe("a task that is a C function", function()
  it("runs as others do", function()
    local client, sim = connect.new()
    local group = client:group()
    group:spawn(os.time)
    group:spawn_serial("key", os.clock)
    group:spawn(function() return "Lua" end)
    local kinds = {}
    for task in group:results() do
      assert.is_true(task.ok)
      kinds[task.index] = type(task.value)
    end
    assert.same({ "number", "number", "string" }, kinds)
    client:close()
    sim:close()
  end)
end)
