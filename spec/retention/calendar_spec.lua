-- Dates by the calendar, against day-by-day counting.
local calendar = require "rsnapshots.retention.calendar"
local model = require "spec.support.retention_model"

local at = model.at

describe("the calendar", function()
  it("names periods", function()
    local time = at "2021-01-03T23:59:59"
    local names = {}
    for kind, name in pairs(calendar.period) do
      names[kind] = name(time, 0)
    end
    assert.same({ hourly = "2021-01-03T23", daily = "2021-01-03", weekly = "2020-W53",
      monthly = "2021-01", yearly = "2021" }, names)
    assert.equal("2021-01-04T00", calendar.period.hourly(time, 60))
    assert.equal("2021-W01", calendar.period.weekly(time, 60))
    assert.equal("2020-12-31T14", calendar.period.hourly(at "2021-01-01T00:30", -10 * 3600))
  end)

  it("names every day of 130 years in order", function()
    local date, before, wrong = nil, "", {}
    for day = -3653, 43830 do -- 1960 to 2089
      date = calendar.period.daily(day * 86400 + day % 86400, 0)
      if not (date > before and at(date) == day * 86400) then
        wrong[#wrong + 1] = date
      end
      before = date
    end
    assert.same({}, wrong)
    assert.equal("2090-01-01", date)
  end)

  it("subtracts years, months and days by the calendar, then hours", function()
    for _, row in ipairs {
      { "2026-03-31T12", "1m", "2026-03-03T12" }, { "2024-03-31T12", "1m", "2024-03-02T12" },
      { "2024-02-29T00", "1y", "2023-03-01T00" }, { "2024-02-29T00", "4y", "2020-02-29T00" },
      { "2026-01-15T00", "13m", "2024-12-15T00" }, { "2026-03-01T01", "2h", "2026-02-28T23" },
      { "2026-03-01T00", "1d", "2026-02-28T00" }, { "2026-05-31T00", "3m1d", "2026-03-02T00" },
      { "2026-01-01T00", "1y1m1d1h", "2024-11-29T23" }, { "2026-01-31T00", "11m", "2025-03-03T00" },
    } do
      local duration = assert(calendar.duration(row[2]))
      assert.equal(at(row[3]), calendar.before(at(row[1]), duration, 0), row[1] .. " - " .. row[2])
    end
  end)

  it("reads dates and times as people write them", function()
    local noon = at "2026-03-01T12"
    for _, text in ipairs { "2026-03-01T12:00:00Z", "2026-03-01T12:00:00", "2026-03-01 12:00",
      "2026-03-01T12:00:00.123456", "2026-03-01T14:00+02:00", "2026-03-01 06:30:00-05:30" } do
      assert.equal(noon, calendar.time(text, 3600), text)
    end
    assert.equal(at "2026-02-28T23", calendar.time("2026-03-01", 3600))
    for _, text in ipairs { "2026-03-01T02:00:00+15:00", "2026-03-01T02:00:00+0200",
      "", "2026", "2026-3-1", "2026-13-01", "2026-02-29", "2026-00-01",
      "2026-01-00", "2026-03-01T", "2026-03-01T25:00", "2026-03-01T12:60", "2026-03-01T12",
      "2026-03-01T12:00:00+25:00", "2026-03-01T12:00:00 CET", "2026-03-01x", "soon" } do
      assert.is_nil(calendar.time(text, 0), text)
    end
  end)

  it("says how late something is in the largest unit", function()
    for seconds, text in pairs { [0] = "just", [0.5] = "just", [1] = "1 second",
      [59] = "59 seconds",
      [60] = "1 minute", [7199] = "1 hour", [86400] = "1 day", [3 * 86400 + 5] = "3 days" } do
      assert.equal(text, calendar.amount(seconds))
    end
  end)

  it("takes only what periods can be named for as a time", function()
    for _, value in ipairs { 0 / 0, math.huge, -math.huge, 1e18, -1e18, "0", true } do
      assert.is_false(calendar.is_time(value))
    end
    assert.is_true(calendar.is_time(0) and calendar.is_time(-1e9) and calendar.is_time(1e11))
    assert.equal("9999-12-31", calendar.period.daily(at "9999-12-30T13", 14 * 3600))
  end)
end)
