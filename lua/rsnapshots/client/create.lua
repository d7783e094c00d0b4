--- Creating a snapshot, never twice.
local body = require "rsnapshots.client.body"
local calls = require "rsnapshots.client.calls"
local check = require "rsnapshots.support.check"
local once = require "rsnapshots.client.create_once"
local wait = require "rsnapshots.client.wait"

local create = {}

-- Sends a create; whatever comes of it, never twice.
local function send_create(client, made, deadline)
  local call, err = calls.send(calls.state(client), "POST", "/snapshots",
    { body = made, deadline = deadline })
  return calls.made(client, call, err, deadline)
end

local function make_body(client, options)
  local dialect = calls.open(client).dialect
  return body.make(dialect, options, "to_snapshot_create_map", dialect.create_map, "create")
end

--- Of creates with the same key only one may be under way, else nil: where a name
-- is the only mark, two of them would take each other's snapshot for their own.
function create.key(client, options)
  local dialect = calls.state(client).dialect
  if not options.once or dialect:has_metadata() then
    return nil
  end
  local snapshot = make_body(client, options).snapshot
  return snapshot.volume_id .. "\n" .. tostring(dialect:name_in(snapshot))
end

--- Checks a create; the function that sends it, and waits where `wait` says so.
function create.prepare(client, options)
  local made = make_body(client, options)
  local waits = wait.option(options.wait)
  check.text(made.snapshot.volume_id, "volume_id")
  local is_once = options.once
  return function()
    local state = calls.open(client)
    local snapshot, err
    if made.snapshot.metadata and not state.dialect:has_metadata() then
      return nil, state.dialect:unsupported "metadata of a snapshot"
    elseif is_once then
      snapshot, err = once.create(client, made, send_create)
    else
      snapshot, err = send_create(client, made)
    end
    if snapshot then
      state:remember("created", snapshot.id)
    end
    if not snapshot or not waits then
      return snapshot, err
    end
    return client:wait_until_complete(snapshot, waits)
  end
end

return create
