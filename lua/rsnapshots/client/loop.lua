--- A client's verbs for groups, and for loops of your own.
-- @submodule Client

local Group = require "rsnapshots.tasks.group"
local requests = require "rsnapshots.client.requests"

local Client = {}

--- Makes a group, which runs many things side by side.
-- @tparam[opt] table options `concurrency` (8): how many tasks, and requests, at once
-- @treturn Group
function Client:group(options)
  local group = Group.new(requests.open(self).session.scheduler, options)
  return group
end

-- ------------------------------------------------------------------ event loops

--- The descriptor to watch in a loop of your own. After a fork it is another one. Together with
-- `events`, `timeout` and `step` it makes the client a cqueues pollable.
-- @treturn integer
function Client:pollfd()
  return requests.open(self).session.scheduler:pollfd()
end

--- What to watch the descriptor for: always `"r"`.
-- @treturn string
function Client:events()
  requests.open(self)
  return "r"
end

--- When `step` is due, whatever the descriptor says.
-- @treturn number seconds; nil: never
function Client:timeout()
  return requests.open(self).session.scheduler:timeout()
end

--- Does what can be done for the requests under way, without waiting.
function Client:step()
  requests.open(self).session.scheduler:step()
end

return Client
