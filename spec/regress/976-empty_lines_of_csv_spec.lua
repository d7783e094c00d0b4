-- Kind: a row that readers of CSV do not see. With --quote minimal, a row of one empty value was an
-- empty line, which is no row.
local csv = require "rsnapshots.cli.output.csv"

describe("a row of CSV", function()
  it("is never an empty line where quotes may be used", function()
    for _, when in ipairs { "all", "minimal", "nonnumeric" } do
      assert.equal('""\n', csv.line({ { "" } }, when))
    end
    assert.equal(",\n", csv.line({ { "" }, { "" } }, "minimal"))
    assert.equal("x\n", csv.line({ { "x" } }, "minimal"))
  end)
end)
