--- How old the newest good snapshots are, and how monitoring is told.
local age = require "rsnapshots.cli.freshness.age"
local model = require "spec.support.retention_model"
local report = require "rsnapshots.cli.freshness.report"
local retention = require "rsnapshots.retention"
local verdict = require "rsnapshots.cli.freshness.verdict"

local NOW = model.at "2026-11-25T12"
local LIMITS = { warning = 26 * 3600, critical = 50 * 3600, now = NOW }

local function snapshot(hours, fields)
  local whole = { id = "s" .. hours, name = "n" .. hours, status = "AVAILABLE",
    created_at = "as received", created_time = NOW - hours * 3600,
    metadata = retention.mark "nightly" }
  for name, value in pairs(fields or {}) do
    whole[name] = value
  end
  return whole
end

local function limits(more)
  local all = { policy = more }
  for name, value in pairs(LIMITS) do
    all[name] = value
  end
  return all
end

local function judged(snapshots, policy)
  return verdict.of({ id = "v-1", name = "web" }, snapshots, limits(policy))
end

describe("an age", function()
  it("is read and written as people do", function()
    for word, seconds in pairs { ["26h"] = 93600, ["2d"] = 172800, ["1d12h"] = 129600,
      ["90min"] = 5400, ["45s"] = 45 } do
      assert.equal(seconds, age.read(word))
    end
    for _, word in ipairs { "", "26", "h", "-1h", "1.5h", "1h1h", "1w", "1m", "0h", "1h ", "1H" } do
      local none, problem = age.read(word)
      assert.is_nil(none)
      assert.truthy(problem:find("such as 26h", 1, true))
    end
    for seconds, text in pairs { [0] = "0s", [59.9] = "59s", [60] = "1min", [90] = "1min30s",
      [3600] = "1h", [3660] = "1h1min", [86400] = "1d", [93600] = "1d2h", [86460] = "1d",
      [-5] = "0s" } do
      assert.equal(text, age.text(seconds))
    end
  end)
end)

describe("a volume", function()
  it("is as well as its newest good snapshot is young", function()
    for hours, level in pairs { [0] = "ok", [26] = "ok", [26.01] = "warning", [50] = "warning",
      [50.01] = "critical" } do
      local one = judged { snapshot(hours), snapshot(100) }
      assert.same({ level, hours * 3600, 2 }, { one.level, one.age, one.good })
    end
  end)

  it("without a good snapshot is critical", function()
    for _, list in ipairs { {}, { snapshot(1, { status = "ERROR" }) },
      { snapshot(1, { status = "CREATING" }) }, { snapshot(-1) },
      { { id = "x", status = "AVAILABLE", metadata = {} } } } do
      local one = judged(list)
      assert.equal("critical", one.level)
      assert.is_nil(one.age)
      assert.truthy(one.text:find("there is no good snapshot", 1, true))
    end
  end)

  it("is not well because of failed ones, and says that they failed", function()
    local one = judged { snapshot(60), snapshot(1, { status = "ERROR" }) }
    assert.equal("critical", one.level)
    assert.equal("the newest good snapshot is 2d12h old, and a newer one failed", one.text)
    one = judged { snapshot(5), snapshot(6, { status = "ERROR" }) }
    assert.same({ "ok", "the newest good snapshot is 5h old", 1 },
      { one.level, one.text, one.failed })
  end)

  it("is judged by one policy's snapshots where that is asked for", function()
    local list = { snapshot(1, { metadata = {} }), snapshot(30) }
    assert.equal("ok", judged(list).level)
    local one = judged(list, "nightly")
    assert.same({ "warning", 1, 1 }, { one.level, one.good, one.other })
    assert.equal("critical", judged(list, "weekly").level)
  end)

  it("may have a clock a little ahead of ours", function()
    local one = judged { snapshot(-0.05) }
    assert.same({ "ok", 0 }, { one.level, one.age })
  end)
end)

describe("a check", function()
  local function sum_of(...)
    return verdict.sum({ ... }, LIMITS)
  end

  local function named(name, list, policy)
    return verdict.of({ id = "id-" .. name, name = name }, list, limits(policy))
  end

  it("is as bad as its worst volume, which comes first", function()
    local ok, warning = named("a", { snapshot(1) }), named("b", { snapshot(30) })
    local critical = named("c", {})
    local unknown = verdict.unknown({ id = "d" }, nil, "timeout: no answer")
    for _, case in ipairs { { "ok", ok }, { "warning", ok, warning },
      { "critical", ok, warning, critical, unknown }, { "warning", unknown, warning },
      { "unknown", ok, unknown }, { "unknown" } } do
      local sum = sum_of(case[2], case[3], case[4], case[5])
      assert.equal(case[1], sum.level)
      assert.equal(case[1], sum.verdicts[1] and sum.verdicts[1].level or "unknown")
    end
    assert.same({ 0, 1, 2, 3 }, { verdict.STATUS.ok, verdict.STATUS.warning,
      verdict.STATUS.critical, verdict.STATUS.unknown })
  end)

  it("tells Nagios in one line, with performance data, and a line per volume", function()
    assert.equal("SNAPSHOTS OK - 2 volumes, each with a good snapshot from the last 5h | "
      .. "'a'=3600s;93600;180000;0 'b'=18000s;93600;180000;0\n"
      .. "OK: a - the newest good snapshot is 1h old (1 good, 0 failed)\n"
      .. "OK: b - the newest good snapshot is 5h old (1 good, 0 failed)\n",
      report.nagios(sum_of(named("a", { snapshot(1) }), named("b", { snapshot(5) }))))
    assert.equal("SNAPSHOTS CRITICAL - 2 of 3 volumes: c: there is no good snapshot | "
      .. "'b'=108000s;93600;180000;0 'a'=3600s;93600;180000;0\n"
      .. "CRITICAL: c - there is no good snapshot (0 good, 0 failed)\n"
      .. "WARNING: b - the newest good snapshot is 1d6h old (1 good, 0 failed)\n"
      .. "OK: a - the newest good snapshot is 1h old (1 good, 0 failed)\n",
      report.nagios(sum_of(named("a", { snapshot(1) }), named("b", { snapshot(30) }),
        named("c", {}))))
    assert.equal("SNAPSHOTS UNKNOWN - there are no volumes to check\n", report.nagios(sum_of()))
  end)

  it("keeps names from breaking the plugin's lines", function()
    local text = report.nagios(sum_of(named("a|b=c'd\ne", { snapshot(1) })))
    assert.equal("SNAPSHOTS OK - 1 volume, each with a good snapshot from the last 1h | "
      .. "'a/b_c''d e'=3600s;93600;180000;0\n"
      .. "OK: a/b=c'd e - the newest good snapshot is 1h old (1 good, 0 failed)\n", text)
  end)

  it("tells Prometheus", function()
    local text = report.prometheus(sum_of(named("we\"b\\\n", { snapshot(1) }, "nightly"),
      verdict.unknown({ id = "v-2" }, nil, "no answer")))
    for _, line in ipairs {
      "# TYPE rsnapshots_newest_good_timestamp_seconds gauge",
      'rsnapshots_newest_good_timestamp_seconds{volume_id="id-we\\"b\\\\\\n",'
        .. 'volume="we\\"b\\\\\\n",policy="nightly"} ' .. ("%d"):format(NOW - 3600),
      'rsnapshots_snapshots{volume_id="v-2",volume="v-2",state="good"} 0',
      'rsnapshots_check_status{volume_id="v-2",volume="v-2"} 3',
      "rsnapshots_last_check_timestamp_seconds " .. ("%d"):format(NOW),
    } do
      assert.truthy(("\n" .. text):find("\n" .. line .. "\n", 1, true), line .. "\n\n" .. text)
    end
    assert.is_nil(text:find('newest_good_timestamp_seconds{volume_id="v-2"', 1, true))
    for line in text:gmatch "([^\n]*)\n" do
      assert.truthy(line:find "^# %u+ [%l_]+ " or line:find '^[%l_]+ %d+$'
        or line:find '^[%l_]+{[%l_]+=".*"} %-?%d+$', line)
    end
  end)

  it("is plain values for JSON", function()
    local document = report.document(sum_of(named("a", { snapshot(30) }, "nightly")))
    assert.same({ level = "warning", checked = NOW, warning = 93600, critical = 180000, volumes = {
      { volume_id = "id-a", volume = "a", policy = "nightly", level = "warning", age = 108000,
        text = "the newest good snapshot is 1d6h old", good = 1, failed = 0, other = 0,
        newest = { id = "s30", name = "n30", created_at = "as received" } } } }, document)
  end)
end)
