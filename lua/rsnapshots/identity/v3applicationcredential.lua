--- Keystone v3: an application credential, by id, or by name and user. It has a
-- scope of its own, and Keystone refuses a request that names one.
local scope = require "rsnapshots.identity.scope"

local method = { version = 3 }

--- What is missing, or nil.
function method.check(settings)
  if settings.application_credential_id then
    return scope.missing(settings, "application_credential_secret")
  end
  return scope.missing(settings, "application_credential_name", "application_credential_id")
    or scope.missing(settings, "application_credential_secret")
    or scope.missing(settings, "username", "user_id")
end

--- The body of the request for a token.
function method.body(settings)
  local credential = { secret = settings.application_credential_secret }
  if settings.application_credential_id then
    credential.id = settings.application_credential_id
  else
    credential.name = settings.application_credential_name
    credential.user = scope.user(settings)
  end
  return { auth = { identity = {
    methods = { "application_credential" }, application_credential = credential,
  } } }
end

return method
