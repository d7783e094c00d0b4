--- What the ways to authenticate share: who, and for which project.
local scope = {}

local DEFAULT_DOMAIN = "default" -- its id in every Keystone

local function domain(settings, prefix)
  local id, name = settings[prefix .. "_id"], settings[prefix .. "_name"]
  if id then
    return { id = id }
  elseif name then
    return { name = name }
  end
  return { id = settings.default_domain or DEFAULT_DOMAIN }
end

--- A v3 user.
function scope.user(settings)
  if settings.user_id then
    return { id = settings.user_id }
  end
  return { name = settings.username, domain = domain(settings, "user_domain") }
end

--- A v3 scope, nil for none.
function scope.of(settings)
  if settings.system_scope then
    return { system = { all = true } }
  elseif settings.project_id then
    return { project = { id = settings.project_id } }
  elseif settings.project_name then
    return { project = { name = settings.project_name,
      domain = domain(settings, "project_domain") } }
  elseif settings.domain_id or settings.domain_name then
    return { domain = domain(settings, "domain") }
  end
  return nil
end

-- Is this the project or domain of a token, as far as the settings name it?
local function is_it(owner, id, name)
  return type(owner) == "table" and (not id or owner.id == id) and (not name or owner.name == name)
end

--- Is a v3 token of the scope that the settings ask for? If they ask for none, any token is.
-- @tparam table token as Keystone describes it
function scope.is_met(settings, token)
  if settings.system_scope then
    return type(token.system) == "table"
  elseif settings.project_id then
    return is_it(token.project, settings.project_id)
  elseif settings.project_name then
    local project = type(token.project) == "table" and token.project or {}
    local id, name = settings.project_domain_id, settings.project_domain_name
    return is_it(token.project, nil, settings.project_name)
      and (not (id or name) or is_it(project.domain, id, not id and name))
  elseif settings.domain_id or settings.domain_name then
    return is_it(token.domain, settings.domain_id, not settings.domain_id and settings.domain_name)
  end
  return true
end

return scope
