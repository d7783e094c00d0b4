--- Options for `rsnapshots.connect`, for each way of authenticating.
-- @module rsnapshots.simulator.credentials

local accounts = require "rsnapshots.simulator.keystone.accounts"
local catalog = require "rsnapshots.simulator.keystone.catalog"
local keys = require "rsnapshots.simulator.keys"

local credentials = {}

local AUTH = {}

function AUTH.v3password(sim, user)
  return { auth_type = "v3password", auth_url = sim.url .. "/identity/v3",
    username = user.name, password = user.password, project_name = user.project.name,
    user_domain_name = "Default", project_domain_name = "Default" }
end

function AUTH.password(sim, user)
  local options = AUTH.v3password(sim, user)
  options.auth_type, options.auth_url = "password", sim.url .. "/identity"
  return options
end

function AUTH.v3applicationcredential(sim)
  local credential = sim.accounts.application_credential
  return { auth_type = "v3applicationcredential", auth_url = sim.url .. "/identity/v3",
    application_credential_id = credential.id,
    application_credential_secret = credential.secret }
end

function AUTH.v3token(sim, user)
  local token = sim.accounts:issue(user, user.project, {})
  return { auth_type = "v3token", auth_url = sim.url .. "/identity/v3", token = token.id,
    project_name = user.project.name, project_domain_name = "Default" }
end

function AUTH.v2password(sim, user)
  return { auth_type = "v2password", auth_url = sim.url .. "/identity/v2.0",
    username = user.name, password = user.password, project_name = user.project.name }
end

function AUTH.v2token(sim, user)
  local token = sim.accounts:issue(user, user.project, { short = true })
  return { auth_type = "token", auth_url = sim.url .. "/identity/v2.0", token = token.id,
    project_name = user.project.name }
end

function AUTH.rackspace_apikey(sim, user)
  return { auth_type = "rackspace_apikey", auth_url = sim.url .. "/identity/v2.0",
    username = user.name, api_key = user.api_key }
end

function AUTH.none(sim, user, api_version)
  return { auth_type = "none",
    endpoint = ("%s/noauth/v%d/%s"):format(sim.url, api_version, user.project.id) }
end

local AUTHS = { "none", "password", "rackspace_apikey", "v2password", "v2token",
  "v3applicationcredential", "v3password", "v3token" }
local DEFAULT_AUTH = { "rackspace_apikey", "v3password", "v3password" }
local TYPES = { api_version = "number", auth = "string", user = "string" }

local function user_of(sim, name)
  local names = {}
  for i, user in ipairs(accounts.USERS) do
    names[i] = user.name
  end
  return sim.accounts:user(name) or keys.unknown("credentials", "user", name, names)
end

--- See `Simulator:credentials`.
function credentials.of(sim, spec)
  spec = keys.check(spec, TYPES, "credentials")
  local api_version = spec.api_version or 3
  local auth = spec.auth or DEFAULT_AUTH[api_version]
    or keys.unknown("credentials", "api_version", api_version, { "1", "2", "3" })
  local make = AUTH[auth] or keys.unknown("credentials", "auth", auth, AUTHS)
  local options = make(sim, user_of(sim, spec.user or "demo"), api_version)
  options.api_version = api_version
  if auth:find("^v2") or auth == "rackspace_apikey" then
    options.region = catalog.V2_REGIONS[1]
  elseif auth ~= "none" then
    options.region = catalog.REGION
  end
  options.wait, options.proxy = sim.wait, "" -- a proxy cannot reach this host's loopback
  return options
end

return credentials
