--- What a request asks for, as far as quirks distinguish requests.
-- @module rsnapshots.simulator.quirks.asking

local asking = {}

local COLLECTION = { GET = "list", POST = "create" }
local ONE = { GET = "get", PUT = "update", DELETE = "delete" }

-- The path below version and project, and the version; nil if it is not a resource.
local function resource_of(path)
  if path:find("^/identity") or path:find("/v3/auth/", 1, true) or path:find("^/v2%.0") then
    return nil
  end
  local version, rest = path:match("/v([123])/(.+)$")
  if rest and not rest:find("^snapshots") and not rest:find("^volumes") then
    rest = rest:match("^[%x-]+/(.+)$")
  end
  return rest, tonumber(version)
end

--- What a request asks for.
-- @treturn table `resource` ("snapshots", "volumes", ... ; nil for identity and version documents),
-- `operation` ("list", "create", "get", "update", "delete", nil for others), `id`, `api`
function asking.of(request)
  local rest, api = resource_of(request.path)
  if not rest then
    return {}
  end
  local resource, more = rest:match("^([^/]+)/?(.*)$")
  local asks = { resource = resource, api = api }
  if more == "" or more == "detail" then
    asks.operation = COLLECTION[request.method]
  elseif not more:find("/", 1, true) then
    asks.operation, asks.id = ONE[request.method], more
  end
  return asks
end

--- Does it ask for version documents?
function asking.is_version_document(request)
  local path = request.path:gsub("/+$", "")
  return request.method == "GET" and (path == "" or path == "/identity" or path:find("^/v[123]$")
    or path:find("^/identity/v[%d.]+$")) and true or false
end

--- Does it ask identity for a token, or about one?
function asking.is_authentication(request)
  return request.path:find("/auth/tokens$") ~= nil or request.path:find("/v2%.0/tokens$") ~= nil
end

return asking
