--- How old each volume's newest good snapshot is, and what that means.
-- @module rsnapshots.cli.freshness.verdict

local age = require "rsnapshots.cli.freshness.age"
local retention = require "rsnapshots.retention"

local verdict = {}

--- The levels and their exit statuses, as in Nagios.
verdict.STATUS = { ok = 0, warning = 1, critical = 2, unknown = 3 }

-- The worst first.
local ORDER = { "critical", "warning", "unknown", "ok" }

local SKEW = 300 -- seconds that two clocks may differ by

local function is_ours(snapshot, policy)
  return policy == nil or retention.policy_of(snapshot) == policy
end

local function is_newer(snapshot, other)
  return not other or snapshot.created_time > other.created_time
end

-- Counts the snapshots, and finds the newest good one and the newest failed one.
local function survey(snapshots, policy, now)
  local found = { good = 0, failed = 0, other = 0, undated = 0 }
  for _, snapshot in ipairs(snapshots) do
    local time, status = snapshot.created_time, snapshot.status
    if not is_ours(snapshot, policy) then
      found.other = found.other + 1
    elseif status == "AVAILABLE" and time and time <= now + SKEW then
      found.good = found.good + 1
      found.newest = is_newer(snapshot, found.newest) and snapshot or found.newest
    elseif status == "ERROR" or status == "ERROR_DELETING" then
      found.failed = found.failed + 1
      found.newest_failed = time and is_newer(snapshot, found.newest_failed) and snapshot
        or found.newest_failed
    else
      found.other = found.other + 1
      found.undated = found.undated + (status == "AVAILABLE" and not time and 1 or 0)
    end
  end
  return found
end

local function level_of(seconds, limits)
  if not seconds or seconds > limits.critical then
    return "critical"
  end
  return seconds > limits.warning and "warning" or "ok"
end

local function sentence(found, seconds)
  local text = seconds and ("the newest good snapshot is %s old"):format(age.text(seconds))
    or "there is no good snapshot" .. (found.undated > 0 and " whose time can be read" or "")
  local failed = found.newest_failed
  if failed and (not found.newest or failed.created_time > found.newest.created_time) then
    text = text .. ", and a newer one failed"
  end
  return text
end

--- Judges a volume.
-- @tparam table volume `id`, `name`
-- @tparam {Snapshot,...} snapshots all of its snapshots
-- @tparam table limits `warning`, `critical` (seconds), `now` (Unix seconds), `policy` (a name:
-- only snapshots with its mark count; nil: all count)
-- @treturn table `volume`, `policy`, `level`, `text`, `age` (seconds; nil: there is no good
-- snapshot), `newest`
-- (a Snapshot), `good`, `failed`, `other` (counts)
function verdict.of(volume, snapshots, limits)
  local found = survey(snapshots, limits.policy, limits.now)
  local seconds = found.newest and math.max(0, limits.now - found.newest.created_time)
  found.volume, found.policy, found.age = volume, limits.policy, seconds or nil
  found.level, found.text = level_of(seconds, limits), sentence(found, seconds)
  return found
end

--- The verdict on a volume that could not be read.
-- @tparam table volume
-- @tparam ?string policy
-- @string problem
function verdict.unknown(volume, policy, problem)
  return { volume = volume, policy = policy, level = "unknown", text = problem, good = 0,
    failed = 0, other = 0 }
end

--- Sums up the verdicts.
-- @tparam {table,...} verdicts
-- @tparam table limits
-- @treturn table `level`, `verdicts` (the worst first), `count` (by level), `limits`
function verdict.sum(verdicts, limits)
  local count, sorted = { ok = 0, warning = 0, critical = 0, unknown = 0 }, {}
  for _, level in ipairs(ORDER) do
    for _, one in ipairs(verdicts) do
      if one.level == level then
        sorted[#sorted + 1] = one
        count[level] = count[level] + 1
      end
    end
  end
  return { level = sorted[1] and sorted[1].level or "unknown", verdicts = sorted, count = count,
    limits = limits }
end

return verdict
