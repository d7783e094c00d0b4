--- A client's requests: how they are sent, and what their answers must be.
local ascii = require "rsnapshots.support.ascii"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"
local errors = require "rsnapshots.error"
local json = require "rsnapshots.support.json"
local url = require "rsnapshots.support.url"

local requests = {}

-- The key of a client's private part, which leads to the credentials: next() must not find it.
local STATE = {}
requests.STATE = STATE

--- The private part of a client, open or closed. Anything else raises an error.
function requests.state_of(client)
  local state = type(client) == "table" and client[STATE]
  return state or check.receiver(state, "client", "client:get(id)")
end

--- The private part of a client that is open. Anything else raises an error.
function requests.open(client)
  local state = requests.state_of(client)
  if state.closed then
    check.fail("the client is closed")
  end
  return state
end

--- The private part of a value that is known to be a client. It may have been closed meanwhile.
function requests.state(client)
  return client[STATE]
end

-- ------------------------------------------------------------------- sending

--- Settles on another microversion after a 406, which a service sends after it was rolled back.
-- @treturn boolean whether there is another one to try
function requests.settle_again(state, refusal, deadline)
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
-- @tparam[opt] table more `body` (a table), `deadline`, `idempotent`, `retry_conflict`, `retries`;
-- this function changes the table
-- @return the finished call (true for a delete that an earlier attempt did); nil and an error
function requests.send(state, method, path, more)
  if more and more.body then
    local problem
    more.body, problem = json.encode(more.body)
    if problem then
      return errors.fail("invalid", problem)
    end
  end
  local call, err = state.session:call(method, path, more)
  if err and requests.settle_again(state, err, more and more.deadline) then
    return state.session:call(method, path, more)
  end
  return call, err
end

-- What the core reads from a caller's argument; nil and an error. If the argument is not a text, or
-- empty, this raises.
local function read_id(read, value, name)
  local found, flaw = read(value)
  if flaw then
    return errors.fail("invalid", flaw)
  end
  return found or check.text(value, name or "id")
end

--- The id in a caller's argument; nil and what is wrong with it.
function requests.id(value, name)
  return read_id(core.id, value, name)
end

--- Sends a request about one snapshot.
-- @string[opt] rest what follows the snapshot's path
-- @tparam[opt] table more as for `send`
function requests.about(client, method, id, rest, more)
  local path, err = read_id(core.path, id)
  if not path then
    return nil, err
  end
  return requests.send(client[STATE], method, rest and path .. rest or path, more)
end

--- Sends one GET, without retries, because the wait repeats it. If the client was closed in the
-- meantime, returns an error.
function requests.poll(client, path, deadline)
  local state = requests.state(client)
  if state.closed then
    return nil, errors.closed()
  end
  return requests.send(state, "GET", path, { deadline = deadline, retries = 0 })
end

-- ------------------------------------------------------------------- answers

--- Reads an answer with a function.
-- @param call a finished call; nil if it failed
-- @tparam ?Error err the error, if it failed
-- @tparam function read takes the call, and returns a value, or nil and what is wrong
-- @param[opt] owner `read`'s second argument
-- @tparam[opt] boolean is_create whether the call created something, whose id is unknown if the
-- answer cannot be read: then the error is `uncertain`
function requests.read(call, err, read, owner, is_create)
  if not call then
    return nil, err
  end
  local value, problem = read(call, owner)
  if value == nil then
    call:reject(problem, is_create)
    err = errors.from((call:fault()))
  end
  call:close()
  return errors.result(value, err)
end

--- The Snapshot in an answer.
function requests.snapshot(client, call, err)
  return requests.read(call, err, core.snapshot, client)
end

--- Reads a snapshot once, without retries.
function requests.poll_snapshot(client, id, deadline)
  return requests.snapshot(client, requests.poll(client, core.path(id), deadline))
end

-- The last part of a Location's path: an id. Nothing else in it is used.
local function id_in(location)
  local path = location and location:gsub("[?#].*$", ""):gsub("/+$", "")
  local id = path and path:match "([^/]+)$"
  return id and url.decode(id)
end

--- Reads the answer to a request that created something. If the answer cannot be read, but has a
-- Location, what was created is read by the id in that.
-- @param call a finished call; nil if it failed
-- @tparam ?Error err the error, if it failed
-- @tparam function read as for `requests.read`
-- @param owner as for `requests.read`
-- @tparam function get reads what has that id; nil and an error
function requests.created(call, err, read, owner, get)
  return requests.read(call, err, function()
    local value, problem = read(call, owner)
    local id = value == nil and id_in(call:header "Location")
    if id then
      value, err = get(id)
      problem = err and err.message
    end
    return value, problem
  end, owner, true)
end

--- The Snapshot in the answer to a request that created it.
function requests.created_snapshot(client, call, err, deadline)
  return requests.created(call, err, core.snapshot, client, function(id)
    return requests.snapshot(client,
      requests.about(client, "GET", id, nil, { deadline = deadline }))
  end)
end

-- Does a key of an answer speak of errors?
local function is_of_errors(key)
  local name = type(key) == "string" and ascii.lower(key):gsub("default", "") or ""
  return name:find("error", 1, true) ~= nil or name:find("fault", 1, true) ~= nil
end

-- Does a field of an answer say that something was refused?
local function is_refusal(key, value)
  local inner = type(value) == "table" and value or {}
  if (tonumber(inner.code) or key == "code" and tonumber(value) or 0) >= 400 then
    return true
  end
  return is_of_errors(key) and value and value ~= ""
    and (type(value) ~= "table" or next(value) ~= nil)
end

-- Does an answer speak of an error? One whose number is 0 is none, whatever else is said of it.
local function has_refusal(document)
  local found = false
  for key, value in pairs(document) do
    if is_of_errors(key) and tonumber(value) == 0 then
      return false
    end
    found = found or is_refusal(key, value)
  end
  return found
end

-- Does this answer confirm a change? true; nil and what is wrong. A 200 may be a proxy's page, or
-- the refusal of a gateway that answers everything with 200.
local function confirm(call)
  if call:status() ~= 200 or call:text(1) == "" then
    return true
  end
  local document = core.decode(call)
  if type(document) ~= "table" then
    return nil, "it is not JSON"
  end
  return not has_refusal(document) or nil, "it speaks of an error"
end

--- The result of a request if only its success matters: true; nil and an error.
function requests.done(call, err)
  if call == true then
    return true
  end
  return requests.read(call, err, confirm)
end

-- ------------------------------------------------------------------- changes

local LAST_READ = 0.5 -- seconds at least, also past a deadline

-- Did a change take effect in spite of its error? If a repeated one finds nothing, an earlier
-- attempt did it. If the answer cannot be believed, or an earlier attempt was lost, the snapshot is
-- read, once.
local function took_effect(client, id, err, deadline, is_done)
  local state, is_gone = client[STATE], err.lost and errors.is_gone(err)
  local is_unclear = err.kind == "decode"
    or err.lost and (err.kind == "invalid" or err.kind == "conflict")
  if not is_unclear or state.closed then
    return is_gone and is_done(nil)
  end
  local snapshot, problem = requests.snapshot(client, requests.send(state, "GET", core.path(id),
    { deadline = math.max(deadline, state.session.core:now() + LAST_READ) }))
  return (snapshot or errors.is_gone(problem)) and is_done(snapshot)
end

--- Changes a snapshot.
-- @tparam function is_done tells by the Snapshot, nil if it is gone, whether it took effect
-- @tparam function send `send(deadline)` sends the request
-- @return true; nil and an error
function requests.change(client, id, is_done, send)
  local deadline = client[STATE].session:deadline()
  local ok, err = requests.done(send(deadline))
  if ok or took_effect(client, id, err, deadline, is_done) then
    return true
  end
  return nil, err
end

--- Changes a snapshot by an action.
function requests.act(client, id, action, arguments, is_done, is_idempotent)
  local dialect = client[STATE].dialect
  if not dialect.has_actions and requests.id(id) then
    return nil, dialect:unsupported("the action " .. action)
  end
  return requests.change(client, id, is_done, function(deadline)
    return requests.about(client, "POST", id, "/action",
      { body = { [action] = arguments }, idempotent = is_idempotent, deadline = deadline })
  end)
end

return requests
