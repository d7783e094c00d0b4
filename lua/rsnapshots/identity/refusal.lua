--- Words for refused logins: who was refused, for what, and where.
local ascii = require "rsnapshots.support.ascii"
local errors = require "rsnapshots.error"
local scope = require "rsnapshots.identity.scope"

local refusal = {}

local LONGEST = 100 -- bytes of a quoted name

local function quote(text)
  return "'" .. text:sub(1, LONGEST) .. "'"
end

-- "user 'demo' (domain 'Default')", by name or id; nil if there is none.
local function named(what, name, id, domain)
  local of = domain and not id and " (domain " .. quote(domain) .. ")" or ""
  return (id or name) and what .. " " .. quote(id or name) .. of
end

-- The domain of a user or project; nil if it is the usual one.
local function domain(settings, owner)
  return settings[owner .. "_domain_name"] or settings[owner .. "_domain_id"]
    or settings.default_domain or settings.default_domain_name
end

local function user(settings)
  return named("user", settings.username, settings.user_id, domain(settings, "user"))
end

local function who(settings)
  local credential = named("application credential", settings.application_credential_name,
    settings.application_credential_id)
  if credential then
    return credential .. (settings.username and not settings.application_credential_id
      and " of " .. user(settings) or "")
  elseif settings.token then
    return "the token"
  end
  return (user(settings) or "nobody") .. (settings.api_key and " with an API key" or "")
end

-- What the login is for; nil if there is nothing to say: an application credential is only for its
-- own project.
local function wanted(settings)
  if settings.auth_type == "v3applicationcredential" then
    return nil
  elseif settings.system_scope then
    return "the system"
  end
  return named("project", settings.project_name, settings.project_id, domain(settings, "project"))
    or named("domain", settings.domain_name, settings.domain_id)
end

-- Options for which Rackspace has its own variables.
local OF_RACKSPACE = { username = true, password = true, auth_url = true }

--- The `config` error for a missing option ("username (or user_id)"), with how to give it.
function refusal.missing(missing, settings)
  local name = missing:match "^[a-z_]+"
  local how = settings.origin and " (in " .. settings.origin .. ")" or ""
  if settings.is_environment then
    local own = name == "api_key" or settings.provider == "rackspace" and OF_RACKSPACE[name]
    how = (" (%s_%s)"):format(own and "RS" or "OS", ascii.upper(name))
  end
  if name == "password" and settings.provider == "rackspace" then
    return errors.config(("there is a user of Rackspace, and neither api_key nor password%s")
      :format(settings.is_environment and ": set RS_API_KEY (or RS_PASSWORD)" or how))
  end
  return errors.config(("%s is missing, which auth_type '%s' needs%s"):format(missing,
    settings.auth_type, how))
end

-- The kinds of failures that mean that the service refused the login.
local LOGIN = { auth = true, forbidden = true, invalid = true, unsupported = true }

-- Does Keystone not know the token or the application credential? Then its 404 has a code. Any
-- other 404 means that there is no identity service.
local function is_unknown(settings, err)
  return err.code ~= nil and (settings.token ~= nil
    or settings.application_credential_id ~= nil or settings.application_credential_name ~= nil)
end

--- Who logs in, a line break, and for what and where: what happened comes between them.
function refusal.who(identity)
  local target = wanted(identity.settings)
  return ascii.one_line(who(identity.settings)) .. "\n"
    .. ascii.one_line((target and " for " .. target or "") .. " at " .. identity.url)
end

--- The `config` error for an application credential that is for another project than the one asked
-- for; nil if it is not.
-- @tparam table token as Keystone describes it
function refusal.of_project(settings, token)
  local option, found = scope.contradiction(settings, token)
  return option and errors.new("config", ascii.one_line(("%s is for the project '%s', and %s says "
    .. "'%s': leave that out, or use a credential of that project"):format(who(settings), found,
    settings.origins[option] or option, settings[option])))
end

--- Completes the error of a request for a token: who asked, for what, and where.
-- @treturn Error the same one
function refusal.explain(identity, err)
  if err.status == 404 and not is_unknown(identity.settings, err) then
    err.kind = "config"
    err.message = ("there is no identity service of version %d at %s: is auth_url right?"):format(
      identity.version, identity.url)
    return err
  elseif err.status == 404 then
    err.kind = "auth"
  end
  local first, rest = refusal.who(identity):match "^(.*)\n(.*)$"
  err.message = ("%s %s%s: %s"):format(first,
    LOGIN[err.kind] and err.status and "was refused" or "could not log in", rest, err.message)
  return err
end

return refusal
