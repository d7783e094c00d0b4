-- Kind: %d with a number that is not whole raises from Lua 5.3 on. Services' times have fractions.
local report = require "rsnapshots.cli.freshness.report"
local verdict = require "rsnapshots.cli.freshness.verdict"

describe("a time with a fraction", function()
  it("is told in whole seconds", function()
    local limits = { now = 10000, warning = 5000, critical = 8000 }
    local one = verdict.of({ id = "v" }, { { id = "s", status = "AVAILABLE",
      created_time = 6399.75 } }, limits)
    local sum = verdict.sum({ one }, limits)
    assert.truthy(report.nagios(sum):find("'v'=3600s;5000;8000;0", 1, true))
    assert.truthy(report.prometheus(sum):find('_seconds{volume_id="v",volume="v"} 6400\n', 1, true))
    assert.equal(3600, report.document(sum).volumes[1].age)
  end)
end)
