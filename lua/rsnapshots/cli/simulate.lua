--- `rsnapshots simulate`: a cloud on loopback, until it is interrupted, or for one command.
-- @module rsnapshots.cli.simulate

local compat = require "rsnapshots.support.compat"

local simulate = {
  name = "simulate",
  summary = "Run a simulated cloud on loopback, for trying things out.",
}

local OK, FAILED, USAGE = 0, 1, 2

local NOTES = [[
With a COMMAND, that runs with the cloud in its environment (OS_*, or RS_* for version 1), and the
cloud ends with it: rsnapshots simulate -- openstack volume snapshot list

A FAULT says which requests go wrong, and how: "GET /snapshots status=503 times=2".
Which: METHOD, /PATH (a Lua pattern or a plain part), query=PART, times=N, after=N.
How: status=CODE, body=TEXT, header-NAME=VALUE, delay=SECONDS, stall=yes, trickle=SECONDS,
cut=before|after|head|reset|BYTES; act=yes carries the operation out all the same.

A QUIRK is the way of an odd service; "--quirk list" shows them all.]]

--- The last line that is printed before the cloud serves.
simulate.READY = "# It is ready."

local function seconds(word)
  local number = tonumber(word)
  if not number or number < 0 or number > 3600 then
    return nil, ("--latency must be a number from 0 to 3600, not '%s'"):format(word)
  end
  return number
end

local function whole(what, low, high)
  return function(word)
    local number = word:match "^%d+$" and tonumber(word)
    if not number or number < low or number > high then
      return nil, ("%s must be a whole number from %d to %d, not '%s'"):format(what, low, high,
        word)
    end
    return number
  end
end

--- Declares the arguments.
-- @param command an argparse command
function simulate.define(command)
  command:argument("words", "Run this command with the cloud in its environment.")
    :argname("COMMAND"):args("*")
  command:option("--port", "Listen there; 0 is any free port.", "0")
    :argname("N"):convert(whole("--port", 0, 65535))
  command:option("--api", "Offer this version of the API; repeatable. Default: all of them.")
    :argname("VERSION"):choices({ "1", "2", "3" }):count("*")
  command:option("--latency", "Wait so long before every answer.", "0")
    :argname("SECONDS"):convert(seconds)
  command:option("--volumes", "Have so many volumes.", "1")
    :argname("N"):convert(whole("--volumes", 1, 100000))
  command:option("--snapshots", "Begin with so many snapshots of each volume.", "0")
    :argname("N"):convert(whole("--snapshots", 0, 100000))
  command:option("--fault", "Make some requests go wrong; repeatable.")
    :argname("FAULT"):count("*")
  command:option("--quirk", "Answer as an odd service does; repeatable.")
    :argname("QUIRK"):count("*")
  command:flag("--until-eof", "Stop when the standard input ends.")
  command:flag("--quiet", "Do not report every request on stderr.")
  command:epilog(NOTES)
end

local function complain(message)
  io.stderr:write("rsnapshots simulate: ", message, "\n")
end

local function versions_of(options)
  if #options.api == 0 then
    return { 1, 2, 3 }
  end
  local versions = {}
  for i, word in ipairs(options.api) do
    versions[i] = tonumber(word)
  end
  return versions
end

-- The faults' tables, or nil and what is wrong with one.
local function faults_of(simulator, options)
  local faults = {}
  for i, text in ipairs(options.fault) do
    local spec, err = simulator.parse_fault(text)
    if not spec then
      return nil, err
    end
    faults[i] = spec
  end
  return faults
end

local function wrong_quirk(simulator, options)
  for _, word in ipairs(options.quirk) do
    local problem = simulator.quirk_problem(word)
    if problem then
      return ("--quirk: %s (--quirk list shows them all)"):format(problem)
    end
  end
  return nil
end

local function wants_list(options)
  for _, word in ipairs(options.quirk) do
    if word == "list" then
      return true
    end
  end
  return false
end

local function print_quirks(simulator)
  for _, pair in ipairs(simulator.quirks()) do
    print(("%-24s %s"):format(pair[1], pair[2]))
  end
end

-- Names of the environment's variables for what `Simulator:credentials` gives.
local OPENSTACK = {
  { "OS_AUTH_TYPE", "auth_type" }, { "OS_AUTH_URL", "auth_url" }, { "OS_USERNAME", "username" },
  { "OS_PASSWORD", "password" }, { "OS_PROJECT_NAME", "project_name" },
  { "OS_USER_DOMAIN_NAME", "user_domain_name" },
  { "OS_PROJECT_DOMAIN_NAME", "project_domain_name" }, { "OS_REGION_NAME", "region" },
  { "OS_VOLUME_API_VERSION", "api_version" },
}
local RACKSPACE = {
  { "OS_AUTH_TYPE", "auth_type" }, { "RS_AUTH_URL", "auth_url" }, { "RS_USERNAME", "username" },
  { "RS_API_KEY", "api_key" }, { "RS_REGION_NAME", "region" },
  { "OS_VOLUME_API_VERSION", "api_version" },
}

local function print_environment(sim, versions)
  local newest = math.max(compat.unpack(versions))
  local credentials = sim:credentials { api_version = newest }
  print(("# A simulated cloud at %s, until you press Ctrl-C."):format(sim.url))
  print(("# A volume: %s"):format(sim.volume_id))
  local ours, others = OPENSTACK, RACKSPACE
  if newest == 1 then
    ours, others = others, ours
  end
  local exported, contrary = {}, { "OS_CLOUD" }
  for _, pair in ipairs(ours) do
    exported[pair[1]] = true
  end
  for _, pair in ipairs(others) do
    contrary[#contrary + 1] = not exported[pair[1]] and pair[1] or nil
  end
  print("unset " .. table.concat(contrary, " "))
  for _, pair in ipairs(ours) do
    print(("export %s=%s"):format(pair[1], credentials[pair[2]]))
  end
  print(simulate.READY)
  io.stdout:flush()
end

local function populate(sim, options)
  for i = 1, options.volumes do
    local volume = i == 1 and sim.volume_id or sim:add_volume { name = "volume-" .. i }
    sim:add_snapshots(options.snapshots, { volume_id = volume })
  end
end

local STDIN = 0

-- Serves until it is stopped, or until there is nothing more to read.
local function run(sim, until_eof)
  if not until_eof then
    return sim:run()
  end
  repeat
    sim:run(STDIN)
  until io.stdin:read(1) == nil
end

local function serve(sim, options)
  local ok, err = pcall(run, sim, options.until_eof)
  sim:close()
  if ok or tostring(err):find("interrupted!", 1, true) then
    return OK
  end
  complain(tostring(err))
  return FAILED
end

local function start(simulator, options, faults)
  local versions = versions_of(options)
  local sim, err = simulator.new { port = options.port, latency = options.latency, api = versions,
    quirks = options.quirk, log = not options.quiet and io.stderr or nil, record = false }
  if not sim then
    complain(err)
    return FAILED
  end
  for _, spec in ipairs(faults) do
    sim:fault(spec)
  end
  populate(sim, options)
  print_environment(sim, versions)
  return serve(sim, options)
end

--- Serves until interrupted, or while a command runs.
-- @tparam table options
-- @treturn int the exit status
function simulate.run(options)
  local found, simulator = pcall(require, "rsnapshots.simulator")
  if not found then
    complain("needs luasocket (lua-socket in Debian): " .. tostring(simulator):match("^[^\n]*"))
    return USAGE
  end
  if wants_list(options) then
    print_quirks(simulator)
    return OK
  end
  local faults, err = faults_of(simulator, options)
  err = err or wrong_quirk(simulator, options)
  if err then
    complain(err)
    return USAGE
  elseif #options.words > 0 then
    return require("rsnapshots.cli.simulate_command").run(options, simulate.READY)
  end
  return start(simulator, options, faults)
end

return simulate
