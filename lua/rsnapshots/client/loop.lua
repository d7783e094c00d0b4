--- A client's verbs for groups, and for loops of your own.
-- @submodule Client

local calls = require "rsnapshots.client.calls"
local Group = require "rsnapshots.tasks.group"

local Client = {}

--- Makes a group, which runs many things side by side.
-- @tparam[opt] table options `concurrency` (8): how many tasks, and requests, at once
-- @treturn Group
function Client:group(options)
  local group = Group.new(calls.open(self).session.scheduler, options)
  return group
end

-- ------------------------------------------------------------------ event loops

--- The descriptor to watch in a loop of your own. After a fork it is another one. Together with
-- `events`, `timeout` and `step` it makes the client a cqueues pollable.
-- @treturn integer
function Client:pollfd()
  return calls.open(self).session.scheduler:pollfd()
end

--- What to watch the descriptor for: always `"r"`.
-- @treturn string
function Client:events()
  calls.open(self)
  return "r"
end

--- When `step` is due, whatever the descriptor says.
-- @treturn number seconds; nil: never
function Client:timeout()
  return calls.open(self).session.scheduler:timeout()
end

--- Does what can be done for the requests under way, without waiting.
function Client:step()
  calls.open(self).session.scheduler:step()
end

return Client
