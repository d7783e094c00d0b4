-- Retention against a model of its rules, and what must hold whatever the policy says.
--
-- RS_POPULATIONS says how many (200).
local model = require "spec.support.retention_model"
local populations = require "spec.support.retention_populations"
local random_from = require "spec.support.random"
local retention = require "rsnapshots.retention"

local POPULATIONS = tonumber(os.getenv "RS_POPULATIONS" or 200)

local function copy(map)
  local all = {}
  for key, value in pairs(map) do
    all[key] = value
  end
  return all
end

local function by_id(plan)
  local entries = {}
  for _, entry in ipairs(plan) do
    entries[entry.snapshot.id] = entry
  end
  return entries
end

local function kept(plan)
  local list = {}
  for _, entry in ipairs(plan) do
    list[#list + 1] = entry.keep and entry.snapshot or nil
  end
  return list
end

local function shuffle(list, random)
  local mixed = copy(list)
  for i = #mixed, 2, -1 do
    local j = random(i)
    mixed[i], mixed[j] = mixed[j], mixed[i]
  end
  return mixed
end

local function shown(plan)
  local lines = {}
  for i, entry in ipairs(plan) do
    lines[i] = ("%s %s %s"):format(entry.snapshot.id, tostring(entry.keep),
      table.concat(entry.reasons, "; "))
  end
  return table.concat(lines, "\n")
end

-- In order, since they draw from one source of random numbers.
local PROPERTIES = {}

-- Adds one: `check` gives what is wrong with a plan, nil where nothing is.
local function property(name, check)
  PROPERTIES[#PROPERTIES + 1] = { name = name, check = check }
end

property("decides as the model of its rules does, for the same reasons", function(plan, case)
  local found = by_id(plan)
  for id, entry in pairs(model.decide(case.snapshots, case.policy)) do
    local reasons = table.concat(found[id].reasons, "; ")
    if entry.keep ~= found[id].keep or reasons == ""
      or #entry.reasons > 0 and table.concat(entry.reasons, "; ") ~= reasons then
      return ("%s: %s (%s) and not %s (%s)"):format(id, tostring(found[id].keep), reasons,
        tostring(entry.keep), table.concat(entry.reasons, "; "))
    end
  end
  return #plan ~= #case.snapshots and "some are missing" or nil
end)

property("keeps the newest good one of each group", function(plan, case)
  local good, entries = {}, by_id(plan)
  for _, snapshot in ipairs(case.snapshots) do
    if model.is_candidate(snapshot, case.policy) then
      good[snapshot.volume_id] = good[snapshot.volume_id] or {}
      table.insert(good[snapshot.volume_id], snapshot)
    end
  end
  for _, list in pairs(good) do
    local newest = model.newest_first(list)[1]
    if not entries[newest.id].keep then
      return newest.id
    end
  end
end)

property("removes nothing that is foreign, held, in a group snapshot, undated or at work",
  function(plan, case)
  for _, entry in ipairs(plan:removals()) do
    local status = entry.snapshot.status
    if not model.is_free(entry.snapshot, case.policy)
      or status ~= "AVAILABLE" and status ~= "ERROR" then
      return entry.snapshot.id
    end
  end
end)

property("never keeps less for more rules", function(plan, case)
  local more = copy(case.policy)
  populations.add_rule(case.random, more)
  local entries = by_id(assert(retention.plan(case.snapshots, more)))
  for _, entry in ipairs(plan) do
    if entry.keep and not entries[entry.snapshot.id].keep then
      return entry.snapshot.id
    end
  end
end)

property("removes nothing more when it is applied twice", function(plan, case)
  local again = assert(retention.plan(kept(plan), case.policy)):removals()
  return again[1] and again[1].snapshot.id
end)

property("does not depend on the order in which snapshots come", function(plan, case)
  local mixed = shuffle(case.snapshots, case.random)
  local again = shown(assert(retention.plan(mixed, case.policy)))
  return again ~= shown(plan) and again or nil
end)

property("names a newer one of the group that stays for each that lost its period", function(plan)
  local entries = by_id(plan)
  for _, entry in ipairs(plan:removals()) do
    for _, reason in ipairs(entry.reasons) do
      local newer = entries[reason:match "(%d+%-%d+) is newer$" or ""]
      if newer and not (newer.keep and newer.group == entry.group
          and newer.snapshot.created_time >= entry.snapshot.created_time) then
        return entry.snapshot.id .. ": " .. reason
      end
    end
  end
end)

property("has counts and sizes that add up", function(plan, case)
  local total = 0
  for _, snapshot in ipairs(case.snapshots) do
    total = total + snapshot.size
  end
  local whole = plan.counts.kept + plan.counts.removed == #case.snapshots
    and plan.counts.removed == #plan:removals()
    and plan.size.kept + plan.size.removed == total
  return not whole and "they do not" or nil
end)

-- The first population, by its seed, in which a property does not hold.
local function find_failures()
  local failures, removed = {}, 0
  for seed = 1, POPULATIONS do
    local random = random_from(seed)
    local snapshots, now = populations.snapshots(random)
    local case = { snapshots = snapshots, random = random,
      policy = populations.policy(random, now) }
    local plan = assert(retention.plan(snapshots, case.policy))
    removed = removed + plan.counts.removed
    for _, each in ipairs(PROPERTIES) do
      local problem = each.check(plan, case)
      if problem and not failures[each.name] then
        failures[each.name] = ("population %d: %s"):format(seed, problem)
      end
    end
  end
  return failures, removed
end

describe("retention over " .. POPULATIONS .. " populations at random", function()
  local failures, removed

  lazy_setup(function()
    failures, removed = find_failures()
  end)

  for _, each in ipairs(PROPERTIES) do
    it(each.name, function()
      assert.is_nil(failures[each.name])
    end)
  end

  it("has enough to remove for that to mean something", function()
    assert.is_true(removed > POPULATIONS)
  end)
end)
