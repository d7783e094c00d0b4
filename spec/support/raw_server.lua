--- A server in the same process that answers with exactly the given bytes.
--
--   local server = raw_server.new(function(request) return { bytes = "HTTP/1.1 ..." } end)
--   connect{ endpoint = server.url .. "/v3/p", auth_type = "none", wait = server.wait }
--
-- The function gets each whole request (`method`, `path`, `head`, `body`, `number`) and gives
-- the bytes, or a table:
--
--   bytes    what to send, or `source`, a function that gives piece after piece, then nil
--   pause    seconds between pieces; of `bytes`, a piece is one byte then
--   ending   "close" (the default), "reset", "keep" (another request may come), "hang"
local socket = require "socket"

local raw_server = {}

local Server = {}
Server.__index = Server

local PIECES = 64 -- of a source in one turn

--- Listens on any free port of 127.0.0.1. A server that is `deaf` reads nothing.
function raw_server.new(respond)
  local listener = assert(socket.bind("127.0.0.1", 0, 128))
  listener:settimeout(0)
  local _, port = listener:getsockname()
  local self = setmetatable({ listener = listener, respond = respond, port = tonumber(port),
    url = "http://127.0.0.1:" .. port, connections = {}, requests = {}, accepted = 0 }, Server)
  self.wait = function(...) return self:serve(...) end
  return self
end

local function finish(self, conn, ending)
  if ending == "keep" then
    conn.plan = nil
    return
  elseif ending == "hang" then
    conn.hangs = true
    return
  elseif ending == "reset" then
    conn.sock:setoption("linger", { on = true, timeout = 0 })
  end
  conn.sock:close()
  self.connections[conn] = nil
end

-- A source of what is to be sent.
local function source_of(plan)
  if plan.source then
    return plan.source
  end
  local at, step = 1, plan.pause and 1 or math.max(1, #plan.bytes)
  return function()
    if at <= #plan.bytes then
      at = at + step
      return plan.bytes:sub(at - step, at - 1)
    end
  end
end

local function write(self, conn)
  for _ = 1, PIECES do
    if conn.output == "" then
      if conn.due and socket.gettime() < conn.due then
        return
      end
      conn.output = conn.source()
      conn.due = conn.plan.pause and socket.gettime() + conn.plan.pause
      if not conn.output then
        conn.output = ""
        return finish(self, conn, conn.plan.ending)
      end
    end
    local last, err, partial = conn.sock:send(conn.output)
    conn.output = conn.output:sub((last or partial) + 1)
    if err == "closed" then
      return finish(self, conn, "close")
    elseif err then
      return
    end
  end
end

-- Takes a whole request out of what has come.
local function take_request(self, conn)
  local head_end = select(2, conn.input:find("\r\n\r\n", 1, true))
  if not head_end then
    return
  end
  local head = conn.input:sub(1, head_end)
  local size = tonumber(head:lower():match "\r\ncontent%-length: (%d+)") or 0
  if #conn.input < head_end + size then
    return
  end
  local request = { head = head, body = conn.input:sub(head_end + 1, head_end + size),
    method = head:match "^%S+", path = head:match "^%S+ (%S+)", number = #self.requests + 1 }
  conn.input = conn.input:sub(head_end + size + 1)
  self.requests[request.number] = request
  local plan = self.respond(request)
  conn.plan = type(plan) == "table" and plan or { bytes = plan }
  conn.source, conn.output, conn.due = source_of(conn.plan), "", nil
  write(self, conn)
end

local function read(self, conn)
  local data, err, partial = conn.sock:receive(65536)
  conn.input = conn.input .. (data or partial or "")
  if err == "closed" then
    return finish(self, conn, "close")
  end
  take_request(self, conn)
end

local function accept(self)
  local sock = self.listener:accept()
  while sock do
    sock:settimeout(0)
    sock:setoption("tcp-nodelay", true)
    self.accepted = self.accepted + 1
    sock:send(self.greet or "")
    self.connections[{ sock = sock, input = "" }] = true
    sock = self.listener:accept()
  end
end

-- What to watch, whose it is, and when something is due.
local function interests(self)
  local reads, writes, owners, due = { self.listener }, {}, {}, math.huge
  for conn in pairs(self.connections) do
    owners[conn.sock] = conn
    if conn.plan and not conn.hangs then
      if conn.output == "" and conn.due then
        due = math.min(due, conn.due)
      else
        writes[#writes + 1] = conn.sock
      end
    end
    if not conn.plan and not self.deaf then
      reads[#reads + 1] = conn.sock
    end
  end
  return reads, writes, owners, due
end

local function turn(self, foreign, seconds)
  local reads, writes, owners, due = interests(self)
  reads[#reads + 1] = foreign
  local left = math.max(0, math.min(seconds, due - socket.gettime()))
  local readable, writable = socket.select(reads, writes, left)
  for _, sock in ipairs(readable) do
    if owners[sock] then
      read(self, owners[sock])
    end
  end
  for conn in pairs(self.connections) do
    if conn.plan and not conn.hangs and (writable[conn.sock] or conn.due) then
      write(self, conn)
    end
  end
  if readable[self.listener] then
    accept(self)
  end
  return foreign and readable[foreign] ~= nil
end

--- Serves until the descriptor is readable or the time has passed: for `wait`.
function Server:serve(fd, _, seconds)
  local foreign = fd and { getfd = function() return fd end }
  local stop = socket.gettime() + (seconds or 60)
  repeat
    if turn(self, foreign, math.max(0, stop - socket.gettime())) then
      return true
    end
  until socket.gettime() >= stop
  return false
end

function Server:close()
  for conn in pairs(self.connections) do
    conn.sock:close()
  end
  self.connections = {}
  self.listener:close()
end

--- A server that answers before it is asked, and then never again.
function raw_server.talkative(bytes)
  local self = raw_server.new()
  self.deaf = true
  self.greet = bytes
  return self
end

--- An answer's bytes. `framing`: "length" (the default), "chunked", "close".
function raw_server.answer(status, body, framing, headers)
  local lines = { "HTTP/1.1 " .. status .. " Whatever", "Content-Type: application/json" }
  for _, line in ipairs(headers or {}) do
    lines[#lines + 1] = line
  end
  if framing == "chunked" then
    lines[#lines + 1] = "Transfer-Encoding: chunked"
    local half = math.floor(#body / 2)
    local chunks = {}
    for _, part in ipairs { body:sub(1, half), body:sub(half + 1) } do
      chunks[#chunks + 1] = #part > 0 and ("%x\r\n%s\r\n"):format(#part, part) or nil
    end
    body = table.concat(chunks) .. "0\r\n\r\n"
  elseif framing ~= "close" then
    lines[#lines + 1] = "Content-Length: " .. #body
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
end

return raw_server
