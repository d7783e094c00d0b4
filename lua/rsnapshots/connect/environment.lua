--- Reads options from the environment: the OS_ variables, and Rackspace's RS_ variables.
local ascii = require "rsnapshots.support.ascii"
local credentials = require "rsnapshots.connect.credentials"
local methods = require "rsnapshots.identity.methods"
local options = require "rsnapshots.connect.options"

local environment = {}

--- A variable's value; nil if it is empty.
function environment.variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

local variable = environment.variable

local TRUE = { ["true"] = true, ["1"] = true, yes = true }

-- Sets what has not been set before.
local function read(kind, settings, origins)
  for _, option in ipairs(options.list) do
    for _, name in ipairs(option[kind] or {}) do
      local value = os.getenv(name)
      value = value and options.clean(option, value) or ""
      if value ~= "" and settings[option.name] == nil then
        settings[option.name], origins[option.name] = value, name
      end
    end
  end
end

-- OS_IDENTITY_API_VERSION=2 means an auth_type of that version.
local function apply_identity_version(settings)
  if not settings.auth_type and (variable "OS_IDENTITY_API_VERSION" or ""):match "^2" then
    settings.auth_type = settings.token and "v2token" or "v2password"
  end
end

--- The cloud name that means the environment, not a cloud in a file.
function environment.name()
  return variable "OS_CLOUD_NAME" or "envvars"
end

--- Reads the variables.
-- @treturn table settings by the names of options, and `provider`
-- @treturn table the variable that each of them comes from
function environment.read()
  local settings, origins = {}, {}
  if variable "RS_USERNAME" or variable "RS_API_KEY" then
    settings.provider = "rackspace"
    read("rackspace", settings, origins)
  end
  read("variables", settings, origins)
  if settings.token or methods.has_version(settings.auth_type, nil) then
    read("bare", settings, origins)
  end
  if TRUE[ascii.lower(variable "OS_INSECURE" or "")] then
    settings.verify = false
  end
  apply_identity_version(settings)
  if settings.api_key then
    settings.auth_type = "rackspace_apikey"
  end
  credentials.keep_used(settings)
  return settings, origins
end

--- Does the environment give more than a cloud and region of a file?
function environment.is_cloud(settings)
  for name in pairs(settings) do
    if name ~= "region" then
      return true
    end
  end
  return variable "OS_IDENTITY_API_VERSION" ~= nil
end

-- If these were ignored, the snapshots would be somebody else's.
local UNSUPPORTED = { "OS_TRUST_ID", "OS_PASSCODE" }

-- A variable that does not fit Rackspace, whose identity service has version 2; nil if there is
-- none. An API key is only for Rackspace.
local function foreign_variable(settings, origins)
  local auth_type = variable "OS_AUTH_TYPE"
  local fits = methods.has_version(auth_type, 2)
  if origins.api_key == "RS_API_KEY" then
    fits = auth_type == "rackspace_apikey"
  end
  if auth_type and not fits then
    return "OS_AUTH_TYPE"
  elseif origins.auth_url == "OS_AUTH_URL" and settings.auth_url:find "/v3/*$" then
    return "OS_AUTH_URL"
  end
end

--- Checks the environment as a cloud of its own.
-- @tparam table settings from `read`
-- @tparam table origins from `read`
function environment.check(settings, origins)
  for _, name in ipairs(UNSUPPORTED) do
    if variable(name) then
      options.refuse("%s is not supported", name)
    end
  end
  local foreign = settings.provider and foreign_variable(settings, origins)
  if foreign then
    options.refuse("%s means Rackspace, but %s belongs to another cloud: unset the variables of "
      .. "one of them", origins.api_key == "RS_API_KEY" and "RS_API_KEY" or "RS_USERNAME", foreign)
  end
end

return environment
