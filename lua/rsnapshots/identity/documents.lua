--- Version documents: what a service's root says of its versions. They only help: if one cannot be
-- had, connecting goes on without it after a few seconds.
local core = require "rsnapshots.core"

local documents = {}

local SECONDS = 5 -- for one of them
local SHARE = 4 -- at most a quarter of the time that is left

--- The deadline of something that only helps, by the deadline of the whole.
function documents.deadline(session, deadline)
  local now = session:now()
  return now + math.min(SECONDS, math.max(0, deadline - now) / SHARE)
end

--- What a finished request says, which is closed; nil if it is not a JSON object.
function documents.read(request)
  local document = core.decode(request)
  request:close()
  return type(document) == "table" and document or nil
end

--- The versions in a finished request, `{"versions": [...]}`, `{"versions": {"values": [...]}}` or
-- `{"version": {...}}`, by their major number; an empty table where it names none. The request, if
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

--- Asks once for a version document.
-- @number deadline of all that it is asked for
-- @string[opt] verb `call` if the document takes a token
-- @treturn table as `versions` gives it
-- @treturn Error if there was no good answer
function documents.get(session, address, deadline, verb)
  local request, err = session[verb or "send"](session, {
    method = "GET", url = address, choices = true, retries = 0,
    deadline = documents.deadline(session, deadline),
  })
  return documents.versions(request), err
end

return documents
