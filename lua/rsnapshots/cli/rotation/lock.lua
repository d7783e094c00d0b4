--- One run at a time on one host, for each policy and volume. The kernel frees a lock when its
-- process ends, however it ends.
-- @module rsnapshots.cli.rotation.lock

local errors = require "rsnapshots.error"
local terminal = require "rsnapshots.terminal"

local lock = {}

-- Where every user may make files, and a restart leaves none. (XDG_RUNTIME_DIR is another one for
-- cron than for a login.)
local FOLDERS = { os.getenv "RSNAPSHOTS_LOCK_DIR", "/run/lock", "/var/lock", "/tmp" }

local LONGEST = 80 -- bytes of a name's part

-- What tells texts apart that are the same once they are cut.
local function checksum(text)
  local sum = 5381
  for i = 1, #text do
    sum = (sum * 33 + text:byte(i)) % 4294967296
  end
  return ("%08x"):format(sum)
end

local function safe(text)
  return (text:gsub("[^A-Za-z0-9_-]", "_"):sub(1, LONGEST))
end

local function name_of(policy, volume_id)
  return ("rsnapshots-%s-%s-%s.lock"):format(safe(policy), safe(volume_id),
    checksum(policy .. "/" .. volume_id))
end

local function held(pid, since)
  local who = pid and ("process %d since %s"):format(pid, os.date("%Y-%m-%d %H:%M:%S", since))
    or "another run"
  return errors.new("conflict", ("locked by %s"):format(who))
end

local ENOENT, EROFS, ENOTDIR, EWOULDBLOCK = 2, 30, 20, 11

--- Locks; the lock is freed by its method `unlock`.
-- @string policy its name
-- @string volume_id
-- @treturn Lock nil and an error, of kind `conflict` where another run has it
function lock.take(policy, volume_id)
  local problem
  for i = 1, 4 do
    local folder = FOLDERS[i]
    if folder then
      local taken, message, errno, pid, since =
        terminal.lock(folder .. "/" .. name_of(policy, volume_id))
      if taken then
        return taken
      elseif errno == EWOULDBLOCK then
        return nil, held(pid, since)
      end
      problem = ("%s/%s: %s"):format(folder, name_of(policy, volume_id), message)
      if errno ~= ENOENT and errno ~= EROFS and errno ~= ENOTDIR then
        break
      end
    end
  end
  return nil, errors.new("config", "a lock cannot be taken: " .. problem
    .. " (RSNAPSHOTS_LOCK_DIR names another folder)")
end

return lock
