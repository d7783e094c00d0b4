--- The options of `connect`: one table with everything that the arguments, the environment and
-- clouds.yaml need to know.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local tables = require "rsnapshots.support.tables"

local options = {}

-- Each option has a `name` and a `type`, and may have
--
--   default    its value if it is not given
--   aliases    further names of the argument
--   secret     true: line breaks at the end are removed, blanks stay
--   address    true: blanks around an argument are removed, too
--   plain      true: it goes to libcurl or into a header, so it must have no control characters
--   variables  of the environment; the first one that is set counts
--   rackspace  Rackspace's variables, which come before those
--   bare       variables that count only without a login (a token sent as it is, or no token)
--   auth       keys of clouds.yaml, in `auth` or beside it; the first one counts
--   key        keys of clouds.yaml beside `auth`, in their order
--   service    keys of clouds.yaml that begin with a name of the service, in their order; without
--              `variables`, these name the variables, too: OS_VOLUME_...

-- A credential: an option with a key of `auth` and a variable, both named after it.
local function who(name, more)
  return tables.fill({ name = name, type = "string", auth = { name },
    variables = { "OS_" .. ascii.upper(name) } }, more)
end

local SERVICES = { "block_storage_", "volumev3_", "volumev2_", "volume_", "block_store_" }

-- Keys of the service: lists of their endings, each of which is looked for under all names of the
-- service.
local function of_service(...)
  local keys = {}
  for _, endings in ipairs { ... } do
    for _, prefix in ipairs(SERVICES) do
      for _, ending in ipairs(endings) do
        keys[#keys + 1] = prefix .. ending
      end
    end
  end
  return keys
end

local LIST = {
  -- which cloud
  { name = "cloud", type = "string" },
  { name = "provider", type = "string" },
  { name = "region", type = "string", aliases = { "region_name" },
    variables = { "OS_REGION_NAME" }, rackspace = { "RS_REGION", "RS_REGION_NAME" },
    service = of_service { "region_name" }, key = { "region_name" } },
  { name = "interface", type = "names", default = "public",
    variables = { "OS_ENDPOINT_TYPE", "OS_INTERFACE" },
    service = of_service { "endpoint_type", "interface" }, key = { "endpoint_type", "interface" } },

  -- who
  { name = "auth_type", type = "string", variables = { "OS_AUTH_TYPE" }, key = { "auth_type" } },
  who("auth_url", { address = true, rackspace = { "RS_AUTH_URL" } }),
  who("username", { auth = { "username", "user_name" }, rackspace = { "RS_USERNAME" } }),
  who "user_id",
  who("password", { secret = true, rackspace = { "RS_PASSWORD" } }),
  who("api_key", { secret = true, variables = {}, rackspace = { "RS_API_KEY" } }),
  who("token", { address = true, plain = true, auth = { "token", "auth_token" },
    variables = { "OS_TOKEN", "OS_AUTH_TOKEN" } }),
  who "application_credential_id", who "application_credential_name",
  who("application_credential_secret", { secret = true }),
  who "user_domain_name", who "user_domain_id",
  who("project_name", { aliases = { "tenant_name" }, auth = { "project_name", "tenant_name" },
    variables = { "OS_PROJECT_NAME", "OS_TENANT_NAME" } }),
  who("project_id", { aliases = { "tenant_id" }, auth = { "project_id", "tenant_id" },
    variables = { "OS_PROJECT_ID", "OS_TENANT_ID" } }),
  who "project_domain_name", who "project_domain_id", who "domain_name", who "domain_id",
  who("default_domain", { auth = { "default_domain_id", "default_domain" },
    variables = { "OS_DEFAULT_DOMAIN", "OS_DEFAULT_DOMAIN_ID" } }),
  who "default_domain_name",
  who "system_scope",

  -- what
  { name = "endpoint", type = "string", address = true, bare = { "OS_ENDPOINT", "OS_URL" },
    service = of_service({ "endpoint_override" }, { "endpoint" }) },
  { name = "service_type", type = "string", service = of_service { "service_type" } },
  { name = "service_name", type = "string", service = of_service { "service_name" } },
  { name = "api_version", type = "version", service = of_service { "api_version" } },
  { name = "microversion", type = "string", plain = true,
    service = of_service { "default_microversion" } },

  -- how
  { name = "timeout", type = "seconds", default = 60 },
  { name = "attempt_timeout", type = "seconds", default = 30, key = { "api_timeout" } },
  { name = "connect_timeout", type = "seconds", default = 10 },
  { name = "verify", type = "boolean", default = true, key = { "verify" } },
  { name = "cacert", type = "string", plain = true, variables = { "OS_CACERT" },
    key = { "cacert" } },
  { name = "cert", type = "string", plain = true, variables = { "OS_CERT" }, key = { "cert" } },
  { name = "key", type = "string", plain = true, variables = { "OS_KEY" }, key = { "key" } },
  { name = "proxy", type = "string", plain = true },
  { name = "user_agent", type = "string", plain = true,
    default = "rsnapshots/" .. require "rsnapshots.version" },
  { name = "max_response_bytes", type = "bytes", default = 64 * 1024 * 1024 },
  { name = "max_connections", type = "count" },
  { name = "retries", type = "whole", default = 4 },
  { name = "reauthenticate", type = "boolean", default = true },
  { name = "wait", type = "function" },
  { name = "on_request", type = "function" },
  { name = "on_warning", type = "function" },
}

options.list, options.defaults = LIST, {}

for _, option in ipairs(LIST) do
  option.variables = option.variables or {}
  for _, key in ipairs(#option.variables == 0 and option.service or {}) do
    option.variables[#option.variables + 1] = "OS_" .. ascii.upper(key)
  end
end

--- Raises a `config` error: settings cannot be used. `settings.gather` catches it.
function options.refuse(message, ...)
  error(errors.new("config", message:format(...)), 0)
end

local BY_NAME = {}
for _, option in ipairs(LIST) do
  BY_NAME[option.name], options.defaults[option.name] = option, option.default
  for _, alias in ipairs(option.aliases or {}) do
    BY_NAME[alias] = option
  end
end

--- A text from the environment or a file, without surrounding blanks and line breaks. A secret may
-- begin or end with a blank; only line breaks at its end are removed.
function options.clean(option, text)
  if option.secret then
    return text:match "^(.*[^\r\n])" or ""
  end
  return ascii.trim(text)
end

-- --------------------------------------------------------------- arguments

local MAX_BYTES = 4294967295 -- of one answer

local function check_names(value, _, name)
  if type(value) ~= "string" and type(value) ~= "table" then
    check.fail(name .. " must be a string, or a list of them")
  end
  for _, item in ipairs(type(value) == "table" and value or {}) do
    check.type(item, "string", "each of " .. name)
  end
end

-- The checks of some types; `check.kind` checks the others.
local CHECKS = {
  names = check_names,
  version = function(value, _, name)
    if type(value) ~= "number" and type(value) ~= "string" then
      check.fail(name .. " must be a number or a string")
    end
  end,
  bytes = function(value, _, name)
    check.count(value, 1, name)
    if value > MAX_BYTES then
      check.fail(("%s must be at most %d"):format(name, MAX_BYTES))
    end
  end,
}

-- The value of an option among the arguments, by one of its names; nil for "".
local function argument(arguments, option, name)
  local value = arguments[name]
  if value == nil then
    return nil
  elseif option.address and type(value) == "string" then
    value = ascii.trim(value)
  elseif option.type == "version" and type(value) == "number" then
    value = ascii.written(value)
  end
  local check_value = CHECKS[option.type] or check.kind
  check_value(value, option.type, name)
  if value ~= "" or option.name == "proxy" then -- "" means no proxy
    return value
  end
end

--- The options among the arguments of `connect`, by their proper names, which win over aliases. A
-- wrong one raises an error.
function options.from_arguments(arguments)
  local settings = {}
  check.keys(arguments, BY_NAME, "connect")
  for _, option in ipairs(LIST) do
    settings[option.name] = argument(arguments, option, option.name)
    for _, alias in ipairs(option.aliases or {}) do
      local value = argument(arguments, option, alias)
      if settings[option.name] == nil then
        settings[option.name] = value
      end
    end
  end
  return settings
end

return options
