--- Checks beforehand whether the quota has room for one more snapshot of each volume.
-- @module rsnapshots.cli.rotation.quota

local quota = {}

local function shortage(limit, needed, what, rest)
  local left = limit and limit.max - limit.used or math.huge
  if needed <= left then
    return nil
  end
  return ("the quota of %s has room for %d, and %d %s needed (%d of %d are used)%s"):format(what,
    math.max(0, left), needed, needed == 1 and "is" or "are", limit.used, limit.max, rest or "")
end

--- Finds the quotas that are too small.
-- @tparam table limits from client:limits
-- @tparam {table,...} volumes the volumes that need a snapshot
-- @treturn {string,...} a sentence for each shortage
function quota.shortages(limits, volumes)
  local gigabytes = 0
  for _, volume in ipairs(volumes) do
    gigabytes = gigabytes + (tonumber(volume.size) or 0)
  end
  local found = {}
  found[#found + 1] = shortage(limits.snapshots, #volumes, "snapshots")
  found[#found + 1] = shortage(limits.gigabytes, gigabytes, "gigabytes",
    "; a cloud may leave snapshots out of it")
  return found
end

return quota
