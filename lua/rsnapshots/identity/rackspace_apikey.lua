--- Rackspace's identity v2: a user's name and API key.
local scope = require "rsnapshots.identity.scope"

local method = { version = 2 }

--- What is missing, or nil.
function method.check(settings)
  return scope.missing(settings, "username") or scope.missing(settings, "api_key")
end

--- The body of the request for a token.
function method.body(settings)
  return scope.tenant(settings, {
    ["RAX-KSKEY:apiKeyCredentials"] = {
      username = settings.username, apiKey = settings.api_key,
    },
  })
end

return method
