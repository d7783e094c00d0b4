--- The credentials among the options: whether they fit together, and which auth_type follows from
-- them.
local methods = require "rsnapshots.identity.methods"
local options = require "rsnapshots.connect.options"

local credentials = {}

local refuse = options.refuse

-- The options that prove the user's identity.
local PROOFS = { "password", "token", "api_key", "application_credential_id",
  "application_credential_name", "application_credential_secret" }

-- Options that say the same thing in different ways. If one of them is given, the others would
-- contradict it.
local GROUPS = {
  PROOFS, { "project_name", "project_id", "domain_name", "domain_id", "system_scope" },
  { "username", "user_id" },
  { "user_domain_name", "user_domain_id" }, { "project_domain_name", "project_domain_id" },
  { "default_domain", "default_domain_name" },
}

-- The way of authenticating that an option belongs to.
local function way_of(proof)
  return proof:match "^application_credential" or proof
end

-- The way of authenticating for the auth_type; nil if it is not known.
local function wanted_way(settings)
  local choice = methods.of(settings)
  return choice and choice[1].way
end

--- Removes credentials that the auth_type does not use.
function credentials.keep_used(settings)
  local used = wanted_way(settings)
  for _, name in ipairs(used and PROOFS or {}) do
    if way_of(name) ~= used then
      settings[name] = nil
    end
  end
end

local function is_given(group, arguments)
  for _, name in ipairs(group) do
    if arguments[name] then
      return true
    end
  end
  return false
end

--- Removes the settings that contradict the arguments.
function credentials.leave_aside(settings, arguments)
  for _, group in ipairs(GROUPS) do
    for _, name in ipairs(is_given(group, arguments) and group or {}) do
      settings[name] = nil
    end
  end
  if arguments.auth_type or is_given(PROOFS, arguments) then
    settings.auth_type = arguments.auth_type
    credentials.keep_used(settings)
  end
end

--- A user or project without its own domain is in the domain that is given.
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

-- Several ways of authenticating contradict each other, unless an auth_type chooses one. The
-- auth_type of a file's cloud may also contradict its credentials.
local function check_ways(settings, origins)
  local wanted, names, seen = wanted_way(settings), {}, {}
  local variables = settings.origin and {} or origins
  for _, name in ipairs(PROOFS) do
    local way = settings[name] and way_of(name)
    if way and not seen[way] and way ~= wanted and (wanted or not settings.auth_type) then
      names[#names + 1], seen[way] = variables[name] or name, true
    end
  end
  local origin = settings.origin and " of " .. settings.origin or ""
  if settings.auth_type and #names > 0 and origins.auth_type then
    refuse("the credentials%s contradict each other: auth_type '%s' has no use for %s", origin,
      settings.auth_type, table.concat(names, " and "))
  elseif not settings.auth_type and #names > 1 then
    refuse("the credentials%s contradict each other: there are %s; keep one of them, or "
      .. "choose with auth_type", origin, table.concat(names, " and "))
  end
end

-- The auth_type is known by now. An application credential has its own scope, and identity v2 only
-- knows projects.
local function check_scope(settings, origins)
  local wanted = settings.system_scope
  local name = origins.system_scope or "system_scope"
  if not wanted then
    return
  elseif wanted ~= "all" then
    refuse("%s can only be 'all'", name)
  elseif not methods.has_version(settings.auth_type, 3)
    or settings.auth_type == "v3applicationcredential" then
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

-- The auth_type that follows from the settings; nil if none does.
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
    -- if an identity service or a file's cloud is named, a login is wanted
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
-- @tparam table origins where each of the settings comes from; nil for arguments
function credentials.check(settings, origins)
  check_ways(settings, origins)
  settings.auth_type = settings.auth_type or auth_type_of(settings)
  if not settings.auth_type then
    refuse_nobody(settings, origins)
  end
  check_scope(settings, origins)
end

return credentials
