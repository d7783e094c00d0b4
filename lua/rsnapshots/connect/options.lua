--- Where options come from: arguments, the environment, and clouds.yaml.
local check = require "rsnapshots.support.check"
local cloud = require "rsnapshots.connect.clouds.entry"
local clouds = require "rsnapshots.connect.clouds"
local credentials = require "rsnapshots.connect.credentials"
local errors = require "rsnapshots.error"
local nearest = require "rsnapshots.support.suggest"
local url = require "rsnapshots.support.url"

local config = {}

-- Every option and its type. Aliases are resolved before.
local OPTIONS = {
  cloud = "string", provider = "string", region = "string", interface = "string",
  auth_type = "string", auth_url = "string", username = "string", user_id = "string",
  password = "string", api_key = "string", token = "string",
  application_credential_id = "string", application_credential_name = "string",
  application_credential_secret = "string",
  user_domain_name = "string", user_domain_id = "string",
  project_name = "string", project_id = "string",
  project_domain_name = "string", project_domain_id = "string",
  domain_name = "string", domain_id = "string", default_domain = "string",
  system_scope = "string",
  endpoint = "string", service_type = "string", api_version = "version", microversion = "string",
  timeout = "seconds", attempt_timeout = "seconds", connect_timeout = "seconds",
  verify = "boolean", cacert = "string", cert = "string", key = "string", proxy = "string",
  user_agent = "string", max_response_bytes = "bytes", max_connections = "count",
  retries = "number", reauthenticate = "boolean", wait = "function", on_request = "function",
  on_warning = "function",
}

local ALIASES = { region_name = "region", tenant_name = "project_name", tenant_id = "project_id" }

local DEFAULTS = {
  interface = "public", timeout = 60, attempt_timeout = 30, connect_timeout = 10,
  verify = true, max_response_bytes = 64 * 1024 * 1024, retries = 4, reauthenticate = true,
  user_agent = "rsnapshots/" .. require "rsnapshots.version",
}

-- Variables of the environment and the options they stand for.
local VARIABLES = {
  { "OS_AUTH_URL", "auth_url" }, { "OS_AUTH_TYPE", "auth_type" },
  { "OS_USERNAME", "username" }, { "OS_USER_ID", "user_id" }, { "OS_PASSWORD", "password" },
  { "OS_TOKEN", "token" }, { "OS_AUTH_TOKEN", "token" },
  { "OS_APPLICATION_CREDENTIAL_ID", "application_credential_id" },
  { "OS_APPLICATION_CREDENTIAL_NAME", "application_credential_name" },
  { "OS_APPLICATION_CREDENTIAL_SECRET", "application_credential_secret" },
  { "OS_USER_DOMAIN_NAME", "user_domain_name" }, { "OS_USER_DOMAIN_ID", "user_domain_id" },
  { "OS_PROJECT_NAME", "project_name" }, { "OS_TENANT_NAME", "project_name" },
  { "OS_PROJECT_ID", "project_id" }, { "OS_TENANT_ID", "project_id" },
  { "OS_PROJECT_DOMAIN_NAME", "project_domain_name" },
  { "OS_PROJECT_DOMAIN_ID", "project_domain_id" },
  { "OS_DOMAIN_NAME", "domain_name" }, { "OS_DOMAIN_ID", "domain_id" },
  { "OS_SYSTEM_SCOPE", "system_scope" },
  { "OS_DEFAULT_DOMAIN", "default_domain" }, { "OS_REGION_NAME", "region" },
  { "OS_ENDPOINT_TYPE", "interface" }, { "OS_INTERFACE", "interface" },
  { "OS_VOLUME_API_VERSION", "api_version" },
  { "OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE", "endpoint" },
  { "OS_CACERT", "cacert" }, { "OS_CERT", "cert" }, { "OS_KEY", "key" },
}

-- Rackspace's own variables; where one is missing its OS_ namesake serves.
local RACKSPACE_VARIABLES = {
  { "RS_AUTH_URL", "auth_url" }, { "RS_USERNAME", "username" }, { "RS_PASSWORD", "password" },
  { "RS_API_KEY", "api_key" }, { "RS_REGION", "region" }, { "RS_REGION_NAME", "region" },
}

local RACKSPACE_US = "https://identity.api.rackspacecloud.com/v2.0"
local RACKSPACE_UK = "https://lon.identity.api.rackspacecloud.com/v2.0"

local MAX_BYTES = 4294967295 -- of one answer

local function fail(message)
  return nil, errors.new("config", message)
end

-- -------------------------------------------------------------- the sources

-- What goes into a header as it is, or to libcurl.
local NO_CONTROLS = { user_agent = true, proxy = true, cacert = true, cert = true, key = true,
  microversion = true }

local CHECKS = {
  version = function(value, name)
    if type(value) ~= "number" and type(value) ~= "string" then
      check.fail(name .. " must be a number or a string")
    end
  end,
  count = function(value, name) check.count(value, 1, name) end,
  bytes = function(value, name)
    check.count(value, 1, name)
    if value > MAX_BYTES then
      check.fail(("%s must be at most %d"):format(name, MAX_BYTES))
    end
  end,
  seconds = check.seconds,
  number = function(value, name) check.count(value, 0, name) end,
}

local function check_option(name, value)
  local kind = OPTIONS[name]
  if not kind then
    check.fail(("connect: there is no option '%s'"):format(tostring(name)))
  elseif CHECKS[kind] then
    CHECKS[kind](value, name)
  else
    check.type(value, kind, name)
    if kind == "string" and value:find "[%c%z]" and NO_CONTROLS[name] then
      check.fail(name .. " must not hold control characters")
    end
  end
end

local function from_arguments(options)
  local settings = {}
  for name, value in pairs(options) do
    name = ALIASES[name] or name
    if name == "api_version" and type(value) == "number" then
      value = ("%.14g"):format(value)
    end
    check_option(name, value)
    if value ~= "" or name == "proxy" then -- of which "" is none at all
      settings[name] = value
    end
  end
  return settings
end

local function read_variables(list, settings, sources)
  for _, pair in ipairs(list) do
    local value = os.getenv(pair[1])
    if value and value ~= "" and settings[pair[2]] == nil then
      settings[pair[2]], sources[pair[2]] = value, pair[1]
    end
  end
end

local function from_environment()
  local settings, sources = {}, {}
  local rackspace = (os.getenv "RS_USERNAME" or "") ~= "" or (os.getenv "RS_API_KEY" or "") ~= ""
  if rackspace then
    read_variables(RACKSPACE_VARIABLES, settings, sources)
  end
  local own_key = settings.api_key ~= nil
  read_variables(VARIABLES, settings, sources)
  local insecure = (os.getenv "OS_INSECURE" or ""):lower()
  if insecure == "true" or insecure == "1" or insecure == "yes" then
    settings.verify = false
  end
  local identity_version = os.getenv "OS_IDENTITY_API_VERSION" or ""
  if not settings.auth_type and identity_version:match("^2") then
    settings.auth_type = settings.token and "v2token" or "v2password"
  end
  settings.provider = rackspace and "rackspace" or nil
  if own_key then
    settings.auth_type = "rackspace_apikey"
  end
  credentials.keep_used(settings)
  credentials.share_domain(settings)
  return settings, sources
end

-- What would change whose snapshots they are, were it left aside silently.
local UNSUPPORTED = { "OS_TRUST_ID", "OS_PASSCODE" }

-- Ways of authenticating that Rackspace's identity service has.
local OF_RACKSPACE = { rackspace_apikey = true, password = true, token = true, v2password = true,
  v2token = true }

-- The variable that is of another cloud than Rackspace's are, nil for none: an API key is for
-- nobody else.
local function foreign_variable(settings, sources)
  local auth_type = os.getenv "OS_AUTH_TYPE" or ""
  local fits = OF_RACKSPACE[auth_type]
  if sources.api_key == "RS_API_KEY" then
    fits = auth_type == "rackspace_apikey"
  end
  if auth_type ~= "" and not fits then
    return "OS_AUTH_TYPE"
  elseif sources.auth_url == "OS_AUTH_URL" and settings.auth_url:find "/v3/*$" then
    return "OS_AUTH_URL"
  end
end

-- The environment as a cloud.
local function whole_environment()
  for _, name in ipairs(UNSUPPORTED) do
    if (os.getenv(name) or "") ~= "" then
      return fail(name .. " is not supported")
    end
  end
  local settings, sources = from_environment()
  local foreign = settings.provider and foreign_variable(settings, sources)
  if foreign then
    return fail(("%s, which means Rackspace, and %s are of two clouds: unset the variables of one")
      :format(sources.api_key == "RS_API_KEY" and "RS_API_KEY" or "RS_USERNAME", foreign))
  end
  return settings, sources
end

-- Options that say the same thing in different ways: one of them given, the
-- others would contradict it.
local WAYS = { "password", "token", "api_key", "application_credential_id",
  "application_credential_name", "application_credential_secret" }
local GROUPS = {
  WAYS, { "project_name", "project_id", "domain_name", "domain_id", "system_scope" },
  { "username", "user_id" },
  { "user_domain_name", "user_domain_id" }, { "project_domain_name", "project_domain_id" },
}

-- Leaves out of other settings what the arguments say otherwise.
local function leave_aside(settings, arguments)
  for _, group in ipairs(GROUPS) do
    local given = false
    for _, name in ipairs(group) do
      given = given or arguments[name] ~= nil
    end
    for _, name in ipairs(given and group or {}) do
      settings[name] = nil
    end
    if given and group == WAYS then
      settings.auth_type = nil
    end
  end
  if arguments.auth_type then
    settings.auth_type = arguments.auth_type
    credentials.keep_used(settings)
  end
end

-- Does the environment say more than which of a file's clouds and regions?
local function says_something(settings)
  for name in pairs(settings) do
    if name ~= "region" then
      return true
    end
  end
  return (os.getenv "OS_IDENTITY_API_VERSION" or "") ~= ""
end

-- A file's cloud. The environment says no more of it than region and interface.
local function from_file(loader, name, arguments, source)
  local around, variables = from_environment()
  local region = arguments.region or around.region
  local map, where, origin = loader:cloud(name, region, source)
  if not map then
    return nil, where
  end
  local settings, sources = cloud.read(map, where)
  if settings and around.interface then
    settings.interface, sources.interface = around.interface, variables.interface
  end
  if settings then
    settings.origin = origin
    if (settings.attempt_timeout or 0) > DEFAULTS.timeout then
      settings.timeout = settings.attempt_timeout -- one request takes that long: a call does
    end
    credentials.share_domain(settings)
  end
  return settings, sources
end

-- The only cloud that the files have; no settings where there is none.
local function from_only_cloud(arguments, warn)
  local loader, err = clouds.find(warn)
  if not loader then
    return nil, err
  elseif #loader.names > 1 then
    return fail(("%s has several clouds, choose with cloud or OS_CLOUD; there are: %s"):format(
      loader.path, nearest.list(loader.names)))
  elseif #loader.names == 0 then
    return {}, {}
  end
  return from_file(loader, loader.names[1], arguments)
end

-- The settings of the cloud that is meant: a named one, the environment, or the
-- only one that the files have.
local function from_cloud(arguments, warn)
  local variable = os.getenv "OS_CLOUD"
  local name = arguments.cloud or (variable ~= "" and variable or nil)
  if name and name ~= clouds.environment_name() then
    local loader, err = clouds.find(warn)
    if not loader then
      return nil, err
    end
    return from_file(loader, name, arguments, not arguments.cloud and "OS_CLOUD" or nil)
  end
  local settings, sources = from_environment()
  if name or says_something(settings) then
    return whole_environment()
  end
  local region, region_source = settings.region, sources.region
  settings, sources = from_only_cloud(arguments, warn)
  if settings and not settings.origin then
    settings.region, sources.region = region, region_source
  end
  return settings, sources
end

-- Credentials go only where they belong: an argument that names another identity
-- service, and no cloud, leaves environment and files aside.
local function merge(arguments, warn)
  if not arguments.cloud
    and (arguments.auth_url or arguments.endpoint or arguments.provider) then
    return arguments, {}
  end
  local settings, sources = from_cloud(arguments, warn)
  if not settings then
    return nil, sources
  end
  leave_aside(settings, arguments)
  for name, value in pairs(arguments) do
    settings[name], sources[name] = value, nil
  end
  return settings, sources
end

-- ------------------------------------------------------------------ deriving

local function apply_provider(settings)
  if settings.provider == nil then
    return true
  elseif settings.provider ~= "rackspace" then
    return fail(("there is no provider '%s'; there is: rackspace"):format(settings.provider))
  end
  settings.region = settings.region and settings.region:upper()
  settings.auth_url = settings.auth_url
    or (settings.region == "LON" and RACKSPACE_UK or RACKSPACE_US)
  if not settings.service_type then
    settings.service_type, settings.service_name = "volume", "cloudBlockStorage"
  end
  return true
end

-- "3.70", as the volume command has it, is API version 3 at that microversion.
local function apply_version(settings, sources)
  local version = settings.api_version
  if version == nil then
    return true
  end
  local text = tostring(version)
  local pinned = text:match("^v?(3%.%d+)$")
  if pinned and settings.microversion == nil then
    settings.microversion, sources.microversion = pinned, sources.api_version or "api_version"
  end
  settings.api_version = tonumber(text:match("^v?([123])$") or text:match("^v?([12])%.0$")
    or text:match("^v?(3)%.%d+$"))
  if not settings.api_version then
    return fail(("%s '%s' is not 1, 2 or 3"):format(sources.api_version or "api_version", text))
  end
  return true
end

local function check_url(settings, name, sources)
  if not settings[name] then
    return true
  end
  local normal, problem = url.normalize(settings[name])
  if not normal then
    return fail(("%s is no URL that can be used: %s"):format(sources[name] or name, problem))
  end
  settings[name] = normal
  return true
end

-- "" is none at all.
local function check_proxy(settings)
  local ok, problem = true
  if settings.proxy and settings.proxy ~= "" then
    ok, problem = url.check_proxy(settings.proxy)
  end
  if not ok then
    return fail("proxy is no address that can be used: " .. problem)
  end
  return true
end

-- The same of files and variables as of arguments.
local function check_controls(settings, sources)
  for name in pairs(NO_CONTROLS) do
    if type(settings[name]) == "string" and settings[name]:find "[%c%z]" then
      return fail((sources[name] or name) .. " must not hold control characters")
    end
  end
  return true
end

local function check_all(settings, sources)
  local ok, err = check_controls(settings, sources)
  if ok then
    ok, err = apply_provider(settings)
  end
  if ok then
    ok, err = check_proxy(settings)
  end
  for _, name in ipairs { "auth_url", "endpoint" } do
    if ok then
      ok, err = check_url(settings, name, sources)
    end
  end
  if ok then
    ok, err = apply_version(settings, sources)
  end
  local micro = settings.microversion
  if ok and micro and micro ~= "latest" and micro ~= "3.0" and not micro:match("^3%.[1-9]%d*$") then
    return fail(("%s '%s' is neither 3.N nor latest"):format(
      sources.microversion or "microversion", micro))
  end
  return ok, err
end

-- A path as people write it: their home directory is ~.
local function expand_paths(settings)
  local home = os.getenv "HOME"
  for _, name in ipairs { "cacert", "cert", "key" } do
    if home and settings[name] then
      settings[name] = settings[name]:gsub("^~/", function() return home .. "/" end)
        :gsub("^~$", function() return home end)
    end
  end
end

local function warn_on_stderr(message)
  io.stderr:write("rsnapshots: warning: ", (message:gsub("%c", " ")), "\n")
end

--- Gathers the settings of a client.
-- @tparam[opt] table options as given to connect; a wrong one raises
-- @treturn table every option with its default; nil and a `config` error
function config.gather(options)
  local arguments = from_arguments(options or {})
  local warn = arguments.on_warning or warn_on_stderr
  local settings, sources = merge(arguments, warn)
  if not settings then
    return nil, sources
  end
  credentials.share_domain(settings)
  local ok, err = check_all(settings, sources)
  if ok then
    ok, err = credentials.check(settings, sources)
  end
  if not ok then
    return nil, err
  end
  settings.auth_type_from = sources.auth_type
  settings.is_environment = not settings.origin and next(sources) ~= nil
  settings.auth_type = settings.auth_type or credentials.auth_type(settings)
  ok, err = credentials.check_scope(settings, sources)
  if not ok then
    return nil, err
  end
  if not settings.auth_type then
    return fail("there are no credentials: give auth_url and a user, or endpoint, "
      .. "or set OS_AUTH_URL, OS_USERNAME and the like, or OS_CLOUD for a cloud of clouds.yaml")
  end
  if settings.verify == false and sources.verify and sources.cacert then
    warn(("verify is off in %s, so that its cacert serves for nothing: no certificate is checked")
      :format(settings.origin))
  end
  expand_paths(settings)
  for name, value in pairs(DEFAULTS) do
    if settings[name] == nil then
      settings[name] = value
    end
  end
  return settings
end

return config
