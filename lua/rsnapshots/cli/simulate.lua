--- `rsnapshots simulate`: a cloud on loopback, until it is interrupted.
-- @module rsnapshots.cli.simulate

local compat = require "rsnapshots.support.compat"

local kinds = require "rsnapshots.cli.arguments.kinds"

local OK, FAILED, USAGE = 0, 1, 2

local function versions_of(options)
  local versions = {}
  for i, word in ipairs(options.api or { "1", "2", "3" }) do
    versions[i] = tonumber(word)
  end
  return versions
end

-- The faults' tables, or nil and what is wrong with one.
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

local function print_environment(sim, versions, out)
  local newest = math.max(compat.unpack(versions))
  local credentials = sim:credentials { api_version = newest }
  out:print(("# A simulated cloud at %s, until you press Ctrl-C.\n"):format(sim.url))
  out:print(("# A volume: %s\n"):format(sim.volume_id))
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
  out:print("unset " .. table.concat(contrary, " ") .. "\n")
  for _, pair in ipairs(ours) do
    out:print(("export %s=%s\n"):format(pair[1], credentials[pair[2]]))
  end
  out:flush()
end

local function populate(sim, options)
  for i = 1, options.volumes or 1 do
    local volume = i == 1 and sim.volume_id or sim:add_volume { name = "volume-" .. i }
    sim:add_snapshots(options.snapshots or 0, { volume_id = volume })
  end
end

local function serve(context, sim)
  local ok, err = pcall(sim.run, sim)
  sim:close()
  if ok or tostring(err):find("interrupted!", 1, true) then
    return OK
  end
  context:warn(tostring(err))
  return FAILED
end

-- Serves until interrupted.
local function run(options, context)
  local found, simulator = pcall(require, "rsnapshots.simulator")
  if not found then
    context:warn("needs luasocket (lua-socket in Debian): "
      .. tostring(simulator):match("^[^\n]*"))
    return USAGE
  end
  local faults, err = faults_of(simulator, options)
  if not faults then
    context:warn(err)
    return USAGE
  end
  local versions = versions_of(options)
  local sim
  sim, err = simulator.new { port = options.port or 0, latency = options.latency or 0,
    api = versions, log = not options.quiet and io.stderr or nil, record = false }
  if not sim then
    context:warn(err)
    return FAILED
  end
  for _, spec in ipairs(faults) do
    sim:fault(spec)
  end
  populate(sim, options)
  print_environment(sim, versions, context.out)
  return serve(context, sim)
end

return {
  name = "simulate",
  summary = "Run a simulated cloud on loopback, for trying things out.",
  description = 'A FAULT says which requests go wrong, and how: "GET /snapshots status=503 '
    .. 'times=2".\n\nWhich: METHOD, /PATH (a Lua pattern or a plain part), query=PART, times=N, '
    .. "after=N.\n\nHow: status=CODE, body=TEXT, header-NAME=VALUE, delay=SECONDS, stall=yes, "
    .. "trickle=SECONDS, cut=before|after|head|reset|BYTES; act=yes carries the operation out "
    .. "all the same.",
  options = {
    { "--port", value = "N", kind = kinds.whole(0, 65535),
      help = "Listen there; 0 (default) is any free port." },
    { "--api", value = "VERSION", many = true, choices = { "1", "2", "3" },
      help = "Offer this version of the API; repeatable. Default: all of them." },
    { "--latency", value = "SECONDS", kind = kinds.seconds(0, 3600),
      help = "Wait so long before every answer." },
    { "--volumes", value = "N", kind = kinds.whole(1, 100000),
      help = "Have so many volumes (1)." },
    { "--snapshots", value = "N", kind = kinds.whole(0, 100000),
      help = "Begin with so many snapshots of each volume (0)." },
    { "--fault", value = "FAULT", many = true,
      help = "Make some requests go wrong; repeatable." },
  },
  keeps_signals = true, -- the interpreter's own: the simulator waits elsewhere
  run = run,
}
