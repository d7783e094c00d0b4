--- The command beside `openstack` and `cinder`, from start to end as a shell sees it: listing 1000
-- snapshots on the simulator, on the cloud that OS_* name, or on a real Cinder that it brings up
-- itself (spec/openstack).
--
-- usage: scripts/lua bench/command.lua [RUNS] [cinder]
local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"
local simulated = require "spec.support.simulated"
local socket = require "socket"

local RUNS = tonumber(arg[1]) or 5
local COUNT = 1000

local COMMANDS = {
  { "rsnapshots", "bin/rsnapshots --help" },
  { "rsnapshots", "bin/rsnapshots list" },
  { "rsnapshots", "bin/rsnapshots list --long -f json" },
  { "openstack", "openstack --version" },
  { "openstack", "openstack volume snapshot list --limit " .. COUNT },
  { "cinder", "cinder snapshot-list --limit " .. COUNT },
}

local function is_there(program)
  local _, status = process.run("command -v " .. program)
  return program == "rsnapshots" or status == 0
end

-- Seconds as a shell sees them, the processor's seconds, which include no waiting for the service,
-- and the peak of memory in MB; nil where it fails.
local function run(environment, line)
  local began = socket.gettime()
  local output, status = process.run(("%s\nexec 3>&1; /usr/bin/time -o /dev/fd/3 -f '%%U %%S %%M' "
    .. "sh -c 'exec %s >/dev/null 2>&1'"):format(environment, line))
  local seconds = socket.gettime() - began
  local user, system, peak = output:match "(%S+) (%S+) (%d+)%s*$"
  return status == 0 and { seconds = seconds, cpu = user + system, peak = peak / 1024 } or nil
end

local function middle(list)
  table.sort(list)
  return list[math.floor((#list + 1) / 2)]
end

local function measure(environment, line)
  local seconds, cpu, most = {}, {}, 0
  for i = 0, RUNS do
    local figures = run(environment, line)
    if not figures then
      return nil
    elseif i > 0 then -- the first one warms up
      seconds[i], cpu[i], most = figures.seconds, figures.cpu, math.max(most, figures.peak)
    end
  end
  return { middle(seconds), seconds[1], middle(cpu), most }
end

local function compare(environment)
  print(("%-50s %8s %8s %8s %7s"):format("seconds (peak MB)", "median", "min", "cpu", "peak"))
  for _, command in ipairs(COMMANDS) do
    if is_there(command[1]) then
      local figures = measure(environment, command[2])
      print(figures and ("%-50s %8.3f %8.3f %8.3f %7.1f"):format(command[2],
        compat.unpack(figures)) or ("%-50s failed"):format(command[2]))
    else
      print(("%-50s is not installed"):format(command[2]))
    end
  end
end

-- On a fresh project of a real Cinder with so many snapshots.
local function on_cinder()
  local cloud = require "spec.openstack.support"
  local project = cloud.project()
  project:fill(project:volume(), COUNT)
  compare(project:environment())
  project:forget()
end

if arg[2] == "cinder" then
  on_cinder()
elseif (os.getenv "OS_AUTH_URL" or os.getenv "OS_CLOUD" or "") ~= "" then
  compare ""
else
  local server = simulated.start("--quiet --snapshots " .. COUNT)
  compare(server.shell)
  server.stop()
end
