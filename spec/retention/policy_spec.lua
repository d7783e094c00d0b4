-- Policies: what is taken, and what is refused with which words.
local retention = require "rsnapshots.retention"

local function refused(policy)
  local plan, err = retention.plan({}, policy)
  assert.is_nil(plan)
  assert.equal("invalid", err.kind)
  return err.message
end

local function refuses(policy, words)
  local message = refused(policy)
  assert.truthy(message:find(words, 1, true), message)
end

describe("a policy", function()
  it("takes every rule and every option", function()
    assert.truthy(retention.read_policy {
      name = "nightly", keep_last = 1, keep_hourly = 2, keep_daily = 3, keep_weekly = "unlimited",
      keep_monthly = -1, keep_yearly = 0, keep_within = "7d", keep_within_hourly = "12h",
      keep_within_daily = "1m", keep_within_weekly = "2m", keep_within_monthly = "1y",
      keep_within_yearly = "10y", keep_tag = { "hold", { "a", "b=c" } }, group_by = "project_id",
      utc_offset = "-05:30", now = 0, all = true, max_remove = "50%",
    })
  end)

  it("names what was meant by an unknown key", function()
    refuses({ keep_dayly = 7 }, "has no 'keep_dayly'; did you mean 'keep_daily'?")
    refuses({ keep_last = 1, utcoffset = 0 }, "did you mean 'utc_offset'?")
    refuses({ keep_last = 1, [1] = "x" }, "has no '1'")
    refuses({ keep_last = 1, zzzzzz = 0 }, "has no 'zzzzzz'")
  end)

  it("refuses counts that are none", function()
    for _, count in ipairs { -2, -100, 1.5, math.huge, -math.huge, 0 / 0, "7", "all", "" } do
      refuses({ keep_daily = count }, "keep_daily must be a whole number, or \"unlimited\" (-1)")
    end
  end)

  it("refuses durations that are none, and says why", function()
    for text, words in pairs {
      [""] = "it is empty", ["7"] = "not of the form 1y5m7d2h", ["d"] = "not of the form",
      ["-3d"] = "not of the form", ["1d-2h"] = "not of the form", [" 7d"] = "not of the form",
      ["7d "] = "not of the form", ["1.5d"] = "'.' is not a unit", ["2w"] = "write 14d",
      ["3s"] = "'s' is not a unit", ["1D"] = "'D' is not a unit", ["1d2d"] = "'d' occurs twice",
      ["9999999d"] = "too long", ["0x10d"] = "'x' is not a unit",
    } do
      refuses({ keep_within = text }, words)
      refuses({ keep_within_weekly = text }, "keep_within_weekly")
    end
  end)

  it("takes a duration's units in any order", function()
    local read = assert(retention.read_policy { keep_within = "2h7d5m1y" })
    assert.equal("1y5m7d2h", read.keep_within.text)
  end)

  it("is empty where nothing in it keeps anything", function()
    for _, policy in ipairs { {}, { keep_daily = 0 }, { keep_within = "0y0h" },
      { keep_daily = 0, keep_last = 0, keep_tag = {} }, { group_by = "none" } } do
      refuses(policy, "would keep nothing")
    end
    assert.truthy(retention.read_policy { keep_daily = 0, keep_last = 1 })
    assert.truthy(retention.read_policy { keep_tag = { {} } })
  end)

  it("takes offsets as seconds and as text, where there are places with such a clock", function()
    for text, seconds in pairs { ["+02:00"] = 7200, ["-05:30"] = -19800, ["+14:00"] = 50400,
      ["-12:00"] = -43200, ["+00:00"] = 0 } do
      assert.equal(seconds, retention.read_policy { keep_last = 1, utc_offset = text }.utc_offset)
    end
    for _, offset in ipairs { "+15:00", "+02:60", "02:00", "+2:00", "Europe/Berlin", "", "+0200",
      90000, -50401, 30, 0 / 0, math.huge } do
      refuses({ keep_last = 1, utc_offset = offset }, "utc_offset must be an offset such as +02:00")
    end
  end)

  it("takes tags as a text, a list of texts, and a list of lists", function()
    local function sets(value)
      local texts = {}
      for i, set in ipairs(retention.read_policy({ keep_tag = value }).keep_tag) do
        texts[i] = set.text
      end
      return texts
    end
    assert.same({ "[a b=c]" }, sets "a,b=c")
    assert.same({ "[a]", "[b]" }, sets { "a", "b" })
    assert.same({ "[a b]", "[]", "[c=]" }, sets { { "a", "b" }, {}, { "c=" } })
    assert.same({ "[]" }, sets "")
    for _, value in ipairs { "a,,b", "=x", { { "" } }, { "a", "=" }, "," } do
      refuses({ keep_tag = value }, "is not a tag: write KEY or KEY=VALUE")
    end
  end)

  it("does not lose a set behind a hole in a list", function()
    assert.error_matches(function() retention.plan({}, { keep_tag = { [2] = "x" } }) end,
      "keep_tag must be a list")
    assert.error_matches(function() retention.plan({}, { keep_tag = { { k = "x" } } }) end,
      "keep_tag%[1%] must be a list")
  end)

  it("refuses names that a service would not keep as they are", function()
    for _, name in ipairs { "", " a", "a ", "a\nb", ("x"):rep(101), "\255" } do
      refuses({ keep_last = 1, name = name }, "name cannot be used")
      assert.has_error(function() retention.mark(name) end)
    end
    assert.truthy(retention.read_policy { keep_last = 1, name = "Täglich um 2" })
  end)

  it("refuses groups, times and limits that are none", function()
    refuses({ keep_last = 1, group_by = "volume" }, "did you mean 'volume_id'?")
    refuses({ keep_last = 1, now = 0 / 0 }, "now must be a time")
    refuses({ keep_last = 1, now = 1e15 }, "now must be a time")
    for _, limit in ipairs { -1, 1.5, "50", "101%", "half", "-1%", 0 / 0 } do
      refuses({ keep_last = 1, max_remove = limit }, "max_remove must be a whole number, or")
    end
  end)

  it("raises for values of a wrong type", function()
    for name, value in pairs { keep_daily = true, keep_within = 7, keep_tag = 1, utc_offset = true,
      now = "today", all = "yes", name = 1, group_by = 1, max_remove = {} } do
      assert.error_matches(function() retention.plan({}, { keep_last = 1, [name] = value }) end,
        name)
    end
    assert.error_matches(function() retention.plan({}) end, "the policy must be a table")
    assert.error_matches(function() retention.plan({}, "daily") end, "the policy must be a table")
  end)

  it("is the same at another time", function()
    local read = assert(retention.read_policy { keep_last = 1, now = 5 })
    local later = retention.at(read, 6)
    assert.same({ 5, 6, 1 }, { read.now, later.now, later.keep_last })
    assert.equal(later, retention.read_policy(later))
  end)

  it("is read once: what was read is taken as it is", function()
    local read = assert(retention.read_policy { keep_last = 1 })
    assert.equal(read, retention.read_policy(read))
    assert.truthy(retention.plan({}, read))
  end)
end)
