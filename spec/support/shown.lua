--- A simulated service that shows snapshots otherwise than it keeps them: quirks, to be put into
-- `sim.quirks`.
local json = require "rsnapshots.simulator.text.json"

local shown = {}

local function is_list(request)
  return request.asks.resource == "snapshots" and request.asks.operation == "list"
end

--- Changes the body of each listing of snapshots: `change(body)`.
function shown.pages(change)
  return { after = function(_, request, reply)
    local body = is_list(request) and json.decode(reply.body)
    if body and body:get "snapshots" then
      change(body)
      reply.body = json.encode(body)
    end
  end }
end

--- Changes each row of these listings: `change(row)`.
function shown.rows(change)
  return shown.pages(function(body)
    for _, row in ipairs(body:get "snapshots") do
      change(row)
    end
  end)
end

--- Changes each snapshot in any answer: `change(snapshot, is_listed)`.
function shown.snapshots(change)
  return { after = function(_, request, reply)
    local body = request.asks.resource == "snapshots" and json.decode(reply.body)
    local list = body and body:get "snapshots"
    local all = list or body and { body:get "snapshot" } or {}
    for _, snapshot in ipairs(all) do
      change(snapshot, list ~= nil)
    end
    reply.body = #all > 0 and json.encode(body) or reply.body
  end }
end

return shown
