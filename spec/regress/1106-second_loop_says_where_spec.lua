-- Kind: an error that points into this library. Where `for` calls a Lua function (5.1 and LuaJIT),
-- a second `for` over the same listing named a line of rsnapshots instead of the caller's.
local simulated = require "spec.support.connect"

describe("a second loop over a listing", function()
  it("is an error that names the line of the loop", function()
    local client, sim = simulated.new {}
    finally(function()
      client:close()
      sim:close()
    end)
    local pager = client:list()
    local function go_through()
      for _ in pager do -- luacheck: ignore 542
      end
    end
    go_through()
    local _, message = pcall(go_through)
    assert.matches("^[^:]*1106%-[^:]*:14: rsnapshots: .*list again", message)
  end)
end)
