--- The command in a process of its own, on a cloud that this process simulates, so that a spec can
-- read and change the cloud and its requests.
local process = require "spec.support.process"
local retention = require "rsnapshots.retention"
local simulator = require "rsnapshots.simulator"
local socket = require "socket"

local served = {}

local PATIENCE = 600 -- seconds

local Cloud = {}
Cloud.__index = Cloud

local NAMES = { auth_type = "OS_AUTH_TYPE", auth_url = "OS_AUTH_URL", username = "OS_USERNAME",
  password = "OS_PASSWORD", project_name = "OS_PROJECT_NAME",
  user_domain_name = "OS_USER_DOMAIN_NAME", project_domain_name = "OS_PROJECT_DOMAIN_NAME",
  region = "OS_REGION_NAME", api_version = "OS_VOLUME_API_VERSION", api_key = "RS_API_KEY" }

-- The command and its cloud live on a clock on which it was five past noon when the specs began,
-- so that no hour and no day ends between two runs, in no time zone that anyone tries.
local SHIFT = os.time() % 86400 - (12 * 3600 + 300) -- seconds

local CLOCK = ("local time = os.time; os.time = function(date) return date and time(date) "
  .. "or time() - (%d) end"):format(SHIFT)

--- Where that clock is, in Unix seconds.
function served.now()
  return socket.gettime() - SHIFT
end

--- What puts the command on that clock, in the shell.
served.CLOCK = "LUA_INIT=" .. process.quote(CLOCK)

local function environment(sim, version)
  local lines = { "unset OS_CLOUD NO_COLOR; export TZ=UTC TERM=xterm " .. served.CLOCK }
  for name, value in pairs(sim:credentials { api_version = version }) do
    local variable = version == 1 and name:find "^[au]" and name ~= "api_version"
      and name ~= "auth_type" and NAMES[name]:gsub("^OS_", "RS_") or NAMES[name]
    if variable then -- `wait` has none
      lines[#lines + 1] = ("export %s=%s"):format(variable, process.quote(tostring(value)))
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

--- Starts a cloud.
-- @tparam[opt] table options for simulator.new, and `api_version` (3)
function served.cloud(options)
  options = options or {}
  local version = options.api_version or 3
  options.api_version = nil
  options.create_seconds = options.create_seconds or 0
  options.delete_seconds = options.delete_seconds or 0
  options.now = options.now or served.now
  local sim = assert(simulator.new(options))
  local cloud = setmetatable({ sim = sim, folder = process.directory() }, Cloud)
  cloud.environment = environment(sim, version)
  return cloud
end

-- A number in a file that the shell writes, once it is there.
local function line_of(path)
  return process.exists(path) and process.read(path):match "^(%d+)\n" or nil
end

--- Begins a run. `served.finish` serves it to its end.
-- @string arguments of the command, as in a shell
-- @treturn table `pid`
function Cloud:begin(arguments)
  self.runs = (self.runs or 0) + 1
  local run = { base = ("%s/run-%d"):format(self.folder, self.runs) }
  process.write(run.base, ([[
%s
cd %s
(exec env --default-signal=HUP %s %s >%s.out 2>%s.err </dev/null) &
echo $! >%s.pid
wait $!
echo $? >%s.status]]):format(self.environment, self.folder,
    process.quote(process.interpreter()),
    process.quote(served.PROGRAM) .. " " .. arguments, run.base, run.base, run.base, run.base))
  os.execute(("sh %s >/dev/null 2>&1 &"):format(run.base))
  run.pid = line_of(run.base .. ".pid")
  while not run.pid do
    socket.sleep(0.001) -- it is not served before anybody knows whom to kill
    run.pid = line_of(run.base .. ".pid")
  end
  return run
end

--- Serves a run to its end. Returns its output, its standard error and its status.
function Cloud:finish(run)
  local limit = socket.gettime() + PATIENCE
  local status
  repeat
    self.sim:step(0.005)
    assert(socket.gettime() < limit, "the command does not end")
    status = line_of(run.base .. ".status")
  until status
  return process.read(run.base .. ".out"), process.read(run.base .. ".err"), tonumber(status)
end

--- Runs `rsnapshots ARGUMENTS`.
function Cloud:run(arguments)
  return self:finish(self:begin(arguments))
end

--- Begins a run as on a host of that number: hosts do not see each other's locks.
function Cloud:begin_on_host(number, arguments)
  local folder = ("%s/host%d"):format(self.folder, number)
  process.run("mkdir -p " .. process.quote(folder))
  local environment_ = self.environment
  self.environment = ("%sexport RUNTIME_DIRECTORY=%s\n"):format(environment_, folder)
  local run = self:begin(arguments)
  self.environment = environment_
  return run
end

--- The names of the available snapshots, sorted, in one text.
function Cloud:good_names()
  local names = {}
  for _, record in ipairs(self.sim.store.snapshots) do
    names[#names + 1] = record.status == "available" and record.name or nil
  end
  table.sort(names)
  return table.concat(names, " ")
end

--- Writes a file into the folder that commands run in.
function Cloud:write(name, text)
  process.write(self.folder .. "/" .. name, text)
end

--- Adds so many snapshots of the policy "nightly", one a day, the last one now: n1, n2, …
-- @int count
-- @tparam[opt] table more as add_snapshots takes it
function Cloud:nights(count, more)
  local spec = { seconds = 86400, metadata = retention.mark "nightly", prefix = "n" }
  for name, value in pairs(more or {}) do
    spec[name] = value
  end
  return self.sim:add_snapshots(count, spec)
end

--- How many requests changed something, except those for identity.
function Cloud:changes()
  local count = 0
  for _, request in ipairs(self.sim.requests) do
    if request.method ~= "GET" and not request.path:find("/tokens", 1, true) then
      count = count + 1
    end
  end
  return count
end

function Cloud:close()
  self.sim:close()
  process.run("rm -rf " .. process.quote(self.folder))
end

--- Waits for the next hour where this one is almost over, for a cloud that has a clock of its own:
-- slots of rotate must not change between two runs.
function served.within_one_slot()
  local left = 3600 - os.time() % 3600
  if left < 20 then
    socket.sleep(left)
  end
end

local here = process.run("pwd"):match "[^\n]+"

served.PROGRAM = here .. "/bin/rsnapshots"

return served
