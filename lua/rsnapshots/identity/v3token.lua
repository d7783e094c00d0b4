--- Keystone v3: a token that somebody else obtained, exchanged for one of ours.
local scope = require "rsnapshots.identity.scope"

local method = { version = 3 }

--- What is missing, or nil.
function method.check(settings)
  return scope.missing(settings, "token")
end

--- The body of the request for a token.
function method.body(settings)
  return { auth = {
    identity = { methods = { "token" }, token = { id = settings.token } },
    scope = scope.of(settings),
  } }
end

return method
