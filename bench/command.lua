--- The command beside `openstack` and `cinder`, from start to end as a shell sees it: listing 1000
-- snapshots of the simulator.
local process = require "spec.support.process"
local simulated = require "spec.support.simulated"
local socket = require "socket"
local statistics = require "bench.statistics"

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

local function measure(environment, line, runs)
  local times, most = {}, 0
  for i = 0, runs do -- the first one warms up
    local seconds, peak = run(environment, line)
    if not seconds then
      return nil
    end
    times[i], most = seconds, math.max(most, (peak or 0) / 1024)
  end
  return statistics.median(times), most
end

local command = {}

--- A list of `name`, `seconds` (the median) and `peak` (MB), or of `name` and `missing`.
function command.measure(runs)
  local server = simulated.start("--quiet --snapshots " .. COUNT)
  local found = {}
  for i, one in ipairs(COMMANDS) do
    local seconds, peak
    if is_there(one[1]) then
      seconds, peak = measure(server.shell, one[2], runs)
    end
    found[i] = { name = one[2], seconds = seconds, peak = peak,
      missing = not seconds and "is not installed, or fails" or nil }
  end
  server.stop()
  return found
end

return command
