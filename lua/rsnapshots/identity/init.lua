--- Obtains tokens, in the way that the settings ask for.
local answer = require "rsnapshots.identity.answer"
local documents = require "rsnapshots.identity.documents"
local errors = require "rsnapshots.error"
local json = require "rsnapshots.support.json"
local methods = require "rsnapshots.identity.methods"
local suggest = require "rsnapshots.support.suggest"
local refusal = require "rsnapshots.identity.refusal"
local scope = require "rsnapshots.identity.scope"

local Identity = { __name = "rsnapshots.Identity" }
Identity.__index = Identity

local function unknown(settings)
  local names, from = methods.names(), settings.origins.auth_type
  return errors.fail("config", ("there is no auth_type '%s'%s%s There are: %s"):format(
    settings.auth_type, from and ", which " .. from .. " says" or "",
    suggest.ending(settings.auth_type, names), table.concat(names, ", ")))
end

--- Checks the settings and makes an identity; nil and a `config` error.
function Identity.new(settings)
  local choice = methods.of(settings)
  if not choice then
    return unknown(settings)
  end
  local method = choice[1]
  -- with an endpoint, a given token is sent as it is, unless there is an auth_url to ask about it
  local is_bare = not method.version
    or settings.token and settings.endpoint and not settings.auth_url
  local missing = methods.missing(method, settings)
    or not is_bare and not settings.auth_url and "auth_url"
  if missing then
    return refusal.missing(missing, settings)
  end
  return setmetatable({ settings = settings, choice = choice, method = method,
    is_bare = is_bare }, Identity)
end

-- -------------------------------------------------------------- the versions

-- Settles on a method, and on the URL of its version. If the URL has none, the service is asked:
-- v3, unless it offers only v2.
local function locate(self, session, deadline)
  local base = self.settings.auth_url
  local root, version = base:match("^(.-)/v([23])[%.0-9]*$")
  if self.choice[2] and not version then
    local found = documents.get(session, base .. "/", deadline)
    version = found[2] and not found[3] and 2 or 3
  end
  if self.choice[2] and self.choice[2].version == tonumber(version) then
    self.method = self.choice[2]
  end
  self.version = self.method.version
  self.url = (root or base) .. (self.version == 3 and "/v3" or "/v2.0")
end

-- ------------------------------------------------------------- a new token

-- The body of a request for a token; nil and an error. The version is known by now.
local function make_body(self)
  local missing = methods.missing(self.method, self.settings)
  if missing then
    return errors.config(("%s is missing, which identity v%d needs"):format(missing, self.version))
  elseif self.settings.system_scope and self.version ~= 3 then
    return errors.config("system_scope takes identity v3, and only v2 is offered")
  end
  local text, problem = json.encode(self.method.body(self.settings))
  return text, problem and errors.new("invalid", problem)
end

-- Logs in, or exchanges the token that was given.
local function log_in(self, session, deadline)
  local text, problem = make_body(self)
  if not text then
    return nil, problem
  end
  local address = self.url .. (self.version == 3 and "/auth/tokens" or "/tokens")
  local request, err = session:call("POST", address,
    { body = text, idempotent = true, login = true, deadline = deadline })
  if not request then
    return nil, refusal.explain(self, err)
  end
  local status = request:status()
  local access, failure = answer.read(self.version, request)
  if not access then
    failure.method, failure.url, failure.status = "POST", address, status
    return nil, refusal.explain(self, failure)
  end
  failure = self.method.way == "application_credential"
    and refusal.of_project(self.settings, access.description)
  if failure then
    return nil, failure
  end
  access.source = { url = address, body = text, version = self.version,
    who = refusal.who(self),
    renewable = not self.settings.token } -- there are no credentials to renew a given token
  return access
end

-- --------------------------------------------------------- a token as it is

local function bare_access(settings)
  return { token = settings.token, catalog = {}, project_id = settings.project_id }
end

-- Does this failure mean that the token is not valid? Keystone answers 404 with a code about an
-- unknown token. Another server may not know such requests.
local function is_of_token(err)
  return err.status == 401 or err.status == 404 and err.code ~= nil
end

-- Asks about the token that was given. With an endpoint, the answer is optional.
local function ask(self, session, deadline, path)
  local token, helps = self.settings.token, self.settings.endpoint ~= nil
  return session:call("GET", self.url .. path, { login = true,
    headers = { "X-Auth-Token: " .. token, "X-Subject-Token: " .. token },
    deadline = helps and documents.deadline(session, deadline) or deadline,
    retries = helps and 0 or nil })
end

-- What Keystone v3 says about the token that was given; nil if it says nothing; nil and an error if
-- the token is not valid, or if a service that is needed does not answer.
local function inspect(self, session, deadline)
  local token = self.settings.token
  local request, err = ask(self, session, deadline, "/auth/tokens")
  local access = request and answer.read(3, request, token)
  if access then
    return access
  elseif err and is_of_token(err) then
    return nil, refusal.explain(self, err)
  elseif err and err.status ~= 404 and errors.is_unanswered(err) then
    return nil, not self.settings.endpoint and err or nil
  end
  -- a server that does not know such requests may still have the catalog
  request = ask(self, session, deadline, "/auth/catalog")
  local catalog = request and answer.catalog(request)
  return catalog and { token = token, catalog = catalog }
end

-- Is this access enough, or must the token be exchanged for one with a catalog or another scope?
local function will_do(self, access)
  local settings, token = self.settings, access.description
  if not token then
    return scope.of(settings) == nil
  end
  return scope.is_met(settings, token) and (settings.endpoint ~= nil or #access.catalog > 0)
end

-- Uses the token that was given, and exchanges it only if another scope or a catalog is needed.
local function use_given(self, session, deadline)
  local access, err
  if self.version == 3 then
    access, err = inspect(self, session, deadline)
  end
  if err or access and will_do(self, access) then
    return access, err
  elseif not access and self.settings.endpoint then
    return bare_access(self.settings)
  end
  return log_in(self, session, deadline)
end

-- ------------------------------------------------------------------- public

--- Obtains a token.
-- @treturn table token, lifetime (seconds), project_id, user_id, catalog, and `source`: the `url`,
-- `body` (JSON, with secrets) and `version` of the request that obtained it, `who` logs in (for
-- messages), and whether the token is `renewable` with it; nil if the token is used as it was
-- given. Or nil and an error
function Identity:authenticate(session, deadline)
  if self.is_bare then
    return bare_access(self.settings)
  end
  locate(self, session, deadline)
  if self.settings.token then
    return use_given(self, session, deadline)
  end
  return log_in(self, session, deadline)
end

return Identity
