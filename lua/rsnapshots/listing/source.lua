--- What a listing fetches its pages from: one client.
local calls = require "rsnapshots.client.calls"
local errors = require "rsnapshots.error"
local url = require "rsnapshots.support.url"

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

-- What a listing uses in the middle of a call, during which the client may be closed; who
-- begins a call on a closed one hears of it from `hold`.
local function session_of(self)
  return calls.state(self.client).session
end

function Source:fetch(query, detailed, deadline)
  if self:is_closed() then
    return nil, errors.closed()
  end
  return calls.send(calls.state(self.client), "GET",
    (detailed and "/snapshots/detail" or "/snapshots") .. url.query(query),
    { deadline = deadline or self:deadline() })
end

--- When a request that begins now is to be over.
function Source:deadline()
  local limit = session_of(self):deadline()
  return math.min(limit, self.stop or limit)
end

--- Lets a function run as far as it gets without waiting.
function Source:start(body)
  local scheduler = session_of(self).scheduler
  local task = scheduler:task_ahead(body)
  repeat
    task:resume()
  until not task:is_ready() or task.done
  scheduler:step()
  return task
end

function Source:step()
  session_of(self).scheduler:step()
end

--- Calls a function with the listing; raises while another coroutine has it.
function Source:hold(listing, message, use)
  return calls.open(self.client).session.scheduler:hold(listing, message, use)
end

--- Would a request have to wait, in the task that is running?
function Source:is_throttled()
  return session_of(self).scheduler:is_throttled()
end

--- Was the client closed?
function Source:is_closed()
  return calls.state(self.client).closed or false
end

return Source
