--- Locks between runs on one host. A lock lasts until its run ends, however that happens.
-- @module rsnapshots.cli.run.lock

local cells = require "rsnapshots.cli.output.cells"
local terminal = require "rsnapshots.terminal"

local lock = {}

local LONGEST = 200 -- bytes of a file's name
local HELD = 11 -- EWOULDBLOCK

-- The folder of the locks: systemd's for the service, the user's, or the system's.
local function folder()
  for _, name in ipairs { "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR" } do
    local path = os.getenv(name)
    if path and path:find "^/" then
      return (path:gsub(":.*", "")) -- systemd may give several
    end
  end
  return "/run/lock"
end

--- The path of a lock's file.
-- @string name any text, such as a policy and a volume
function lock.path(name)
  local encoded = name:gsub("[^A-Za-z0-9._-]", function(char)
    return ("%%%02X"):format(char:byte())
  end)
  return ("%s/rsnapshots-%s.lock"):format(folder(), encoded:sub(1, LONGEST))
end

local function words_for(name, pid, since)
  local who = pid and ("process %d, since %s"):format(pid, cells.moment(since))
    or "another process, which has just begun"
  return ("%s is being worked on by another run: %s"):format(name, who)
end

--- Takes a lock.
-- @string name
-- @treturn Lock with a method `unlock`; nil and an error: `conflict` if another run holds it,
-- `config` if no lock can be made
function lock.take(name)
  local errors = require "rsnapshots.error"
  local path = lock.path(name)
  local taken, message, errno, pid, since = terminal.lock(path)
  if taken then
    return taken
  elseif errno == HELD then
    return nil, errors.new("conflict", words_for(name, pid, since))
  end
  return nil, errors.new("config", ("%s (%s); RUNTIME_DIRECTORY or XDG_RUNTIME_DIR can name "
    .. "another folder"):format(message, path))
end

return lock
