--- Populations and policies at random, near where calendars are difficult.
local model = require "spec.support.retention_model"

local populations = {}

-- Ends of years with 52 and 53 weeks, leap days, ends of months of every length.
local PLACES = { "2020-12-28", "2021-01-04", "2024-12-30", "2024-03-01", "2023-03-01", "2026-03-31",
  "2000-03-01", "1999-12-31", "2016-01-03", "2026-11-25", "1970-01-08", "2100-03-01", "2026-05-31" }

local GAPS = { 1, 60, 1800, 3600, 6 * 3600, 86399, 86400, 86401, 3 * 86400, 7 * 86400, 31 * 86400,
  366 * 86400 }

local STATUSES = { "ERROR", "ERROR", "CREATING", "BACKING-UP", "DELETING", "ERROR_DELETING" }

local HOLDS = { "forever", "2020-12-30", "2026-11-26", "2030-01-01", "soon", "" }

local function chance(random, percent)
  return random(100) <= percent
end

local function metadata_of(random)
  local metadata = {}
  if chance(random, 90) then
    metadata["rsnapshots:policy"] = chance(random, 90) and "nightly" or "weekly"
  end
  for _, tag in ipairs { "x", "y", "hold" } do
    if chance(random, 15) then
      metadata[tag] = chance(random, 50) and "" or "1"
    end
  end
  if chance(random, 5) then
    metadata["rsnapshots:hold"] = HOLDS[random(#HOLDS)]
  end
  return metadata
end

local function snapshot_at(random, time, number)
  return {
    id = ("%04d-%s"):format(random(9999), number), size = random(9),
    created_time = not chance(random, 3) and time or nil,
    status = chance(random, 85) and "AVAILABLE" or STATUSES[random(#STATUSES)],
    metadata = metadata_of(random), volume_id = chance(random, 75) and "volume-1" or "volume-2",
    group_snapshot_id = chance(random, 3) and "group" or nil,
  }
end

--- A list of snapshots, and a time that is now for them.
function populations.snapshots(random)
  local time = model.at(PLACES[random(#PLACES)]) - random(3 * 86400)
  local snapshots = {}
  local longest = random(#GAPS)
  for i = 1, random(24) do
    local gap = chance(random, 12) and 0 or GAPS[random(longest)]
    time = time + gap
    snapshots[i] = snapshot_at(random, time, i)
  end
  local now = time
  if chance(random, 30) then
    now = time - random(40 * 86400) -- some are in the future
  elseif chance(random, 40) then
    now = time + random(10 * 86400)
  end
  return snapshots, now
end

local DURATIONS = { "1h", "12h", "1d", "2d", "7d", "14d", "1m", "2m", "1y", "1m3d", "1y1m1d1h",
  "400d", "25h" }

local TAG_SETS = { { "x" }, { "x", "y" }, { "hold" }, { "x=1" }, {}, { "none" } }

local RULES = { "keep_last", "keep_hourly", "keep_daily", "keep_weekly", "keep_monthly",
  "keep_yearly", "keep_within", "keep_within_hourly", "keep_within_daily", "keep_within_weekly",
  "keep_within_monthly", "keep_within_yearly", "keep_tag" }

local COUNTS = { 1, 1, 2, 2, 3, 4, 6, 10, -1, "unlimited" }

--- Adds a rule at random to a policy, or makes one of its counts greater.
function populations.add_rule(random, policy)
  local name = RULES[random(#RULES)]
  local old = policy[name]
  if name == "keep_tag" then
    policy[name] = { TAG_SETS[random(#TAG_SETS)], old and old[1] }
  elseif old == nil then
    policy[name] = name:find "within" and DURATIONS[random(#DURATIONS)] or COUNTS[random(#COUNTS)]
  elseif type(old) == "number" and old > 0 then
    policy[name] = old + random(2)
  end
end

--- A policy of one to four rules.
function populations.policy(random, now)
  local policy = { now = now }
  for _ = 1, random(4) do
    populations.add_rule(random, policy)
  end
  if chance(random, 40) then
    policy.utc_offset = (random(105) - 49) * 900 -- -12:00 to +14:00
  end
  if chance(random, 50) then
    policy.name = "nightly"
  end
  if chance(random, 15) then
    policy.all = true
  end
  return policy
end

return populations
