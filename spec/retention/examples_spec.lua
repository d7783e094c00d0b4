-- The rules by example: for each, what stays and for what reasons, and what goes.
local compat = require "rsnapshots.support.compat"
local model = require "spec.support.retention_model"
local retention = require "rsnapshots.retention"

local NOW = model.at "2026-11-25T12"

-- Snapshots by letter: a time, or a table with a time at 1 and other fields. `prefix` goes before
-- each time.
local function population(prefix, times)
  local snapshots = {}
  for id, given in pairs(times) do
    local fields = type(given) == "table" and given or { given }
    local snapshot = { id = id, name = id, status = "AVAILABLE", volume_id = "v", size = 1,
      metadata = retention.mark "nightly",
      created_time = fields[1] and model.at(prefix .. fields[1]) }
    for name, value in pairs(fields) do
      if name ~= 1 then
        snapshot[name] = value
      end
    end
    for key, value in pairs(fields.tags or {}) do
      snapshot.metadata[key] = value
    end
    snapshots[#snapshots + 1] = snapshot
  end
  return snapshots
end

local NIGHTS = { a = "01T02", b = "01T14", c = "02T02" }
local WEEK_53 = { a = "2020-12-27", b = "2020-12-28", c = "2021-01-01", d = "2021-01-03",
  e = "2021-01-04" }
local MIDNIGHT = { a = "06-30T20:30", b = "06-30T21:30", c = "06-30T23:30", d = "07-01T00:30" }
local END_OF_MONTH = { a = "01-28T11:30", b = "01-30T11:30", c = "01-31T11:30:01",
  d = "02-28T11:30" }
local X, XY = { x = "" }, { x = "", y = "" }

local function daily(count, offset)
  return { keep_daily = count, utc_offset = offset }
end

-- number, prefix of the times, snapshots, policy, what stays (reasons by id, parted by ";"), what
-- goes (ids)
local EXAMPLES = {
  { "1", "2026-03-", { a = "01T02", b = "01T14", c = "02T02", d = "02T14", e = "03T02" }, daily(2),
    { e = "daily snapshot", d = "daily snapshot" }, "abc" },
  { "2", "2026-03-", { a = "08T02", b = "09T02", c = "10T02", d = "11T02" },
    { keep_last = 1, keep_daily = 2, keep_weekly = 2 },
    { d = "last snapshot;daily snapshot;weekly snapshot", c = "daily snapshot",
      a = "weekly snapshot" }, "b" },
  { "3", "2026-03-", NIGHTS, daily(7),
    { c = "daily snapshot", b = "daily snapshot", a = "oldest daily snapshot" }, "" },
  { "4", "2026-03-", NIGHTS, daily(2), { c = "daily snapshot", b = "daily snapshot" }, "a" },
  { "5", "2026-", { a = "01-10", b = "01-20", c = "01-31", d = "02-10", e = "02-28", f = "03-05" },
    { keep_monthly = 12 }, { f = "monthly snapshot", e = "monthly snapshot",
      c = "monthly snapshot", a = "oldest monthly snapshot" }, "bd" },
  { "6", "2026-", { a = "01-01", b = "02-01", c = "03-01", d = "03-02" }, daily(3),
    { d = "daily snapshot", c = "daily snapshot", b = "daily snapshot" }, "a" },
  { "7", "", WEEK_53, { keep_weekly = 2 }, { e = "weekly snapshot", d = "weekly snapshot" },
    "abc" },
  { "8", "", WEEK_53, { keep_weekly = 4 }, { e = "weekly snapshot", d = "weekly snapshot",
    a = "weekly snapshot" }, "bc" },
  { "9", "", { b = "2020-12-28", c = "2020-12-31", d = "2021-01-03" },
    { keep_weekly = 1, keep_yearly = 2 }, { d = "weekly snapshot;yearly snapshot",
      c = "yearly snapshot" }, "b" },
  { "10", "", { a = "2024-12-29", b = "2024-12-30", c = "2025-01-01", d = "2025-01-05" },
    { keep_weekly = 2 }, { d = "weekly snapshot", a = "weekly snapshot" }, "bc" },
  { "11", "2026-", MIDNIGHT, daily(2), { d = "daily snapshot", c = "daily snapshot" }, "ab" },
  { "12", "2026-", MIDNIGHT, daily(2, "+02:00"), { d = "daily snapshot", b = "daily snapshot" },
    "ac" },
  { "13", "2026-", MIDNIGHT, { keep_monthly = 2, utc_offset = "-05:00" },
    { d = "monthly snapshot", a = "oldest monthly snapshot" }, "bc" },
  { "14", "2026-10-", { a = "24T23:30", b = "25T00:30", c = "25T01:30", d = "25T02:30" },
    { keep_hourly = 3, utc_offset = 3600 }, { d = "hourly snapshot", c = "hourly snapshot",
      b = "hourly snapshot" }, "a" },
  { "15", "2026-03-", { a = "01T02", b = "01T02", c = "01T02" }, { keep_last = 2 },
    { c = "last snapshot", b = "last snapshot" }, "a" },
  { "16", "2026-01-", { a = "01T02", b = "03T02:00:00", c = "03T02:00:01", d = "10T02" },
    { keep_within = "7d" }, { d = "within 7d", c = "within 7d" }, "ab" },
  { "17", "2026-", { a = "02-28T12", b = "03-03T12:00:00", c = "03-03T12:00:01", d = "03-31T12" },
    { keep_within = "1m" }, { d = "within 1m", c = "within 1m" }, "ab" },
  { "18", "2024-", { a = "03-02T12:00:00", b = "03-02T12:00:01", c = "03-31T12" },
    { keep_within = "1m" }, { c = "within 1m", b = "within 1m" }, "a" },
  { "19", "2026-", END_OF_MONTH, { keep_within = "1m" },
    { d = "within 1m", c = "within 1m", b = "within 1m" }, "a" },
  { "19 at +13:00", "2026-", END_OF_MONTH, { keep_within = "1m", utc_offset = "+13:00" },
    { d = "within 1m", c = "within 1m" }, "ab" },
  { "20", "2026-03-", { a = "01T02", b = "01T14", c = "02T02", d = "02T14", e = "03T14" },
    { keep_within_daily = "3d" }, { e = "daily within 3d", d = "daily within 3d",
      b = "daily within 3d", a = "oldest daily within 3d" }, "c" },
  { "21", "2026-03-", { a = "01T02", b = "01T14:30", c = "01T15", d = "02T14", e = "03T14" },
    { keep_within_daily = "2d" }, { e = "daily within 2d", d = "daily within 2d",
      c = "daily within 2d" }, "ab" },
  { "22", "2026-03-", { a = { "01", tags = { hold = "" } }, b = "02", c = "03" },
    { keep_last = 1, keep_tag = { "hold" } }, { c = "last snapshot", a = "has tags [hold]" }, "b" },
  { "23", "2026-03-", { a = { "01", tags = X }, b = { "02", tags = XY }, c = "03" },
    { keep_last = 1, keep_tag = { { "x", "y" } } }, { c = "last snapshot",
      b = "has tags [x y]" }, "a" },
  { "24", "2026-", { a = "01-10", b = "01-20", c = "02-10", d = "02-20" },
    { keep_monthly = -1, keep_last = 1 }, { d = "last snapshot;monthly snapshot",
      b = "monthly snapshot", a = "oldest monthly snapshot" }, "c" },
  { "25", "2026-03-", { a = "01T23:10", b = "01T23:50", c = "02T00:10" }, { keep_hourly = 2 },
    { c = "hourly snapshot", b = "hourly snapshot" }, "a" },
  { "26", "", { a = "2026-01-01", b = "2026-01-02", c = "2099-01-01" },
    { keep_within = "1d", keep_last = 1 }, { c = "within 1d;last snapshot", b = "within 1d" },
    "a" },
  { "27", "", { a = "2020-12-21T12", b = "2020-12-27", c = "2020-12-28", d = "2021-01-03",
    e = "2021-01-04T12" }, { keep_within_weekly = "14d" }, { e = "weekly within 14d",
      d = "weekly within 14d", b = "weekly within 14d" }, "ac" },

  { "F1", "2026-03-", { a = "01", b = "02", c = { "03", status = "ERROR" } }, { keep_last = 1 },
    { b = "last snapshot", c = "not available: error" }, "a" },
  { "F2", "2026-03-", { a = "01", b = { "02", status = "ERROR" }, c = { "03", status = "ERROR" },
    d = { "04", status = "ERROR" }, e = { "05", status = "ERROR" },
    f = { "06", status = "ERROR" } }, daily(3), { a = "daily snapshot",
      b = "not available: error", c = "not available: error", d = "not available: error",
      e = "not available: error", f = "not available: error" }, "" },
  { "F3", "2026-03-", { a = "02T02", b = "02T14", c = { "03T02", status = "CREATING" } }, daily(1),
    { b = "daily snapshot", c = "not available: creating" }, "a" },
  { "F4", "2026-03-", { a = "01", b = { "02", status = "BACKING-UP" } }, { keep_last = 1 },
    { a = "last snapshot", b = "not available: backing-up" }, "" },
  { "F4, the next run", "2026-03-", { a = "01", b = "02" }, { keep_last = 1 },
    { b = "last snapshot" }, "a" },
  { "F5", "2026-03-", { a = { "01", volume_id = "1" }, b = { "02", volume_id = "1" },
    c = { "01", volume_id = "2" } }, { keep_last = 1 }, { b = "last snapshot",
      c = "last snapshot" }, "a" },
  { "F6", "2026-03-", { a = { "01", metadata = {} }, b = "02", c = "03" }, { keep_last = 1 },
    { c = "last snapshot", a = "not made by rsnapshots" }, "b" },
  { "F7", "2026-03-", { a = { "01", group_snapshot_id = "g" }, b = "02" }, { keep_last = 1 },
    { b = "last snapshot", a = "part of group snapshot g: Cinder refuses to delete it alone" },
    "" },
  { "F8", "2026-03-", { a = { nil, created_at = "yesterday" }, b = "02" }, { keep_last = 1 },
    { b = "last snapshot", a = "time unknown" }, "" },
  { "F9", "2026-03-", { a = { "01", tags = { ["rsnapshots:hold"] = "forever" } }, b = "02" },
    { keep_last = 1 }, { b = "last snapshot", a = "held" }, "" },
  { "F9 with a date that has not come", "2026-03-",
    { a = { "01", tags = { ["rsnapshots:hold"] = "2026-11-26" } }, b = "02" },
    { keep_last = 1 }, { b = "last snapshot", a = "held" }, "" },
  { "F10", "2026-03-", { a = "01", b = "02" }, { keep_tag = { "none" } },
    { b = "newest good snapshot" }, "a" },
}

local function outcome(plan)
  local keep, remove = {}, {}
  for _, entry in ipairs(plan) do
    if entry.keep then
      keep[entry.snapshot.id] = table.concat(entry.reasons, ";")
    else
      remove[#remove + 1] = entry.snapshot.id
    end
  end
  table.sort(remove)
  return keep, table.concat(remove)
end

describe("retention", function()
  for _, example in ipairs(EXAMPLES) do
    local number, prefix, times, policy, expected_keep, expected_remove =
      compat.unpack(example, 1, 6)
    for _, named in ipairs { true, false } do
      it(("decides example %s%s"):format(number, named and ", of a policy with a name" or ""),
        function()
          policy.now, policy.name = NOW, named and "nightly" or nil
          local plan = assert(retention.plan(population(prefix, times), policy))
          local keep, remove = outcome(plan)
          assert.same(expected_keep, keep)
          assert.equal(expected_remove, remove)
        end)
    end
  end

  it("refuses example F11: all counts 0, or no rule", function()
    for _, policy in ipairs { {}, { keep_last = 0, keep_daily = 0 }, { keep_within = "0d" },
      { keep_tag = {} }, { name = "nightly", all = true } } do
      local plan, err = retention.plan({}, policy)
      assert.is_nil(plan)
      assert.equal("invalid", err.kind)
      assert.truthy(err.message:find("at least one rule", 1, true))
    end
  end)
end)
