--- One TCP connection of the simulator. It reads requests and sends the answers in order, with
-- whatever misbehaviour a fault asks for. Nothing here blocks.
-- @module rsnapshots.simulator.http.connection

local answer = require "rsnapshots.simulator.http.answer"
local query = require "rsnapshots.simulator.text.query"

local Connection = { __name = "rsnapshots.simulator.Connection" }
Connection.__index = Connection

local MAX_HEAD = 65536
local MAX_BODY = 16 * 1024 * 1024
local CHUNK = 65536

local connection = {}

--- Takes over an accepted socket.
-- @param sock a luasocket client
-- @tparam int number the connection's number on the server
-- @tparam function handler called with a request, returns an Answer and a plan (see `respond`)
-- @tparam function ticks the clock by which delays end
function connection.new(sock, number, handler, ticks)
  sock:settimeout(0)
  sock:setoption("tcp-nodelay", true)
  return setmetatable({
    sock = sock, number = number, handler = handler, ticks = ticks,
    chunks = {}, received = 0, need = 1, out = "", sent = 0,
  }, Connection)
end

-- Reading ---------------------------------------------------------------------------------

local function parse_headers(head)
  local headers = {}
  for line in head:gmatch("\r\n([^\r\n]+)") do
    local name, value = line:match("^([^%s:]+):%s*(.-)%s*$")
    if not name then
      return nil
    end
    name = name:lower()
    headers[name] = headers[name] and headers[name] .. ", " .. value or value
  end
  return headers
end

local function parse_head(head)
  local method, target, version = head:match("^(%u+) (%S+) HTTP/(1%.[01])\r\n")
  local headers = method and parse_headers(head)
  if not headers then
    return nil
  end
  target = target:gsub("^https?://[^/]*", "")
  local path, parameters = target:match("^([^?]*)%??(.*)$")
  local wish = (headers.connection or ""):lower()
  return {
    method = method, path = path, query = parameters, headers = headers,
    params = query.parse(parameters), close = wish == "close" or version == "1.0" and
      wish ~= "keep-alive",
  }
end

-- The body of a chunked request and the position after it; nil while it is incomplete; false if it
-- is not a chunked body.
local function parse_chunked(buffer, at)
  local parts = {}
  while true do
    local line_end = buffer:find("\r\n", at, true)
    if not line_end then
      return nil
    end
    local size = tonumber(buffer:sub(at, line_end - 1):match("^%x+") or "", 16)
    if not size then
      return false
    end
    at = line_end + 2
    if #buffer < at + size + 1 then
      return nil
    end
    parts[#parts + 1] = buffer:sub(at, at + size - 1)
    at = at + size + 2
    if size == 0 then
      return table.concat(parts), at
    end
  end
end

function Connection:buffer()
  local whole = table.concat(self.chunks)
  self.chunks = { whole }
  return whole
end

function Connection:consume(buffer, at)
  local rest = buffer:sub(at)
  self.chunks, self.received, self.need = { rest }, #rest, 1
end

function Connection:bad_request(status, message)
  self:consume("", 1)
  self.eof = true
  self:respond({ method = "GET", close = true }, answer.middleware(status, message), {})
end

function Connection:ask_for_body(request)
  local expects = (request.headers.expect or ""):lower() == "100-continue"
  if expects and not self.continued then
    self.continued = true
    self.out = self.out .. "HTTP/1.1 100 Continue\r\n\r\n"
  end
end

-- Takes a complete request out of the buffer; nil if there is none.
function Connection:take_request()
  if self.received < self.need then
    return nil
  end
  local buffer = self:buffer():gsub("^[\r\n]+", "")
  local head_end = select(2, buffer:find("\r\n\r\n", 1, true))
  if not head_end then
    if #buffer > MAX_HEAD then
      self:bad_request(431, "The head of the request is too large.")
    end
    return nil
  end
  local request = parse_head(buffer:sub(1, head_end))
  if not request then
    self:bad_request(400, "This is no HTTP request.")
    return nil
  end
  return self:take_body(request, buffer, head_end + 1)
end

function Connection:take_body(request, buffer, at)
  local body, after
  if (request.headers["transfer-encoding"] or ""):lower() == "chunked" then
    body, after = parse_chunked(buffer, at)
  else
    local length = tonumber(request.headers["content-length"] or 0) or -1
    if length < 0 or length > MAX_BODY then
      self:bad_request(length < 0 and 400 or 413, "The length of the body is out of bounds.")
      return nil
    end
    after = at + length
    body = #buffer >= after - 1 and buffer:sub(at, after - 1) or nil
    self.need = body and 1 or after - 1
  end
  if body == false then
    self:bad_request(400, "The body is not chunked as announced.")
    return nil
  end
  if not body then
    self:ask_for_body(request)
    return nil
  end
  self.continued = nil
  self:consume(buffer, after)
  request.body = body
  return request
end

--- Reads what has arrived. Call it when the socket is readable.
function Connection:on_readable()
  while not self.closed do
    local data, err, partial = self.sock:receive(CHUNK)
    data = data or partial
    if data and data ~= "" then
      self.chunks[#self.chunks + 1] = data
      self.received = self.received + #data
    end
    if err == "timeout" then
      break
    end
    if err then
      self.eof = true
      break
    end
  end
  self:advance()
end

-- Answering -------------------------------------------------------------------------------

-- Handles requests until one of them has to wait for its answer to go out.
function Connection:advance()
  while not self.closed and not self.plan do
    local request = self:take_request()
    if not request then
      break
    end
    request.connection = self.number
    local reply, plan = self.handler(request)
    self:respond(request, reply, plan)
    self:pump()
  end
  if self.eof and (not self.plan or self.plan.stall) and self.sent >= #self.out then
    self:close()
  end
end

--- Queues an answer.
-- @tparam table request
-- @tparam Answer reply
-- @tparam table plan how to send it: `delay` (seconds), `cut` ("before", "after", "head",
-- "reset" or a number of bytes), `stall` (never), `trickle` (seconds per byte)
function Connection:respond(request, reply, plan)
  if request.close then
    reply:header("Connection", "close")
  end
  local head, body = reply:bytes(request.method == "HEAD")
  local bytes = head .. body
  local cut = plan.cut
  if cut == "head" then
    bytes = head
  elseif type(cut) == "number" then
    bytes = bytes:sub(1, cut)
  elseif cut then
    bytes = ""
  end
  self.plan = {
    bytes = bytes, stall = plan.stall, trickle = plan.trickle, reset = cut == "reset",
    close = request.close or cut ~= nil, at = self.ticks() + (plan.delay or 0),
  }
end

-- Moves as much into the output as the plan allows at this time.
function Connection:release(now)
  local plan = self.plan
  if not plan or plan.stall or plan.released or now < plan.at then
    return
  end
  if plan.trickle and #plan.bytes > 1 then
    self.out = self.out .. plan.bytes:sub(1, 1)
    plan.bytes = plan.bytes:sub(2)
    plan.at = now + plan.trickle
    return
  end
  self.out = self.out .. plan.bytes
  plan.released = true
end

function Connection:flush()
  while self.sent < #self.out do
    local last, err, partial = self.sock:send(self.out, self.sent + 1)
    self.sent = last or partial or self.sent
    if err == "timeout" then
      return
    end
    if err then
      self:close()
      return
    end
  end
  self.out, self.sent = "", 0
end

function Connection:finish()
  local plan = self.plan
  if not plan or not plan.released or self.sent < #self.out then
    return
  end
  self.plan = nil
  if plan.reset then
    self.sock:setoption("linger", { on = true, timeout = 0 })
  end
  if plan.close then
    self:close()
  end
end

--- Sends what is due, but begins no further request.
function Connection:pump()
  self:release(self.ticks())
  if not self.closed then
    self:flush()
  end
  if not self.closed then
    self:finish()
  end
end

--- Sends what is due. When an answer is out, the next request is handled.
function Connection:tick()
  self:pump()
  self:advance()
end

--- Is it waiting for the socket to become writable?
function Connection:wants_write()
  return self.sent < #self.out
end

--- Is there anything left to read?
function Connection:wants_read()
  return not self.eof
end

--- When `tick` is due without an event; nil: never.
function Connection:due()
  local plan = self.plan
  if not plan or plan.stall or plan.released or self:wants_write() then
    return nil
  end
  return plan.at
end

--- Is there an unanswered request?
function Connection:is_owing()
  return self.plan ~= nil
end

--- Closes the socket. Idempotent.
function Connection:close()
  if not self.closed then
    self.closed = true
    self.sock:close()
  end
end

return connection
