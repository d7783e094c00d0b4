--- Version documents: what a service's root says about its versions. They are optional: if one is
-- not available, connecting goes on without it after a few seconds.
local core = require "rsnapshots.core"

local documents = {}

local SECONDS = 5 -- for one document
local SHARE = 4 -- at most a quarter of the time that is left

--- The deadline for an optional request, within the deadline of the whole.
function documents.deadline(session, deadline)
  local now = session.core:now()
  return now + math.min(SECONDS, math.max(0, deadline - now) / SHARE)
end

--- The JSON object in a finished request, which is closed; nil if it is not one.
function documents.read(request)
  local document = core.decode(request)
  request:close()
  return type(document) == "table" and document or nil
end

--- The versions in a finished request, `{"versions": [...]}`, `{"versions": {"values": [...]}}` or
-- `{"version": {...}}`, by their major number; an empty table if it names none. The request, if
-- any, is closed.
function documents.versions(request)
  local document = request and documents.read(request)
  local list = document and (document.versions or { document.version })
  list = type(list) == "table" and (list.values or list) or {}
  local found = {}
  for _, version in ipairs(type(list) == "table" and list or {}) do
    local major = type(version) == "table" and type(version.id) == "string"
      and version.id:match "^[vV]?([0-9]+)"
    if major then
      found[tonumber(major)] = found[tonumber(major)] or version
    end
  end
  return found
end

--- Requests a version document once.
-- @number deadline of the whole
-- @tparam[opt] boolean with_token does the document need a token?
-- @treturn table as from `versions`
-- @treturn Error if there was no good answer
function documents.get(session, address, deadline, with_token)
  local request, err = session:call("GET", address, { choices = true, retries = 0,
    deadline = documents.deadline(session, deadline), with_token = with_token })
  return documents.versions(request), err
end

--- Requests a version document. If that fails in a way that matters, the request is retried like
-- any call.
-- @tparam function matters tells by an error
-- @treturn table as from `versions`; nil and an error if it fails in such a way again
function documents.insist(session, address, deadline, matters)
  local versions, err = documents.get(session, address, deadline)
  if err and matters(err) then
    local request, problem = session:call("GET", address, { deadline = deadline, choices = true })
    if problem and matters(problem) then
      return nil, problem
    end
    versions = documents.versions(request)
  end
  return versions
end

return documents
