--- No identity service at all: `endpoint` says where, and nobody asks who.
local scope = require "rsnapshots.identity.scope"

local method = {}

--- What is missing, or nil.
function method.check(settings)
  return scope.missing(settings, "endpoint")
end

--- There is nothing to send.
function method.body()
  return nil
end

return method
