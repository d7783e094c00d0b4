--- One call of a client: its request, and what its answer must be.
local body = require "rsnapshots.client.body"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local url = require "rsnapshots.support.url"

local calls = {}

-- What a client gives its private part for. The part is in no table that next()
-- would walk: it leads to the credentials.
local STATE = {}
calls.STATE = STATE

--- The private part of a client that is open; anything else raises.
function calls.open(client)
  local state = calls.state_of(client)
  if state.closed then
    check.fail("the client is closed")
  end
  return state
end

--- The same of a client that may be closed.
function calls.state_of(client)
  local state = type(client) == "table" and client[STATE]
  check.receiver(state, "client", "client:get(id)")
  return state
end

--- The same where it may have been closed.
function calls.state(client)
  return client[STATE]
end

--- The error of an answer that is not what the API promises.
-- @param call the finished one
-- @tparam string problem
-- @tparam[opt] boolean made it created something with an unknown id: `uncertain`
function calls.decode_error(call, problem, made)
  call:reject(problem, made)
  local err = errors.from(call:fault())
  call:close()
  return err
end

--- After a 406: settles on another microversion. A service that was rolled back has other ones
-- than when it was asked.
-- @param state
-- @tparam Error refusal
-- @tparam ?number deadline
-- @treturn boolean is there another one to try?
function calls.settle_again(state, refusal, deadline)
  local session = state.session
  if refusal.status ~= 406 or state.closed or state.public.api_version ~= 3 then
    return false
  end
  local found = state.find_again(session, state.found, deadline or session:deadline(), refusal)
  if found then
    state:adopt(found)
  end
  return found ~= nil
end

--- Sends a request below the endpoint.
-- @param state
-- @string method
-- @string path
-- @tparam[opt] table options `body` (a table), `deadline`, `idempotent`, `retry_conflict`,
-- `retries`, `allows_nothing` (the answer to a GET may have no body)
-- @return the finished call (true for a delete that an earlier attempt did); nil and an error
function calls.send(state, method, path, options)
  local request = { method = method, path = path, expects_object = method == "GET" }
  for name, value in pairs(options or {}) do
    request[name] = value
  end
  if request.body then
    local problem
    request.body, problem = body.encode(request.body)
    if not request.body then
      return nil, problem
    end
  end
  local call, err = state.session:call(request)
  if err and calls.settle_again(state, err, request.deadline) then
    return state.session:call(request)
  end
  return call, err
end

--- What a function makes of an answer; what it cannot read is an error.
-- @param call the finished one, nil if it failed
-- @tparam ?Error err then
-- @tparam function read gives a value of the call, or nil and what is wrong
-- @tparam[opt] boolean made is it the answer to a request that made something?
-- @param[opt] whose what `read` gets besides
function calls.read(call, err, read, made, whose)
  if not call then
    return nil, err
  end
  local value, problem = read(call, whose)
  if value == nil then
    return nil, calls.decode_error(call, problem, made)
  end
  call:close()
  return value
end

--- The Snapshot in an answer.
-- @param client
-- @param call the finished one, nil if it failed
-- @tparam[opt] Error err then
-- @tparam[opt] boolean made is it the answer to a request that made it?
function calls.snapshot(client, call, err, made)
  return calls.read(call, err, core.snapshot, made, client)
end

local function read_object(call)
  local document, problem = core.decode(call)
  if type(document) == "table" then
    return document
  end
  return nil, problem or "an object was expected"
end

-- The last part of a Location's path: an id. Nothing else of it is used.
local function id_in(location)
  local path = location and location:gsub("[?#].*$", ""):gsub("/+$", "")
  local id = path and path:match "([^/]+)$"
  return id and url.decode(id)
end

--- The Snapshot in the answer to a request that made it. An answer without a body that says
-- where it is (Location) is read there.
function calls.made(client, call, err, deadline)
  local id = call and call:text(1) == "" and id_in(call:header "Location")
  if not id then
    return calls.snapshot(client, call, err, true)
  end
  local snapshot, problem = calls.snapshot(client, calls.send(calls.state(client), "GET",
    calls.path(id), { deadline = deadline }))
  if not snapshot then
    return nil, calls.decode_error(call, problem.message, true)
  end
  call:close()
  return snapshot
end

--- The JSON in an answer; an object is promised.
function calls.object(call, err, made)
  return calls.read(call, err, read_object, made)
end

-- A page that somebody else answers with, a proxy that asked nobody: 200, and no JSON.
local function is_foreign(call)
  return call:status() == 200 and call:text(1) ~= "" and type(core.decode(call)) ~= "table"
end

--- The result of an answer of which only the success matters.
function calls.done(call, err)
  if not call then
    return nil, err
  elseif call ~= true then
    if is_foreign(call) then
      return nil, calls.decode_error(call, "it is not JSON")
    end
    call:close()
  end
  return true
end

--- The id in a caller's argument; nil and what is wrong with it.
function calls.id(value, name)
  local id = core.is_snapshot(value) and value.id or value
  check.text(id, name or "id")
  if core.encode(id) ~= id and id:find "[%z\1-\31\127]" then
    return nil, errors.new("invalid", "an id cannot contain control characters")
  elseif id == "." or id == ".." then
    return nil, errors.new("invalid", ("'%s' is not a snapshot's id"):format(id))
  end
  return id
end

--- The path of a snapshot below the endpoint.
function calls.path(id, rest)
  return "/snapshots/" .. core.encode(id) .. (rest or "")
end

--- One look within a wait, which is what retries; a client that was closed
-- meanwhile ends it with an error.
-- @tparam Client client
-- @tparam string path
-- @tparam[opt] number deadline
-- @return the finished call; nil and an error
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

--- Sends an action on a snapshot.
function calls.act(client, id, name, arguments, idempotent, deadline)
  local state = calls.open(client)
  local wanted, err = calls.id(id)
  if not wanted then
    return nil, err
  elseif not state.dialect:has_actions() then
    return nil, state.dialect:unsupported("the action " .. name)
  end
  return calls.done(calls.send(state, "POST", calls.path(wanted, "/action"),
    { body = { [name] = arguments }, idempotent = idempotent, deadline = deadline }))
end

return calls
