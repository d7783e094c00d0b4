--- Changes to answers that are JSON.
-- @module rsnapshots.simulator.quirks.editing

local json = require "rsnapshots.simulator.text.json"

local editing = {}

--- Changes the JSON object in an answer, if there is one.
-- @param reply
-- @tparam function change called with the Object
function editing.body(reply, change)
  local body = json.decode(reply.body)
  if json.type(body) == "object" then
    change(body)
    reply.body = json.encode(body)
  end
end

local SHOW = { snapshot = true, volume = true, snapshots = true, volumes = true }

--- Changes each snapshot or volume that an answer shows. Other quirks may have put something else
-- in its place.
-- @param reply
-- @tparam function change called with the Object
function editing.records(reply, change)
  editing.body(reply, function(body)
    for _, name in ipairs(body.keys) do
      local value = body:get(name)
      local list = SHOW[name] and (json.type(value) == "object" and { value } or value)
      for _, one in ipairs(type(list) == "table" and list or {}) do
        if json.type(one) == "object" then
          change(one)
        end
      end
    end
  end)
end

--- The id of the snapshot that an answer shows; nil if it shows none any more.
function editing.id(reply)
  local body = json.decode(reply.body)
  local one = json.type(body) == "object" and body:get "snapshot"
  local id = json.type(one) == "object" and one:get "id"
  return type(id) == "string" and id or nil
end

return editing
