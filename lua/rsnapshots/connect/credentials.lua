--- The options that say who one is: whether they fit together, and which way of authenticating
-- follows from them.
local options = require "rsnapshots.connect.options"

local credentials = {}

local refuse = options.refuse

-- The ways to prove who one is, and the auth_types that use them.
local WAYS = {
  { name = "password", "password" }, { name = "token", "token" }, { name = "api_key", "api_key" },
  { name = "application_credential", "application_credential_id", "application_credential_name",
    "application_credential_secret" },
}
local WAY_OF = { password = "password", v3password = "password", v2password = "password",
  token = "token", v3token = "token", v2token = "token", admin_token = "token",
  token_endpoint = "token", rackspace_apikey = "api_key",
  v3applicationcredential = "application_credential", none = "token" }

-- Those that need no identity service: the endpoint is given, and a token is sent as it is.
local BARE = { none = true, admin_token = true, token_endpoint = true }

--- Does this auth_type do without an identity service?
function credentials.is_bare(settings)
  return BARE[settings.auth_type] or false
end

-- The first option of a way that is given, nil for none.
local function given(way, settings)
  for _, name in ipairs(way) do
    if settings[name] then
      return name
    end
  end
end

--- Removes credentials that auth_type has no use for.
function credentials.keep_used(settings)
  local used = WAY_OF[settings.auth_type]
  for _, way in ipairs(used and WAYS or {}) do
    for _, name in ipairs(way.name ~= used and way or {}) do
      settings[name] = nil
    end
  end
end

--- Without a domain of their own, the user and the project are in the domain that is given.
function credentials.share_domain(settings)
  if settings.project_name or settings.project_id then
    for _, kind in ipairs { "id", "name" } do
      local domain = settings["domain_" .. kind]
      for _, owner in ipairs { "user_domain_", "project_domain_" } do
        settings[owner .. kind] = settings[owner .. kind] or domain
      end
      settings["domain_" .. kind] = nil
    end
  end
end

-- Several ways to prove who one is contradict each other, if no auth_type chooses one, as do the
-- credentials and the auth_type of a file's cloud.
local function check_ways(settings, origins)
  local wanted, names = WAY_OF[settings.auth_type], {}
  local variables = settings.origin and {} or origins
  for _, way in ipairs(WAYS) do
    local name = given(way, settings)
    if name and (not settings.auth_type or wanted and way.name ~= wanted) then
      names[#names + 1] = variables[name] or name
    end
  end
  local origin = settings.origin and " of " .. settings.origin or ""
  if settings.auth_type and #names > 0 and origins.auth_type then
    refuse("the credentials%s contradict each other: auth_type '%s' has no use for %s", origin,
      settings.auth_type, table.concat(names, " and "))
  elseif not settings.auth_type and #names > 1 then
    refuse("the credentials%s contradict each other: there are %s; leave one, or say which with "
      .. "auth_type", origin, table.concat(names, " and "))
  end
end

-- The auth_types that can ask Keystone for a token of the system. An application
-- credential has its own scope, and version 2 knows projects only.
local OF_SYSTEM = { password = true, token = true, v3password = true, v3token = true }

-- The auth_type is known by now.
local function check_scope(settings, origins)
  local wanted = settings.system_scope
  local name = origins.system_scope or "system_scope"
  if not wanted then
    return
  elseif wanted ~= "all" then
    refuse("%s can only be 'all'", name)
  elseif not OF_SYSTEM[settings.auth_type] then
    refuse("%s is not for auth_type '%s', which gives no token of the system: it takes a password "
      .. "or a token of Keystone v3", name, settings.auth_type)
  end
  for _, other in ipairs { "project_id", "project_name", "domain_id", "domain_name" } do
    if settings[other] then
      refuse("%s and %s contradict each other: a token is for the system, for a project or for a "
        .. "domain", name, origins[other] or other)
    end
  end
end

-- The auth_type that follows from what is given, nil for none.
local function auth_type_of(settings)
  if settings.application_credential_id or settings.application_credential_name then
    return "v3applicationcredential"
  elseif settings.api_key then
    return "rackspace_apikey"
  elseif settings.token then
    return "token"
  elseif settings.password or settings.username or settings.user_id then
    return settings.provider == "rackspace" and "v2password" or "password"
  elseif settings.endpoint then
    -- whoever names an identity service, or a cloud of a file, wants to log in
    return (settings.auth_url or settings.origin) and "password" or "none"
  end
  return nil
end

-- What to give: as variables, if the environment is used, or as options.
local WHO = { variables = "OS_USERNAME and OS_PASSWORD, or OS_APPLICATION_CREDENTIAL_ID and "
    .. "OS_APPLICATION_CREDENTIAL_SECRET, or OS_TOKEN",
  options = "username and password, or application_credential_id and "
    .. "application_credential_secret, or token" }

local function refuse_nobody(settings, origins)
  local variable = origins.auth_url
  if settings.origin then
    refuse("there are no credentials in %s: its auth needs %s", settings.origin, WHO.options)
  elseif settings.auth_url then
    refuse("there are no credentials: %s says where to log in, and nothing says who: %s %s",
      variable or "auth_url", variable and "set" or "give",
      WHO[variable and "variables" or "options"])
  end
  refuse("there are no credentials: give auth_url and a user, or endpoint, "
    .. "or set OS_AUTH_URL, OS_USERNAME and the like, or OS_CLOUD for a cloud of clouds.yaml")
end

--- Checks the credentials, and settles on the auth_type.
-- @tparam table origins where each of the settings comes from, nil for arguments
function credentials.check(settings, origins)
  check_ways(settings, origins)
  settings.auth_type = settings.auth_type or auth_type_of(settings)
  if not settings.auth_type then
    refuse_nobody(settings, origins)
  end
  check_scope(settings, origins)
end

return credentials
