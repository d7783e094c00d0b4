-- docs/services.md names every quirk that the simulator can play, and says how many there are; the
-- specs that it names are there.
local read = require("spec.support.process").read
local simulator = require "rsnapshots.simulator"

describe("the page about what services do", function()
  local page = read "docs/services.md"

  it("says how many quirks there are", function()
    assert.equal(#simulator.quirks(), tonumber(page:match "can play (%d+) of these"))
  end)

  it("names each of them, and no other", function()
    local known, named = {}, {}
    for _, pair in ipairs(simulator.quirks()) do
      known[pair[1]] = true
    end
    for line in page:gmatch "[^\n]+" do
      local column = line:match "^|[^|]*|[^|]*|([^|]*)|[^|]*|$"
      for name in (column or ""):gmatch "`([%l%d_]+)`" do
        assert.is_true(known[name], name)
        named[name] = true
      end
    end
    for name in pairs(known) do
      assert.is_true(named[name], name)
    end
  end)

  it("has a spec for every kind", function()
    local rows, count = 0, 0
    for line in page:gmatch "[^\n]+" do
      local last = line:match "^|.*|([^|]*)|$"
      if last and not last:find "^%-*$" and not last:find "^ spec $" then
        rows = rows + 1
        local found = false
        for path in last:gmatch "`([%w_/.-]+)`" do
          read(path)
          found, count = true, count + 1
        end
        assert.is_true(found, line)
      end
    end
    assert.is_true(rows > 50 and count >= rows)
  end)
end)
