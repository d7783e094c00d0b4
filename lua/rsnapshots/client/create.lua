--- Creating a snapshot, never twice.
local check = require "rsnapshots.support.check"
local once = require "rsnapshots.client.create_once"
local requests = require "rsnapshots.client.requests"
local wait = require "rsnapshots.client.wait"

local create = {}

local function send(client, body, deadline)
  local call, err = requests.send(requests.state(client), "POST", "/snapshots",
    { body = body, deadline = deadline })
  return requests.created(client, call, err, deadline)
end

--- Of creates with the same key only one may be under way (nil: any number). Where a name is the
-- only mark, two of them would take each other's snapshot for their own.
function create.key(client, options)
  local dialect = requests.state(client).dialect
  if not options.once or dialect.has_metadata then
    return nil
  end
  local snapshot = dialect:create_body(options).snapshot
  return snapshot.volume_id .. "\n" .. tostring(dialect:name_in(snapshot))
end

--- Checks a create. Gives the function that sends it, and waits if the options' `wait` says so.
-- @param client
-- @param options
-- @tparam[opt] table waits how to wait otherwise, checked
function create.prepare(client, options, waits)
  local body = requests.open(client).dialect:create_body(options)
  waits = wait.option(options.wait) or waits
  check.text(body.snapshot.volume_id, "volume_id")
  local is_once = options.once
  return function()
    local state = requests.open(client)
    local snapshot, err
    if body.snapshot.metadata and not state.dialect.has_metadata then
      return nil, state.dialect:unsupported "metadata of a snapshot"
    elseif is_once then
      snapshot, err = once.create(client, body, send)
    else
      snapshot, err = send(client, body)
    end
    if not snapshot then
      return nil, err
    end
    state:remember("created", snapshot.id)
    if waits then
      return client:wait_until_complete(snapshot, waits)
    end
    return snapshot
  end
end

return create
