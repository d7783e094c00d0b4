--- The command in a process of its own, on a simulated cloud in another.
local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"
local simulated = require "spec.support.simulated"
local socket = require "socket"

local command = {}

local Cloud = {}
Cloud.__index = Cloud

--- How the command is called, for the Lua that the specs run on.
command.PROGRAM = process.interpreter() .. " bin/rsnapshots"

--- Starts a cloud, which makes and deletes at once.
-- @string[opt] arguments of `rsnapshots simulate`
function command.cloud(arguments)
  local server = simulated.start("--quiet --create-seconds 0 --delete-seconds 0 "
    .. (arguments or ""))
  return setmetatable({ server = server, volume_id = server.volume_id, stop = server.stop }, Cloud)
end

-- For the shell: the cloud's variables, and none of those from outside.
function Cloud:environment()
  return self.server.shell .. "\nunset NO_COLOR; export TZ=UTC TERM=xterm\n"
end

-- Runs a line of the shell in which $R is the command.
local function run(environment, line)
  local out, err = os.tmpname(), os.tmpname()
  local script = ("%s\nR=%s\n{ %s\n} >%s 2>%s </dev/null"):format(environment,
    process.quote(command.PROGRAM), line, out, err)
  local _, status = process.run(script)
  local printed, told = process.read(out), process.read(err)
  os.remove(out)
  os.remove(err)
  return printed, told, status
end

--- Runs `rsnapshots ARGUMENTS`: what it prints, what it says on standard error, its status.
function Cloud:run(arguments)
  return run(self:environment(), "$R " .. arguments)
end

--- Runs a line of the shell in which $R is the command.
function Cloud:shell(line)
  return run(self:environment(), line)
end

--- The same without any cloud.
function command.run(arguments)
  return run("unset OS_CLOUD OS_AUTH_URL", "$R " .. arguments)
end

--- The same as the administrator.
function Cloud:admin(arguments)
  return self:shell("export OS_USERNAME=admin OS_PASSWORD=adminpw OS_PROJECT_NAME=admin; $R "
    .. arguments)
end

local WAIT = { interval = 0.02, timeout = 120 } -- `--wait` looks again after a second only

-- A client of the cloud in this process, for what a test is not about.
function Cloud:client()
  self.connected = self.connected or assert(rsnapshots.connect(self.server.credentials()))
  return self.connected
end

--- Makes a snapshot as the command does, and gives its id when it is complete.
-- @string name
-- @tparam[opt] table more options for client:create
function Cloud:create(name, more)
  local options = { volume_id = self.volume_id, name = name, once = true }
  for key, value in pairs(more or {}) do
    options[key] = value
  end
  return assert(assert(self:client():create(options)):wait_until_complete(WAIT)).id
end

--- Removes all snapshots.
function Cloud:clear()
  local client, limit = self:client(), socket.gettime() + WAIT.timeout
  local all = assert(client:list():all())
  while #all > 0 do
    assert(socket.gettime() < limit, "snapshots stay")
    for _, snapshot in ipairs(all) do
      client:delete(snapshot.id) -- refused while one is being made
    end
    socket.sleep(WAIT.interval)
    all = assert(client:list():all())
  end
end

--- A text in which ids, marks, times and ports, which differ from run to run, have one form.
function command.normal(text)
  return (text:gsub("%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-" .. ("%x"):rep(12),
      "00000000-0000-0000-0000-000000000000")
    :gsub(("%x"):rep(32), ("0"):rep(32))
    :gsub("%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%d", "2026-11-25T00:00:00.000000")
    :gsub("%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d %+00:00", "2026-11-25 00:00:00 +00:00")
    :gsub("127%.0%.0%.1:%d+", "127.0.0.1:0")
    :gsub("req%-0+", "req-0"):gsub("request req%-[%x-]+", "request req-0"))
end


return command
