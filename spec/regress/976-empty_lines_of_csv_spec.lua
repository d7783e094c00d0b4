-- Kind: a row that readers of CSV do not see. With --quote minimal, a row of one empty value was an
-- empty line, which is no row.
local csv = require "rsnapshots.cli.output.csv"
local process = require "spec.support.process"
local served = require "spec.support.served_command"

describe("a row of CSV", function()
  it("is never an empty line where quotes may be used", function()
    for _, when in ipairs { "all", "minimal", "nonnumeric" } do
      assert.equal('""\n', csv.line({ { "" } }, when))
    end
    assert.equal(",\n", csv.line({ { "" }, { "" } }, "minimal"))
    assert.equal("x\n", csv.line({ { "x" } }, "minimal"))
  end)
end)

-- The same kind: an empty list in a plan's file was an object.
describe("a plan's file", function()
  it("has lists where there is nothing, too", function()
    local cloud = served.cloud()
    assert.equal(0, select(3, cloud:run "prune --keep-last 1 --plan-out none.json"))
    assert.matches('"groups": %[%]', process.read(cloud.folder .. "/none.json"))
    cloud:nights(1)
    assert.equal(0, select(3, cloud:run "prune --keep-last 1 --plan-out one.json"))
    assert.matches('"remove": %[%]', process.read(cloud.folder .. "/one.json"))
    assert.equal(0, select(3, cloud:run "prune --plan one.json --yes"))
    cloud:close()
  end)
end)
