--- The ways of authenticating: for each auth_type its methods, the preferred one first. A method
-- has
--
--   way      of authenticating, by the name of its option
--   version  of the identity API; nil if no service is asked
--   needs    the options that it needs; an item may be a list of alternatives
--   body     makes the body of its request for a token
local scope = require "rsnapshots.identity.scope"
local suggest = require "rsnapshots.support.suggest"

-- A request of Keystone v3. An application credential has its own scope, and Keystone refuses a
-- request that asks for one.
local function v3(name, credentials, wanted)
  return { auth = { identity = { methods = { name }, [name] = credentials }, scope = wanted } }
end

local v3password = { way = "password", version = 3,
  needs = { "password", { "username", "user_id" } }, body = function(settings)
    local user = scope.user(settings)
    user.password = settings.password
    return v3("password", { user = user }, scope.of(settings))
  end }

local v3token = { way = "token", version = 3, needs = { "token" }, body = function(settings)
  return v3("token", { id = settings.token }, scope.of(settings))
end }

local by_id = { way = "application_credential", version = 3,
  needs = { "application_credential_secret" }, body = function(settings)
    return v3("application_credential", { id = settings.application_credential_id,
      secret = settings.application_credential_secret })
  end }

local by_name = { way = "application_credential", version = 3, needs = {
  { "application_credential_name", "application_credential_id" },
  "application_credential_secret", { "username", "user_id" } },
  body = function(settings)
    return v3("application_credential", { name = settings.application_credential_name,
      secret = settings.application_credential_secret, user = scope.user(settings) })
  end }

-- A request of version 2 with its tenant: the id or the name, never both; the id if both are given.
local function v2(name, credentials, settings)
  return { auth = { [name] = credentials, tenantId = settings.project_id,
    tenantName = not settings.project_id and settings.project_name or nil } }
end

local v2password = { way = "password", version = 2, needs = { "username", "password" },
  body = function(settings)
    return v2("passwordCredentials", { username = settings.username,
      password = settings.password }, settings)
  end }

local v2token = { way = "token", version = 2, needs = { "token" }, body = function(settings)
  return v2("token", { id = settings.token }, settings)
end }

local api_key = { way = "api_key", version = 2, needs = { "username", "api_key" },
  body = function(settings)
    return v2("RAX-KSKEY:apiKeyCredentials", { username = settings.username,
      apiKey = settings.api_key }, settings)
  end }

local bare = { way = "token", needs = { "endpoint" } }
local bare_token = { way = "token", needs = { "token", "endpoint" } }

local TYPES = {
  password = { v3password, v2password }, v3password = { v3password }, v2password = { v2password },
  token = { v3token, v2token }, v3token = { v3token }, v2token = { v2token },
  rackspace_apikey = { api_key }, none = { bare }, admin_token = { bare_token },
  token_endpoint = { bare_token }, v3applicationcredential = { by_id },
}

local methods = {}

--- The auth_types, sorted.
function methods.names()
  return suggest.names_of(TYPES)
end

--- The methods that these settings may use; nil for an unknown auth_type.
function methods.of(settings)
  if settings.auth_type == "v3applicationcredential"
    and not settings.application_credential_id then
    return { by_name }
  end
  return TYPES[settings.auth_type]
end

--- Does an auth_type have a method for this version of the identity API (nil: without one)?
function methods.has_version(auth_type, version)
  for _, method in ipairs(TYPES[auth_type] or {}) do
    if method.version == version then
      return true
    end
  end
  return false
end

--- The first option that a method needs and the settings lack, such as "username (or user_id)"; nil
-- if none is missing.
function methods.missing(method, settings)
  for _, need in ipairs(method.needs) do
    local names = type(need) == "table" and need or { need }
    if not settings[names[1]] and not (names[2] and settings[names[2]]) then
      return names[1] .. (names[2] and " (or " .. names[2] .. ")" or "")
    end
  end
end

return methods
