--- Identity v2: a token that somebody else obtained.
local scope = require "rsnapshots.identity.scope"

local method = { version = 2 }

--- What is missing, or nil.
function method.check(settings)
  return scope.missing(settings, "token")
end

--- The body of the request for a token.
function method.body(settings)
  return scope.tenant(settings, { token = { id = settings.token } })
end

return method
