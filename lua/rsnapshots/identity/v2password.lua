--- Identity v2: a user's name and password.
local scope = require "rsnapshots.identity.scope"

local method = { version = 2 }

--- What is missing, or nil.
function method.check(settings)
  return scope.missing(settings, "username") or scope.missing(settings, "password")
end

--- The body of the request for a token.
function method.body(settings)
  return scope.tenant(settings, {
    passwordCredentials = { username = settings.username, password = settings.password },
  })
end

return method
