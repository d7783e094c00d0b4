--- A client's settings: arguments, the environment and clouds.yaml, merged and checked.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local checks = require "rsnapshots.connect.checks"
local credentials = require "rsnapshots.connect.credentials"
local environment = require "rsnapshots.connect.environment"
local options = require "rsnapshots.connect.options"
local tables = require "rsnapshots.support.tables"

local settings_of = {}

local CALL_SECONDS = 60 -- the default of `timeout`

-- The settings of the cloud to use: a named one, the environment, or the only one in the files. For
-- a cloud in a file, only the region and the interface may come from the environment.
local function from_cloud(arguments, warn)
  local name = arguments.cloud or environment.variable "OS_CLOUD"
  local around, variables = environment.read()
  if name == environment.name() or not name and environment.is_cloud(around) then
    environment.check(around, variables)
    return around, variables
  end
  local clouds = require "rsnapshots.connect.clouds" -- loaded only if it is needed
  local settings, origins = clouds.read(name, arguments.cloud and "cloud" or "OS_CLOUD",
    arguments.region or around.region, warn)
  if not settings then
    return around, variables -- a region at most, or nothing
  elseif around.interface then
    settings.interface, origins.interface = around.interface, variables.interface
  end
  if (settings.attempt_timeout or 0) > CALL_SECONDS then
    settings.timeout = settings.attempt_timeout -- a call may take as long as one request
  end
  return settings, origins
end

-- Credentials go only where they belong: if an argument names another identity service, but no
-- cloud, the environment and the files are not used.
local function merge(arguments, warn)
  if not arguments.cloud
    and (arguments.auth_url or arguments.endpoint or arguments.provider) then
    return arguments, {}
  end
  local settings, origins = from_cloud(arguments, warn)
  credentials.share_domain(settings)
  credentials.leave_aside(settings, arguments)
  for name, value in pairs(arguments) do
    settings[name], origins[name] = value, nil
  end
  return settings, origins
end

local function warn_on_stderr(message)
  io.stderr:write("rsnapshots: warning: ", ascii.one_line(message), "\n")
end

-- The settings that follow from the arguments; raises an error if they are wrong.
local function settle(arguments, warn)
  local settings, origins = merge(arguments, warn)
  credentials.share_domain(settings)
  checks.apply(settings, origins)
  settings.origins = origins -- for messages
  settings.is_environment = not settings.origin and next(origins) ~= nil
  credentials.check(settings, origins)
  if settings.verify == false and origins.verify and origins.cacert then
    warn(("verify is off in %s, so its cacert is not used: no certificate is checked")
      :format(settings.origin))
  end
  return tables.fill(tables.fill({}, options.defaults), settings)
end

--- Gathers the settings of a client.
-- @tparam[opt] table given the arguments of connect; a wrong one raises an error
-- @treturn table every option with its default; nil and a `config` error
function settings_of.gather(given)
  local arguments, warnings = options.from_arguments(given or {}), {}
  local settings, err = check.caught(settle, arguments, function(message)
    warnings[#warnings + 1] = message
  end)
  for _, message in ipairs(warnings) do
    (arguments.on_warning or warn_on_stderr)(message)
  end
  return settings, err
end

return settings_of
