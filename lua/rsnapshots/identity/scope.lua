--- What the ways of authenticating share: the user and the scope.
local ascii = require "rsnapshots.support.ascii"
local tables = require "rsnapshots.support.tables"

local scope = {}

local function default_of(settings)
  if settings.default_domain_name and not settings.default_domain then
    return { name = settings.default_domain_name }
  end
  return { id = settings.default_domain or "default" } -- the default domain's id in every Keystone
end

-- A domain by id or name; otherwise the default.
local function domain(settings, prefix, default)
  local id, name = settings[prefix .. "_id"], settings[prefix .. "_name"]
  return id and { id = id } or name and { name = name } or default
end

--- A v3 user.
function scope.user(settings)
  if settings.user_id then
    return { id = settings.user_id }
  end
  return { name = settings.username, domain = domain(settings, "user_domain",
    default_of(settings)) }
end

-- A v3 scope; nil if none is asked for.
-- @tparam[opt] table default the domain of a project without one
local function wanted(settings, default)
  if settings.system_scope then
    return { system = { all = true } }
  elseif settings.project_id then
    return { project = { id = settings.project_id } }
  elseif settings.project_name then
    return { project = { name = settings.project_name,
      domain = domain(settings, "project_domain", default) } }
  end
  local whole = domain(settings, "domain")
  return whole and { domain = whole }
end

--- A v3 scope; nil if none is asked for.
function scope.of(settings)
  return wanted(settings, default_of(settings))
end

--- The option whose project is not the one that a v3 token is for; nil if there is none.
-- @tparam table token as Keystone describes it
-- @treturn string "project_id" or "project_name"
-- @treturn string what the token has instead
function scope.contradiction(settings, token)
  local project = type(token.project) == "table" and token.project or {}
  for _, key in ipairs { "id", "name" } do
    local option, found = "project_" .. key, project[key]
    if settings[option] and type(found) == "string"
      and ascii.lower(settings[option]) ~= ascii.lower(found) then -- Keystone ignores case, too
      return option, found
    end
  end
end

--- Does a v3 token have the scope that the settings ask for? If they ask for none, any token will
-- do.
-- @tparam table token as Keystone describes it
function scope.is_met(settings, token)
  return tables.has(token, wanted(settings) or {})
end

return scope
