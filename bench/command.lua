--- The command beside `openstack` and `cinder`, from start to end as a shell sees it: listing 1000
-- snapshots of the simulator, of the cloud that OS_* name, or of a real Cinder that it brings up
-- itself (spec/openstack).
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

-- Medians of both, and the highest peak; nil where it fails.
local function measure(environment, line, runs)
  local seconds, cpu, most = {}, {}, 0
  for i = 0, runs do -- the first one warms up
    local figures = run(environment, line)
    if not figures then
      return nil
    elseif i > 0 then
      seconds[i], cpu[i], most = figures.seconds, figures.cpu, math.max(most, figures.peak)
    end
  end
  return statistics.median(seconds), statistics.median(cpu), most
end

local function compare(environment, runs)
  local found = {}
  for i, one in ipairs(COMMANDS) do
    local seconds, cpu, peak
    if is_there(one[1]) then
      seconds, cpu, peak = measure(environment, one[2], runs)
    end
    found[i] = { name = one[2], seconds = seconds, cpu = cpu, peak = peak,
      missing = not seconds and "is not installed, or fails" or nil }
  end
  return found
end

local command = {}

--- A list of `name`, `seconds`, `cpu` (medians) and `peak` (MB), or of `name` and `missing`.
function command.measure(runs)
  if (os.getenv "OS_AUTH_URL" or os.getenv "OS_CLOUD" or "") ~= "" then
    return compare("", runs)
  end
  local server = simulated.start("--quiet --snapshots " .. COUNT)
  local found = compare(server.shell, runs)
  server.stop()
  return found
end

--- The same on a fresh project of a real Cinder.
function command.measure_cinder(runs)
  local cloud = require "spec.openstack.support"
  local project = cloud.project()
  project:fill(project:volume(), COUNT)
  local found = compare(project:environment(), runs)
  project:forget()
  return found
end

return command
