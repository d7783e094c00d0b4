--- What a listing fetches its pages from: one client.
local calls = require "rsnapshots.calls"
local url = require "rsnapshots.url"

local Source = { __name = "rsnapshots.Source" }
Source.__index = Source

--- Makes a source.
-- @tparam Client client
-- @tparam Dialect dialect
-- @tparam[opt] number stop no request goes on for longer
function Source.new(client, dialect, stop)
  return setmetatable({ client = client, dialect = dialect, stop = stop }, Source)
end

function Source:decode_error(message, request)
  return calls.decode_error(self.client, message, request)
end

function Source:fetch(query, detailed, deadline)
  return calls.send(calls.state(self.client), "GET",
    (detailed and "/snapshots/detail" or "/snapshots") .. url.query(query),
    { deadline = deadline or self:deadline() })
end

--- When a request that begins now is to be over.
function Source:deadline()
  local limit = calls.state(self.client).session:deadline()
  return math.min(limit, self.stop or limit)
end

--- Lets a function run as far as it gets without waiting.
function Source:start(body)
  local scheduler = calls.open(self.client).session.scheduler
  local task = scheduler:task(body)
  repeat
    task:resume()
  until not task:is_ready() or task.done
  scheduler:step()
  return task
end

function Source:step()
  calls.open(self.client).session.scheduler:step()
end

--- Takes the listing for the coroutine that is running; raises while another has it.
function Source:claim(listing, message)
  calls.open(self.client).session.scheduler:claim(listing, message)
end

--- Would a request have to wait, in the task that is running?
function Source:is_throttled()
  return calls.open(self.client).session.scheduler:is_throttled()
end

--- Was the client closed?
function Source:is_closed()
  return calls.state(self.client).closed or false
end

return Source
