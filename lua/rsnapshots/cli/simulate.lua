--- `rsnapshots simulate`: runs a simulated cloud on the loopback interface until it is interrupted.
-- @module rsnapshots.cli.simulate

local compat = require "rsnapshots.support.compat"

local kinds = require "rsnapshots.cli.arguments.kinds"

local OK, FAILED, USAGE = 0, 1, 2
local STDIN = 0

-- The last line printed before the cloud serves.
local READY = "# It is ready."

local function versions_of(options)
  local versions = {}
  for i, word in ipairs(options.api or { "1", "2", "3" }) do
    versions[i] = tonumber(word)
  end
  return versions
end

-- The faults as tables; nil and what is wrong with one.
local function faults_of(simulator, options)
  local faults = {}
  for i, text in ipairs(options.fault or {}) do
    local spec, err = simulator.parse_fault(text)
    if not spec then
      return nil, err
    end
    faults[i] = spec
  end
  return faults
end

-- The environment variables for what `Simulator:credentials` returns.
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

-- Removes the variables of another cloud: what these do not replace would contradict them, or lead
-- elsewhere. A proxy cannot reach the simulated cloud.
local ALONE = [[
unset OS_CLOUD $(env | sed -n 's/^\([OR]S_[A-Za-z0-9_]*\)=.*/\1/p')
export no_proxy="127.0.0.1,${no_proxy:-${NO_PROXY:-}}"
]]

local function print_environment(sim, versions, out)
  local newest = math.max(compat.unpack(versions))
  local credentials = sim:credentials { api_version = newest }
  out:print(("# A simulated cloud at %s, until you press Ctrl-C.\n"):format(sim.url))
  out:print(("# A volume: %s\n"):format(sim.volume_id))
  out:print(ALONE)
  for _, pair in ipairs(newest == 1 and RACKSPACE or OPENSTACK) do
    out:print(("export %s=%s\n"):format(pair[1], credentials[pair[2]]))
  end
  out:print(READY .. "\n")
  out:flush()
end

local function populate(sim, options)
  for i = 1, options.volumes or 1 do
    local volume = i == 1 and sim.volume_id or sim:add_volume { name = "volume-" .. i }
    sim:add_snapshots(options.snapshots or 0, { volume_id = volume })
  end
end

-- Serves until it is stopped or, with until_eof, until standard input ends.
local function serve_all(sim, until_eof)
  if not until_eof then
    return sim:run()
  end
  repeat
    sim:run(STDIN)
  until io.stdin:read(1) == nil
end

local function serve(context, sim, until_eof)
  local ok, err = pcall(serve_all, sim, until_eof)
  sim:close()
  if ok or tostring(err):find("interrupted!", 1, true) then
    return OK
  end
  context:warn(tostring(err))
  return FAILED
end

-- Checks the quirks. Returns what is wrong; nil if they are right.
local function quirk_problem(simulator, quirks)
  for _, word in ipairs(quirks) do
    local problem = simulator.quirk_problem(word)
    if problem then
      return ("--quirk: %s (--quirk list shows them all)"):format(problem)
    end
  end
  return nil
end

local function wants_list(quirks)
  for _, word in ipairs(quirks) do
    if word == "list" then
      return true
    end
  end
  return false
end

local function print_quirks(simulator, out)
  for _, pair in ipairs(simulator.quirks()) do
    out:print(("%-24s %s\n"):format(pair[1], pair[2]))
  end
  return OK
end

-- Serves until interrupted.
local function start(simulator, options, context, faults)
  local versions = versions_of(options)
  local sim, err = simulator.new { port = options.port or 0, latency = options.latency or 0,
    create_seconds = options.create_seconds, delete_seconds = options.delete_seconds,
    api = versions, quirks = options.quirk, log = not options.quiet and io.stderr or nil,
    record = false }
  if not sim then
    context:warn(err)
    return FAILED
  end
  for _, spec in ipairs(faults) do
    sim:fault(spec)
  end
  populate(sim, options)
  print_environment(sim, versions, context.out)
  return serve(context, sim, options.until_eof)
end

local function run(options, context)
  local found, simulator = pcall(require, "rsnapshots.simulator")
  if not found then
    context:warn("needs luasocket (lua-socket in Debian): "
      .. tostring(simulator):match("^[^\n]*"))
    return USAGE
  end
  options.quirk = options.quirk or {}
  if wants_list(options.quirk) then
    return print_quirks(simulator, context.out)
  end
  local faults, err = faults_of(simulator, options)
  err = err or quirk_problem(simulator, options.quirk)
  if err then
    context:warn(err)
    return USAGE
  elseif options.command then
    return require("rsnapshots.cli.simulate_command").run(options, READY, context)
  end
  return start(simulator, options, context, faults)
end

return {
  name = "simulate",
  arguments = {
    { "COMMAND", many = true, optional = true,
      help = "After --: run this command on the cloud; the cloud ends with it." },
  },
  description = 'A FAULT says which requests go wrong, and how: "GET /snapshots status=503 '
    .. 'times=2".\n\nWhich: METHOD, /PATH (a Lua pattern or a plain part), query=PART, times=N, '
    .. "after=N.\n\nHow: status=CODE, body=TEXT, header-NAME=VALUE, delay=SECONDS, stall=yes, "
    .. "trickle=SECONDS, cut=before|after|head|reset|BYTES; with act=yes the operation "
    .. "takes effect all the same.",
  options = {
    { "--port", value = "N", kind = kinds.whole(0, 65535),
      help = "The port to listen on; 0 (default): any free port." },
    { "--api", value = "VERSION", many = true, choices = { "1", "2", "3" },
      help = "Offer this version of the API; repeatable. Default: all of them." },
    { "--latency", value = "SECONDS", kind = kinds.seconds(0, 3600),
      help = "Wait this long before every answer." },
    { "--create-seconds", value = "SECONDS", kind = kinds.seconds(0, 86400),
      help = "How long a new snapshot or volume is in creation (0.2)." },
    { "--delete-seconds", value = "SECONDS", kind = kinds.seconds(0, 86400),
      help = "How long a delete takes (0.2)." },
    { "--volumes", value = "N", kind = kinds.whole(1, 100000),
      help = "Begin with N volumes (1)." },
    { "--snapshots", value = "N", kind = kinds.whole(0, 100000),
      help = "Begin with N snapshots of each volume (0)." },
    { "--fault", value = "FAULT", many = true,
      help = "Make some requests go wrong; repeatable." },
    { "--quirk", value = "QUIRK", many = true,
      help = "Answer like this odd service; repeatable. \"list\" shows them all." },
    { "--until-eof", help = "Stop when the standard input ends." },
  },
  keeps_signals = true, -- the interpreter's: the simulator does not wait through Context
  run = run,
}
