--- Keystone v3: a user's name (or id) and password.
local scope = require "rsnapshots.identity.scope"

local method = { version = 3 }

--- What is missing, or nil.
function method.check(settings)
  return scope.missing(settings, "password") or scope.missing(settings, "username", "user_id")
end

--- The body of the request for a token.
function method.body(settings)
  local user = scope.user(settings)
  user.password = settings.password
  return { auth = {
    identity = { methods = { "password" }, password = { user = user } },
    scope = scope.of(settings),
  } }
end

return method
