-- wait_all takes results as create_all gives them. One with neither a value nor an error, as
-- retention.apply gives for what it left, ended in an error of Lua within the library.
local connect = require "spec.support.connect"

describe("wait_all of a result without a value and an error", function()
  for what, result in pairs {
    ["that is not ok"] = { index = 1, ok = false },
    ["that is ok"] = { index = 1, ok = true },
  } do
    it(what .. " says which item is missing", function()
      local client, sim = connect.new()
      local id = sim:add_snapshots(1)[1]
      assert.error_matches(function() client:wait_all { id, result } end,
        "wait_all: item 2 must be a string, not missing")
      client:close()
      sim:close()
    end)
  end
end)
