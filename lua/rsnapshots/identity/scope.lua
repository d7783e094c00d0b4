--- What the ways of authenticating share: who, and for which project.
local scope = {}

local DEFAULT_DOMAIN = "default" -- the id that every Keystone begins with

--- Says that an option is missing, unless it or its alternative is there.
function scope.missing(settings, name, alternative)
  if settings[name] or (alternative and settings[alternative]) then
    return nil
  end
  return name .. (alternative and " (or " .. alternative .. ")" or "") .. " is missing"
end

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

--- A v2 request with its tenant: the id where both are given, never both.
function scope.tenant(settings, credentials)
  credentials.tenantId = settings.project_id
  credentials.tenantName = not settings.project_id and settings.project_name or nil
  return { auth = credentials }
end

return scope
