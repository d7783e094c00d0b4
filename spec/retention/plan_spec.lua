-- Plans: what they are made of, what they say, and what makes one impossible.
local model = require "spec.support.retention_model"
local retention = require "rsnapshots.retention"
local rsnapshots = require "rsnapshots"

local NOW = model.at "2026-11-25T12"

local function snapshot(id, time, fields)
  local whole = { id = id, status = "AVAILABLE", volume_id = "v", size = 5,
    metadata = retention.mark "nightly", created_time = time and model.at(time) }
  for name, value in pairs(fields or {}) do
    whole[name] = value
  end
  return whole
end

local function plan_of(snapshots, policy)
  policy.now = policy.now or NOW
  return assert(retention.plan(snapshots, policy))
end

local function reasons(plan)
  local found = {}
  for _, entry in ipairs(plan) do
    found[entry.snapshot.id] = table.concat(entry.reasons, "; ")
  end
  return found
end

local function ids(list)
  local found = {}
  for i, entry in ipairs(list) do
    found[i] = entry.snapshot.id
  end
  return table.concat(found, " ")
end

describe("a plan", function()
  it("is newest first over all groups, and has the groups by themselves", function()
    local plan = plan_of({ snapshot("a", "2026-03-01"), snapshot("d", "2026-03-04"),
      snapshot("c", "2026-03-03", { volume_id = "w" }), snapshot("b", "2026-03-02") },
      { keep_last = 1 })
    assert.equal("d c b a", ids(plan))
    assert.equal("a b", ids(plan:removals()))
    assert.same({ "v", "w" }, { plan.groups[1].key, plan.groups[2].key })
    assert.equal(model.at "2026-03-04", plan.groups[1].reference)
    assert.equal("d", ids(plan.groups[1].keep))
    assert.equal("b a", ids(plan.groups[1].remove))
    assert.same({ kept = 5, removed = 10 }, plan.groups[1].size)
    assert.same({ kept = 2, removed = 2 }, plan.counts)
    assert.same({ kept = 10, removed = 10 }, plan.size)
  end)

  it("says of what goes what it lost to, by each rule", function()
    local plan = plan_of({ snapshot("a", "2026-03-01T02"), snapshot("b", "2026-03-01T14"),
      snapshot("c", "2026-03-02T02"), snapshot("d", "2026-03-02T14"),
      snapshot("e", "2026-03-08T14:30") },
      { keep_last = 1, keep_hourly = 1, keep_daily = 2, keep_weekly = 2, keep_monthly = 1,
        keep_yearly = 1, keep_within = "5d", keep_within_daily = "6d", keep_tag = { "x,y=1" } })
    local found = reasons(plan)
    assert.equal("does not have tags [x y=1]; within 5d: 2 days too old; last: 4 newer; "
      .. "hourly 2026-03-01T02: 1 newer; daily 2026-03-01: 2 newer; "
      .. "weekly 2026-W09: b is newer; monthly 2026-03: e is newer; yearly 2026: e is newer; "
      .. "daily within 6d: 1 day too old", found.a)
    assert.equal("does not have tags [x y=1]; within 5d: 1 day too old; last: 2 newer; "
      .. "hourly 2026-03-02T02: 1 newer; daily 2026-03-02: d is newer; "
      .. "weekly 2026-W10: e is newer; monthly 2026-03: e is newer; yearly 2026: e is newer; "
      .. "daily within 6d: 12 hours too old", found.c)
    plan = plan_of({ snapshot("a", "2026-03-01T02"), snapshot("b", "2026-03-01T14"),
      snapshot("c", "2026-03-02T02") }, { keep_within_daily = "2d", keep_tag = { {} } })
    assert.equal("has tags []; daily within 2d", reasons(plan).c)
    plan = plan_of({ snapshot("a", "2026-02-28"), snapshot("b", "2026-03-01", { metadata = {
      ["rsnapshots:policy"] = "nightly", x = "" } }), snapshot("c", "2026-03-01T14"),
      snapshot("d", "2026-03-02") }, { keep_within_daily = "2d", keep_tag = { {} } })
    assert.equal("has tags, and not none; daily within 2d 2026-03-01: c is newer", reasons(plan).b)
  end)

  it("removes our own failed ones once a newer one is good, a day later", function()
    local failed = { status = "ERROR" }
    local function found(time, fields)
      for name, value in pairs(failed) do
        fields[name] = value
      end
      local plan = plan_of({ snapshot("bad", time, fields), snapshot("old", "2026-11-01"),
        snapshot("new", "2026-11-25T11") }, { keep_last = 2, name = "nightly" })
      return reasons(plan).bad, #plan:removals()
    end
    assert.same({ "failed, and new is newer", 1 }, { found("2026-11-24T11:59:59", {}) })
    assert.same({ "not available: error", 0 }, { found("2026-11-24T12", {}) })
    assert.same({ "not available: error", 0 }, { found("2026-11-25T11:30", {}) })
    assert.same({ "held; not available: error", 0 }, { found("2026-11-02", { metadata = {
      ["rsnapshots:policy"] = "nightly", ["rsnapshots:hold"] = "forever" } }) })
    assert.same({ "not made by rsnapshots; not available: error", 0 },
      { found("2026-11-02", { metadata = {} }) })
    local plan = plan_of({ snapshot("bad", "2026-03-01", failed), snapshot("good", "2026-03-01") },
      { keep_last = 1 })
    assert.equal("not available: error", reasons(plan).bad) -- good is no newer
    failed.status = "ERROR_DELETING"
    assert.same({ "not available: error_deleting", 0 }, { found("2026-11-02", {}) })
  end)

  it("keeps everything where all are dated after now, and asks about the clock", function()
    local plan = plan_of({ snapshot("a", "2027-01-01"), snapshot("b", "2027-01-02"),
      snapshot("c", "2026-01-01", { status = "ERROR" }) }, { keep_last = 1 })
    assert.equal(0, #plan:removals())
    assert.is_nil(plan.groups[1].reference)
    assert.equal("dated after now: there is nothing to count from", reasons(plan).a)
    assert.same({ "every snapshot of v is dated after now, and all of them stay: is the clock "
      .. "right?" }, plan.warnings)
  end)

  it("warns of tags that nothing has, in any group", function()
    local tagged = { metadata = { ["rsnapshots:policy"] = "nightly", hold = "" }, volume_id = "w" }
    local plan = plan_of({ snapshot("a", "2026-01-01"), snapshot("b", "2026-01-01", tagged) },
      { keep_tag = { "hold", "hlod", {} } })
    assert.same({ "keep_tag [hlod]: no snapshot has these tags" }, plan.warnings)
  end)

  it("gives all reasons of what is out of reach", function()
    local plan = plan_of({ snapshot("a", nil, { status = "creating", group_snapshot_id = "g",
      metadata = { ["rsnapshots:hold"] = "forever" } }), snapshot("b", "2026-01-01") },
      { keep_last = 1 })
    assert.equal("not made by rsnapshots; held; part of group snapshot g: Cinder refuses to delete "
      .. "it alone; time unknown; not available: creating", reasons(plan).a)
    plan = plan_of({ snapshot("a", "2026-01-01", { volume_id = false }), snapshot("b",
      "2026-01-01") }, { keep_last = 1 })
    assert.equal("volume_id unknown", reasons(plan).a)
  end)

  it("takes the status in any letters, and one that is missing for none", function()
    local plan = plan_of({ snapshot("a", "2026-01-01", { status = "available" }),
      snapshot("b", "2026-01-02", { status = "Available" }),
      snapshot("c", "2026-01-03", { status = false }) }, { keep_last = 1 })
    assert.equal("a", ids(plan:removals()))
    assert.equal("not available: status unknown", reasons(plan).c)
  end)

  it("groups by project, name, or not at all", function()
    local list = { snapshot("a", "2026-01-01", { project_id = "p", name = "n" }),
      snapshot("b", "2026-01-02", { project_id = "p", name = "m", volume_id = "w" }),
      snapshot("c", "2026-01-03", { project_id = "q", name = "n" }) }
    assert.equal("a", ids(plan_of(list, { keep_last = 1, group_by = "project_id" }):removals()))
    assert.equal("a", ids(plan_of(list, { keep_last = 1, group_by = "name" }):removals()))
    assert.equal("a b", ids(plan_of(list, { keep_last = 1, group_by = "none" }):removals()))
    list[1].project_id = nil
    local plan = plan_of(list, { keep_last = 1, group_by = "project_id" })
    assert.equal("", ids(plan:removals()))
    assert.equal("project_id unknown", reasons(plan).a)
  end)

  it("counts a snapshot once that a listing gave twice", function()
    local plan = plan_of({ snapshot("a", "2026-01-01"), snapshot("b", "2026-01-02"),
      snapshot("b", "2026-01-02") }, { keep_last = 2 })
    assert.equal("b a", ids(plan))
    assert.equal(0, #plan:removals())
  end)

  it("takes now from the clock", function()
    local plan = assert(retention.plan({ snapshot("a", "2026-01-01") }, { keep_last = 1 }))
    assert.is_true(math.abs(plan.now - os.time()) < 60)
  end)

  it("is empty where there is nothing", function()
    local plan = plan_of({}, { keep_last = 1 })
    assert.same({ 0, 0 }, { #plan, #plan:removals() })
  end)

  it("is of Snapshots, and of a page of them", function()
    local page = assert(rsnapshots.extract_snapshots [[{"snapshots": [
      {"id": "a", "volume_id": "v", "status": "available", "size": 1,
       "created_at": "2026-03-01T02:00:00.000000", "metadata": {"rsnapshots:policy": "nightly"}},
      {"id": "b", "volume_id": "v", "status": "available", "size": 2,
       "created_at": "2026-03-02T02:00:00.000000", "metadata": {"rsnapshots:policy": "nightly"}},
      {"id": "c", "volume_id": "v", "status": "error", "size": 2, "created_at": "unreadable",
       "metadata": {"rsnapshots:policy": "nightly"}}]}]])
    local policy = { keep_last = 1, name = "nightly" }
    local plan = plan_of(page, policy)
    assert.same({ a = "last: 1 newer", b = "last snapshot",
      c = "time unknown; not available: error" }, reasons(plan))
    assert.equal(page[1], plan[2].snapshot)
    assert.same(reasons(plan), reasons(plan_of({ page[3], page[1], page[2] }, policy)))
  end)

  it("can be had for some of its groups only", function()
    local plan = plan_of({ snapshot("a", "2026-03-01"), snapshot("d", "2026-03-04"),
      snapshot("c", "2026-03-03", { volume_id = "w" }), snapshot("b", "2026-03-02",
      { volume_id = "w" }) }, { keep_last = 1, name = "nightly", max_remove = "60%" })
    local part = plan:part { plan.groups[2] }
    assert.equal("c b", ids(part))
    assert.equal("b", ids(part:removals()))
    assert.same({ { kept = 1, removed = 1 }, { kept = 5, removed = 5 }, "nightly", 60, plan.now },
      { part.counts, part.size, part.name, part.max_remove.percent, part.now })
    assert.equal("a b", ids(plan:removals())) -- the whole is as it was
    assert.same({ 0, {} }, { #plan:part {}, plan:part {}:removals() })
  end)

  it("raises for what is no list of snapshots", function()
    for value, words in pairs { [1] = "this is a number", a = "this is a string",
      [true] = "this is a boolean" } do
      assert.error_matches(function() retention.plan(value, { keep_last = 1 }) end, words)
    end
    assert.error_matches(function() retention.plan(nil, { keep_last = 1 }) end, "it is missing")
    assert.error_matches(function() retention.plan(snapshot("a"), { keep_last = 1 }) end,
      "must be a list")
    assert.error_matches(function() retention.plan({ "a" }, { keep_last = 1 }) end,
      "snapshots%[1%] must be a snapshot")
    assert.error_matches(function() retention.plan({ snapshot("a"), {} }, { keep_last = 1 }) end,
      "snapshots%[2%] has no id")
  end)
end)
