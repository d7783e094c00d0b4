--- Locks volumes and policies against other runs on this host.
-- @module rsnapshots.cli.rotation.locking

local lock = require "rsnapshots.cli.run.lock"
local retention = require "rsnapshots.retention"

local locking = {}

--- Takes the lock of a volume and a policy.
-- @string volume_id
-- @string policy its name
-- @treturn Lock nil and an error
function locking.take(volume_id, policy)
  return lock.take(volume_id .. "/" .. policy)
end

--- Frees locks.
function locking.release(locks)
  for _, lock_ in ipairs(locks) do
    lock_:unlock()
  end
end

-- Locks all volumes that lose a snapshot in a group; nil and an error.
local function take_group(group)
  local locks, seen = {}, {}
  for _, entry in ipairs(group.remove) do
    local volume_id = entry.record.volume_id or entry.record.id
    local policy = retention.policy_of(entry.snapshot) or ""
    local key = volume_id .. "/" .. policy
    local taken, err
    if not seen[key] then
      taken, err = locking.take(volume_id, policy)
    end
    if err then
      locking.release(locks)
      return nil, err
    end
    seen[key], locks[#locks + 1] = true, taken
  end
  return locks
end

--- Takes the locks of a plan's groups.
-- @tparam {table,...} groups
-- @func refuse called with a group that another run has locked, and the error
-- @treturn {table,...} the groups that were free
-- @treturn {Lock,...}
function locking.take_groups(groups, refuse)
  local free, locks = {}, {}
  for _, group in ipairs(groups) do
    local taken, err = take_group(group)
    if taken then
      free[#free + 1] = group
      for _, lock_ in ipairs(taken) do
        locks[#locks + 1] = lock_
      end
    else
      refuse(group, err)
    end
  end
  return free, locks
end

return locking
