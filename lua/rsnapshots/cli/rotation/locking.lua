--- Locks volumes and policies against other runs on this host.
-- @module rsnapshots.cli.rotation.locking

local lock = require "rsnapshots.cli.run.lock"
local retention = require "rsnapshots.retention"

local locking = {}

local function name_of(volume_id, policy)
  return volume_id .. "/" .. policy
end

--- Takes the lock of a volume and a policy.
-- @string volume_id
-- @string policy its name
-- @treturn Lock nil and an error
function locking.take(volume_id, policy)
  return lock.take(name_of(volume_id, policy))
end

--- Frees locks.
function locking.release(locks)
  for _, lock_ in ipairs(locks) do
    lock_:unlock()
  end
end

-- The locks that a group needs: their names by path, because each file is locked only once.
local function names_for(group)
  local names = {}
  for _, entry in ipairs(group.remove) do
    local name = name_of(entry.record.volume_id or entry.record.id,
      retention.policy_of(entry.snapshot) or "")
    names[lock.path(name)] = name
  end
  return names
end

-- Takes the locks that a group needs, unless this run has them (`held`, by path) for another group.
-- Returns the locks that it took; nil and an error.
local function take_group(group, held)
  local names, locks = names_for(group), {}
  for path, name in pairs(names) do
    local taken, err
    if not held[path] then
      taken, err = lock.take(name)
    end
    if err then
      locking.release(locks)
      return nil, err
    end
    locks[#locks + 1] = taken
  end
  for path in pairs(names) do
    held[path] = true
  end
  return locks
end

--- Takes the locks of a plan's groups.
-- @tparam {table,...} groups
-- @func refuse called with each group that another run has locked, and the error
-- @treturn {table,...} the groups that were free
-- @treturn {Lock,...}
function locking.take_groups(groups, refuse)
  local free, locks, held = {}, {}, {}
  for _, group in ipairs(groups) do
    local taken, err = take_group(group, held)
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
