--- A tunnelling proxy in the same process: it notes each CONNECT, and passes on everything after it
-- in both directions.
--
--   local proxy = tunnel.new()
--   connect{ endpoint = "https://...", proxy = proxy.url, wait = proxy.wait }
local socket = require "socket"

local Tunnel = {}
Tunnel.__index = Tunnel

local tunnel = {}

function tunnel.new()
  local listener = assert(socket.bind("127.0.0.1", 0))
  listener:settimeout(0)
  local _, port = listener:getsockname()
  local self = setmetatable({ listener = listener, url = "http://127.0.0.1:" .. port,
    heads = {}, inputs = {}, peers = {} }, Tunnel)
  self.wait = function(...) return self:serve(...) end
  return self
end

function Tunnel:forget(sock)
  sock:close()
  self.inputs[sock], self.peers[sock] = nil, nil
end

-- Opens the way once the whole CONNECT is there.
function Tunnel:open(sock)
  local head = self.inputs[sock]
  local host, port = head:match "^CONNECT (%S+):(%d+) HTTP/1%.1\r\n.*\r\n\r\n$"
  if not host then
    return
  end
  self.heads[#self.heads + 1] = head
  local other = assert(socket.connect(host, tonumber(port)))
  other:settimeout(0)
  self.inputs[sock] = nil
  self.peers[sock], self.peers[other] = other, sock
  sock:send "HTTP/1.1 200 Connection established\r\n\r\n"
end

function Tunnel:read(sock)
  local data, err, partial = sock:receive(65536)
  data = data or partial
  local peer = self.peers[sock]
  if self.inputs[sock] then
    self.inputs[sock] = self.inputs[sock] .. data
    self:open(sock)
  elseif peer and data ~= "" then
    peer:send(data)
  end
  if err == "closed" then
    self:forget(sock)
    if peer then
      self:forget(peer)
    end
  end
end

function Tunnel:turn(foreign, seconds)
  local reads = { self.listener, foreign }
  for _, sockets in ipairs { self.inputs, self.peers } do
    for sock in pairs(sockets) do
      reads[#reads + 1] = sock
    end
  end
  local readable = socket.select(reads, nil, seconds)
  for _, sock in ipairs(readable) do
    if self.inputs[sock] or self.peers[sock] then
      self:read(sock)
    end
  end
  if readable[self.listener] then
    local sock = self.listener:accept()
    sock:settimeout(0)
    self.inputs[sock] = ""
  end
  return foreign and readable[foreign] ~= nil
end

--- Serves until the descriptor is readable or the time has passed: for `wait`.
function Tunnel:serve(fd, _, seconds)
  local foreign = fd and { getfd = function() return fd end }
  local stop = socket.gettime() + (seconds or 60)
  repeat
    if self:turn(foreign, math.max(0, stop - socket.gettime())) then
      return true
    end
  until socket.gettime() >= stop
  return false
end

function Tunnel:close()
  for _, sockets in ipairs { self.inputs, self.peers } do
    for sock in pairs(sockets) do
      sock:close()
    end
  end
  self.listener:close()
end

return tunnel
