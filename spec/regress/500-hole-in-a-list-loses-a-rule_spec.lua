-- Kind: a list with a hole is read up to the hole, and what is behind it is lost without a word.
-- Of a policy that is a rule of what to keep.
local retention = require "rsnapshots.retention"

describe("a list with a hole in a policy", function()
  it("is refused and never shortened", function()
    for _, tags in ipairs { { nil, "x" }, { nil, { "x" } }, { [3] = "x" }, { "x", nil, "y" } } do
      assert.error_matches(function()
        retention.read_policy { keep_last = 1, keep_tag = tags }
      end, "keep_tag must be a list")
    end
  end)
end)
