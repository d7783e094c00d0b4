--- The command beside `openstack` and `cinder`, from start to end as a shell sees it: listing 1000
-- snapshots, on the simulator, or on the cloud that OS_* name.
--
-- usage: scripts/lua bench/command.lua [RUNS]
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

-- Seconds, and the peak of memory in MB; nil where it fails.
local function run(environment, line)
  local began = socket.gettime()
  local output, status = process.run(("%s\nexec 3>&1; /usr/bin/time -o /dev/fd/3 -f %%M "
    .. "sh -c 'exec %s >/dev/null 2>&1'"):format(environment, line))
  local seconds = socket.gettime() - began
  return status == 0 and seconds or nil, tonumber(output:match "(%d+)%s*$")
end

local function measure(environment, line)
  local times, most = {}, 0
  for i = 1, RUNS + 1 do
    local seconds, peak = run(environment, line)
    if not seconds then
      return nil
    end
    times[i - 1], most = seconds, math.max(most, (peak or 0) / 1024)
  end
  times[0] = nil -- the first one warms up
  table.sort(times)
  return times[1], times[math.floor((#times + 1) / 2)], most
end

local function compare(environment)
  print(("%-55s %8s %8s %7s"):format("seconds (peak MB)", "min", "median", "peak"))
  for _, command in ipairs(COMMANDS) do
    if is_there(command[1]) then
      local least, median, peak = measure(environment, command[2])
      print(least and ("%-55s %8.3f %8.3f %7.1f"):format(command[2], least, median, peak)
        or ("%-55s failed"):format(command[2]))
    else
      print(("%-55s is not installed"):format(command[2]))
    end
  end
end

if (os.getenv "OS_AUTH_URL" or os.getenv "OS_CLOUD" or "") ~= "" then
  compare ""
else
  local server = simulated.start("--quiet --snapshots " .. COUNT)
  compare(server.shell)
  server.stop()
end
