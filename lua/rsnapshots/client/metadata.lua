--- A client's verbs for the metadata of a snapshot.
-- @submodule Client

local check = require "rsnapshots.support.check"
local errors = require "rsnapshots.error"
local requests = require "rsnapshots.client.requests"
local url = require "rsnapshots.support.url"

local Client = {}

local function send(self, id, method, map, rest, deadline)
  local dialect = requests.state(self).dialect
  if method ~= "GET" and not dialect.has_metadata then
    return nil, dialect:unsupported "changing metadata"
  end
  return requests.about(self, method, id, "/metadata" .. (rest or ""),
    { body = map and { metadata = map }, idempotent = true, deadline = deadline })
end

local function read(call, err)
  local document, problem = requests.object(call, err)
  if not document then
    return nil, problem
  end
  local whole = document.snapshot -- at Rackspace
  local metadata = document.metadata or type(whole) == "table" and whole.metadata
  if type(metadata) ~= "table" then
    return errors.fail("decode", "the service's answer has no metadata")
  end
  return metadata
end

--- Reads a snapshot's metadata: `GET /snapshots/{id}/metadata`.
-- @tparam string|Snapshot id
-- @treturn table nil and an error
function Client:get_metadata(id)
  requests.open(self)
  return read(send(self, id, "GET"))
end

--- Adds to a snapshot's metadata: `POST /snapshots/{id}/metadata`.
-- @tparam string|Snapshot id
-- @tparam table metadata strings by strings
-- @treturn table all metadata as it is then; nil and an error
function Client:set_metadata(id, metadata)
  requests.open(self)
  return read(send(self, id, "POST", check.string_map(metadata, "metadata")))
end

--- Replaces a snapshot's metadata: `PUT /snapshots/{id}/metadata`.
-- @tparam string|Snapshot id
-- @tparam table metadata strings by strings
-- @treturn table all metadata as it is then; nil and an error
function Client:replace_metadata(id, metadata)
  requests.open(self)
  return read(send(self, id, "PUT", check.string_map(metadata, "metadata")))
end

-- Cinder finds no key with a slash, or beyond ASCII, in a path, however it is encoded. If there is
-- such a key nevertheless, all the others replace it.
local function delete_by_replacing(self, id, key, missing, deadline)
  local metadata, problem = read(send(self, id, "GET", nil, nil, deadline))
  if not metadata then
    return nil, problem
  elseif metadata[key] == nil then
    return not missing or nil, missing
  end
  metadata[key] = nil
  metadata, problem = read(send(self, id, "PUT", metadata, nil, deadline))
  return metadata and true, problem
end

local function delete_key(self, id, key, deadline)
  if key == "." or key == ".." then -- a proxy would take it for a part of the path
    return delete_by_replacing(self, id, key, errors.new("not_found",
      ("there is no metadata with the key '%s'"):format(key)), deadline)
  end
  local call, err = send(self, id, "DELETE", nil, "/" .. url.encode(key), deadline)
  -- after an answer was lost: deleted by then, or a key that is never found
  local found_none = call == true or err and err.kind == "not_found"
  if found_none and key:find "[^A-Za-z0-9%-_.: ]" then
    local missing = err and not err.lost and err or nil
    return delete_by_replacing(self, id, key, missing, deadline)
  end
  return requests.done(call, err)
end

--- Deletes keys of a snapshot's metadata: `DELETE /snapshots/{id}/metadata/{key}`.
-- @tparam string|Snapshot id
-- @tparam string ... the keys
-- @return true; nil and an error with the key in `err.key`. The keys before that one are deleted
function Client:delete_metadata(id, ...)
  requests.open(self)
  local keys = { ... }
  check.text(keys[1], "key")
  for _, key in ipairs(keys) do
    check.text(key, "key")
  end
  local deadline = requests.state(self).session:deadline() -- of one call, however many keys
  for _, key in ipairs(keys) do
    local ok, err = delete_key(self, id, key, deadline)
    if not ok then
      err.key = key
      return nil, err
    end
  end
  return true
end

return Client
