--- One call of a client: its request, and what its answer must be.
local body = require "rsnapshots.client.body"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local fault = require "rsnapshots.call.fault"
local url = require "rsnapshots.support.url"

local calls = {}

-- What a client gives its private part for. The part is in no table that next()
-- would walk: it leads to the credentials.
local STATE = {}
calls.STATE = STATE

--- The private part of a client that is open; anything else raises.
function calls.open(client)
  local state = type(client) == "table" and client[STATE]
  if not state then
    check.fail("this is no client: call its methods with a colon")
  elseif state.closed then
    check.fail("the client is closed")
  end
  return state
end

--- The same where it may have been closed.
function calls.state(client)
  return client[STATE]
end

--- An answer that is not what the API promises.
function calls.decode_error(client, message, request)
  local id = fault.request_id(request)
  local err = errors.new("decode", "the service's answer cannot be used: " .. message,
    { status = request:status(), request_id = id and calls.state(client).session:scrub(id) })
  request:close()
  return err
end

--- Sends a request below the endpoint.
function calls.send(state, method, path, options)
  options = options or {}
  local text
  if options.body then
    local problem
    text, problem = body.encode(options.body)
    if not text then
      return nil, problem
    end
  end
  return state.session:call {
    method = method, url = state.public.endpoint .. path, body = text, headers = state.headers,
    deadline = options.deadline, idempotent = options.idempotent,
    retry_conflict = options.retry_conflict, retries = options.retries,
  }
end

--- The Snapshot in an answer.
function calls.snapshot(client, request, err)
  if not request then
    return nil, err
  end
  local snapshot, problem = core.snapshot(request, client)
  if not snapshot then
    return nil, calls.decode_error(client, problem, request)
  end
  request:close()
  return snapshot
end

--- The Snapshot in the answer to a request that made it.
function calls.made(client, request, err)
  local snapshot, problem = calls.snapshot(client, request, err)
  if request and not snapshot then
    problem = errors.uncertain(problem) -- it was accepted, and nobody knows its id
  end
  return snapshot, problem
end

--- The JSON in an answer; an object is promised.
function calls.object(client, request, err)
  if not request then
    return nil, err
  end
  local document, problem = core.decode(request)
  if type(document) ~= "table" then
    return nil, calls.decode_error(client, problem or "an object was expected", request)
  end
  request:close()
  return document
end

-- A page that somebody else answers with, a proxy that asked nobody: 200, and no JSON.
local function is_foreign(request)
  return request:status() == 200 and request:text(1) ~= ""
    and type(core.decode(request)) ~= "table"
end

--- Of an answer of which nothing but its success matters.
function calls.done(client, request, err)
  if not request then
    return nil, err
  elseif request ~= true then
    if is_foreign(request) then
      return nil, calls.decode_error(client, "it is no JSON", request)
    end
    request:close()
  end
  return true
end

--- The id in a caller's argument; nil and what is wrong with it.
function calls.id(value, name)
  local id = core.is_snapshot(value) and value.id or value
  check.text(id, name or "id")
  if id:find "%c" or id:find("%z") then
    return nil, errors.new("invalid", "an id cannot hold control characters")
  elseif id == "." or id == ".." then
    return nil, errors.new("invalid", ("'%s' is no snapshot's id"):format(id))
  end
  return id
end

--- The path of a snapshot below the endpoint.
function calls.path(id, rest)
  return "/snapshots/" .. url.encode(id) .. (rest or "")
end

--- One look within a wait, which is what retries; a client that was closed
-- meanwhile ends it with an error.
-- @tparam Client client
-- @tparam string path
-- @tparam[opt] number deadline
-- @return the finished request; nil and an error
function calls.look(client, path, deadline)
  local state = calls.state(client)
  if state.closed then
    return nil, errors.closed()
  end
  local limit = state.session:deadline()
  return calls.send(state, "GET", path,
    { deadline = math.min(deadline or limit, limit), retries = 0 })
end

--- A fresh snapshot, by one look.
function calls.poll(client, id, deadline)
  return calls.snapshot(client, calls.look(client, calls.path(id), deadline))
end

--- Passes time within a wait.
function calls.sleep(client, seconds)
  calls.state(client).session:sleep(seconds)
end

--- Sends an action on a snapshot.
function calls.act(client, id, name, arguments, idempotent, deadline)
  local state = calls.open(client)
  local wanted, err = calls.id(id)
  if not wanted then
    return nil, err
  elseif not state.dialect:has_actions() then
    return nil, state.dialect:unsupported("the action " .. name)
  end
  return calls.done(client, calls.send(state, "POST", calls.path(wanted, "/action"),
    { body = { [name] = arguments }, idempotent = idempotent, deadline = deadline }))
end

return calls
