-- Kind: a time that is not a number (NaN) took the filter away, and everything was listed.
local connect = require "spec.support.connect"

describe("a time that is not a number", function()
  local client, sim

  setup(function()
    client, sim = connect.new()
    sim:add_snapshots(3)
  end)

  teardown(function()
    client:close()
    sim:close()
  end)

  local CALLS = {
    list = function(filters) return client:list(filters) end,
    count = function(filters) return client:count(filters) end,
  }

  for verb, call in pairs(CALLS) do
    for _, name in ipairs { "created_after", "created_before" } do
      it("is refused as " .. name .. " of " .. verb, function()
        assert.error_matches(function() call { [name] = 0 / 0 } end,
          name .. " must be a time")
      end)
    end
  end
end)
