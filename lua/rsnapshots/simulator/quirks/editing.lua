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

--- Changes each snapshot or volume that an answer shows.
-- @param reply
-- @tparam function change called with the Object
function editing.records(reply, change)
  editing.body(reply, function(body)
    for _, name in ipairs(body.keys) do
      local value = body:get(name)
      if name == "snapshot" or name == "volume" then
        change(value)
      elseif name == "snapshots" or name == "volumes" then
        for _, one in ipairs(value) do
          change(one)
        end
      end
    end
  end)
end

return editing
