-- Kind: a time is taken by one part and not understood by another. `set --hold` took an offset as
-- `date +%z` writes it, which retention cannot read; and a hold that nobody can read never ends.
local calendar = require "rsnapshots.retention.calendar"
local core = require "rsnapshots.core"
local kinds = require "rsnapshots.cli.arguments.kinds"
local set = require "rsnapshots.cli.set"

local hold
for _, option in ipairs(set.options) do
  hold = option[1] == "--hold" and option.kind or hold
end

local DAYS = { "2099-01-31", "2096-02-29", "2098-12-31" }
local TIMES = { "", "T08:00", " 08:00", "T23:59:59", "T08:00:00.5", "T23:59:60", "T08", "T24:00" }
local ZONES = { "", "Z", "+01:00", "-0130", "+0545", "+14:00", "-14:00", "+15:00", "+2359", "+1",
  "+01:00Z", "+01 00" }

describe("the end of a hold", function()
  it("is one that retention reads as the same time", function()
    local taken = 0
    for _, day in ipairs(DAYS) do
      for _, time in ipairs(TIMES) do
        for _, zone in ipairs(ZONES) do
          local word = day .. time .. zone
          if hold(word) then
            taken = taken + 1
            assert.equal(math.floor(core.timestamp(kinds.time(word))), calendar.time(word, 0), word)
          end
        end
      end
    end
    assert.equal(3 * (1 + 5 * 5), taken)
  end)

  it("is refused where retention could not read it", function()
    for _, zone in ipairs { "+15:00", "+0100" } do
      local _, problem = hold("2099-01-31T08:00" .. zone)
      assert.equal("must be a day such as 2026-11-23, or a time such as 2026-11-23T08:00+01:00 "
        .. "(UTC where it has no offset), not '2099-01-31T08:00" .. zone .. "' (or forever)",
        problem)
    end
    local _, problem = hold "2001-01-31T08:00+01:00"
    assert.equal("2001-01-31T08:00+01:00 is past: nothing would be held", problem)
  end)
end)
