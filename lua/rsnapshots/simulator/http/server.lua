--- The simulator's sockets: a listener and its connections, served by one select.
-- @module rsnapshots.simulator.http.server

local check = require "rsnapshots.support.check"
local socket = require "socket"
local connection = require "rsnapshots.simulator.http.connection"

local Server = { __name = "rsnapshots.simulator.Server" }
Server.__index = Server

local FOREVER = 3600

local server = {}

--- Listens.
-- @tparam string host
-- @tparam int port 0 for any free one
-- @tparam function handler called with each request, see `connection.new`
-- @tparam function ticks the clock by which delays end
-- @return a Server, or nil and why not
function server.new(host, port, handler, ticks)
  -- with socket.tcp, the socket is made only when it is bound, and options set before that are lost
  local listener, err = (host:find(":", 1, true) and socket.tcp6 or socket.tcp4)()
  if not listener then
    return nil, err
  end
  listener:setoption("reuseaddr", true)
  local ok
  ok, err = listener:bind(host, port)
  if ok then
    ok, err = listener:listen(128)
  end
  if not ok then
    listener:close()
    return nil, ("cannot listen on %s port %d: %s"):format(host, port, err)
  end
  listener:settimeout(0)
  local _, actual = listener:getsockname()
  return setmetatable({
    listener = listener, port = tonumber(actual), handler = handler, ticks = ticks,
    connections = {}, count = 0,
  }, Server)
end

function Server:accept()
  while true do
    local sock = self.listener:accept()
    if not sock then
      return
    end
    self.count = self.count + 1
    local conn = connection.new(sock, self.count, self.handler, self.ticks)
    conn:on_readable() -- the request is often there already
    if not conn.closed then
      self.connections[#self.connections + 1] = conn
    end
  end
end

--- When something is due without an event, such as a delayed answer or the next byte of a trickle;
-- nil: never.
function Server:due()
  local due
  for _, conn in ipairs(self.connections) do
    local at = conn:due()
    if at and (not due or at < due) then
      due = at
    end
  end
  return due
end

--- Is there an unanswered request?
function Server:is_owing()
  for _, conn in ipairs(self.connections) do
    if conn:is_owing() then
      return true
    end
  end
  return false
end

-- The sockets to watch.
function Server:interests(foreign, events)
  local reads, writes = { self.listener }, {}
  for _, conn in ipairs(self.connections) do
    if conn:wants_read() then
      reads[#reads + 1] = conn.sock
    end
    if conn:wants_write() then
      writes[#writes + 1] = conn.sock
    end
  end
  if foreign and events:find("r", 1, true) then
    reads[#reads + 1] = foreign
  end
  if foreign and events:find("w", 1, true) then
    writes[#writes + 1] = foreign
  end
  return reads, writes
end

-- Serves the sockets that are ready, and what is due. Returns whether anything was due.
function Server:serve(readable, writable)
  local now, was_due = self.ticks(), false
  local kept = {}
  for _, conn in ipairs(self.connections) do
    local at = conn:due()
    if readable[conn.sock] then
      conn:on_readable()
    end
    if not conn.closed and (writable[conn.sock] or at and at <= now) then
      was_due = was_due or at ~= nil and at <= now
      conn:tick()
    end
    if not conn.closed then
      kept[#kept + 1] = conn
    end
  end
  self.connections = kept
  if readable[self.listener] then
    self:accept()
  end
  return was_due
end

-- Wraps a descriptor so that `select` treats it as a socket.
local function foreign_socket(fd)
  return fd and { getfd = function() return fd end } or nil
end

local function check_open(self)
  if not self.listener then
    check.fail("the simulator is closed, and a client of it still waits")
  end
end

-- Runs select once. Returns whether the foreign descriptor was ready, and whether anything was
-- done.
function Server:once(foreign, events, deadline)
  local reads, writes = self:interests(foreign, events)
  local until_then = math.min(deadline, self:due() or deadline) - self.ticks()
  local readable, writable = socket.select(reads, writes, math.max(0, until_then))
  local ready = foreign and (readable[foreign] or writable[foreign]) ~= nil
  local was_due = self:serve(readable, writable)
  return ready, was_due or #readable + #writable > 0
end

--- Serves what there is, without waiting: see `once`.
function Server:poll(fd, events)
  check_open(self)
  return self:once(foreign_socket(fd), events or "r", self.ticks())
end

--- Serves until a foreign descriptor is ready or the time has passed.
-- @tparam ?int fd the descriptor; nil for none
-- @tparam ?string events "r", "w" or "rw"
-- @tparam ?number seconds nil for no limit
-- @treturn boolean whether the descriptor is ready
function Server:wait(fd, events, seconds)
  check_open(self)
  local foreign = foreign_socket(fd)
  local deadline = self.ticks() + math.min(seconds or FOREVER, FOREVER)
  local ready, busy
  repeat
    ready, busy = self:once(foreign, events or "r", deadline)
    if ready then
      return true
    end
  until not self.listener or self.stopped or not busy and self.ticks() >= deadline
  return false
end

--- Closes every socket. Idempotent.
function Server:close()
  if not self.listener then
    return
  end
  for _, conn in ipairs(self.connections) do
    conn:close()
  end
  self.connections = {}
  self.listener:close()
  self.listener = nil
end

return server
