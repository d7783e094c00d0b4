--- A TCP proxy that cuts connections at random: before a request, in the middle of it, after it
-- (delivered, but not answered), or in the middle of the answer.
local socket = require "socket"

local Proxy = {}
Proxy.__index = Proxy

local WAYS = { "before", "during", "after", "answer" }

--- @param port where the service is
-- @param share of the requests that are cut, 0 to 1
-- @param seed of the random numbers
-- @param eligible(request): may this one be cut?
local function new(port, share, seed, eligible)
  local listener = assert(socket.bind("127.0.0.1", 0))
  listener:settimeout(0)
  local _, own = listener:getsockname()
  return setmetatable({ listener = listener, target = port, share = share, state = seed,
    url = "http://127.0.0.1:" .. own, links = {}, requests = 0,
    cuts = { before = 0, during = 0, after = 0, answer = 0 },
    eligible = eligible or function() return true end }, Proxy)
end

-- Numerical Recipes' generator: the same everywhere.
function Proxy:random()
  self.state = (self.state * 1664525 + 1013904223) % 4294967296
  return self.state / 4294967296
end

local function shut(link)
  link.closed = true
  link.client:close()
  if link.server and not link.lingers then
    link.server:close()
  end
end

local function whole_length(request)
  local head = request:find("\r\n\r\n", 1, true)
  if not head then
    return nil
  end
  local body = request:lower():match "content%-length: (%d+)"
  return head + 3 + (tonumber(body) or 0)
end

-- Sends a whole request on, or cuts the connection.
function Proxy:forward(link)
  local request = link.request
  link.request = ""
  self.requests = self.requests + 1
  local way
  if self.eligible(request) and self:random() < self.share then
    way = WAYS[1 + math.floor(self:random() * #WAYS)]
    self.cuts[way] = self.cuts[way] + 1
  end
  if way == "before" then
    return shut(link)
  elseif way == "during" then
    link.server:send(request:sub(1, math.floor(self:random() * #request)))
    return shut(link)
  end
  link.server:send(request)
  if way == "after" then
    link.lingers = true -- the service acts on it, to nobody
    return shut(link)
  end
  link.left = way == "answer" and 1 + math.floor(self:random() * 300) or nil
end

function Proxy:from_client(link)
  local data, err, part = link.client:receive(65536)
  link.request = link.request .. (data or part or "")
  local length = whole_length(link.request)
  if length and #link.request >= length then
    self:forward(link)
  elseif err == "closed" then
    shut(link)
  end
end

function Proxy:from_server(link) -- luacheck: ignore self
  local data, err, part = link.server:receive(65536)
  data = data or part or ""
  if link.left then
    data = data:sub(1, link.left)
    link.left = link.left - #data
  end
  if #data > 0 then
    link.client:send(data)
  end
  if err == "closed" or link.left == 0 then
    shut(link)
  end
end

function Proxy:accept()
  local client = self.listener:accept()
  while client do
    local server = assert(socket.connect("127.0.0.1", self.target))
    client:settimeout(0)
    server:settimeout(0)
    self.links[#self.links + 1] = { client = client, server = server, request = "" }
    client = self.listener:accept()
  end
end

--- Moves the bytes that have come, without waiting.
function Proxy:step()
  self:accept()
  for i = #self.links, 1, -1 do
    local link = self.links[i]
    if not link.closed then
      self:from_client(link)
    end
    if not link.closed then
      self:from_server(link)
    end
    if link.closed then
      table.remove(self.links, i)
    end
  end
end

function Proxy:close()
  self.listener:close()
  for _, link in ipairs(self.links) do
    shut(link)
  end
end

return { new = new }
