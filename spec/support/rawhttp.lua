-- A tiny HTTP client for specs. It sends exactly what it is told to and returns exactly what came,
-- while the simulator is served in the same process.
--
--   local http = rawhttp.new(sim)
--   local reply = http:request("GET", "/v3/snapshots", { ["X-Auth-Token"] = token })
--   reply.status, reply.reason, reply.headers (lower-case names), reply.head, reply.body
--
-- A reply that is cut short has `closed` (what luasocket said) and what came until then.

local json = require "rsnapshots.simulator.text.json"
local socket = require "socket"

local Client = {}
Client.__index = Client

local rawhttp = {}

local LIMIT = 300 -- seconds: a loaded machine is slow, and a hang is a hang all the same

function rawhttp.new(sim)
  return setmetatable({ sim = sim, headers = {} }, Client)
end

-- A connection of its own, for what `request` does not do.
function Client:open()
  local sock = assert(socket.tcp())
  sock:settimeout(0)
  local _, err = sock:connect("127.0.0.1", self.sim.port)
  assert(err == "timeout" or err == nil, err)
  self.sim.wait(sock:getfd(), "w", LIMIT)
  return sock
end

function Client:send(sock, bytes)
  local at = 1
  while at <= #bytes do
    local last, err, partial = sock:send(bytes, at)
    at = (last or partial) + 1
    if err == "closed" then
      return nil, err
    end
    if not last then
      self.sim.wait(sock:getfd(), "w", LIMIT)
    end
  end
  return true
end

-- What has come, and why there is no more.
local function received(sock)
  local pieces = {}
  local data, err, partial
  repeat
    data, err, partial = sock:receive(65536)
    pieces[#pieces + 1] = data or partial
  until err
  return table.concat(pieces), err
end

-- Reads until `done(bytes)`, the end, or the time is up.
function Client:receive(sock, done, seconds)
  local bytes = ""
  local deadline = socket.gettime() + (seconds or LIMIT)
  while not done(bytes) do
    local more, err = received(sock)
    bytes = bytes .. more
    if err ~= "timeout" then
      return bytes, err
    end
    if not done(bytes) then
      if socket.gettime() >= deadline then
        return bytes, "timeout"
      end
      self.sim.wait(sock:getfd(), "r", deadline - socket.gettime())
    end
  end
  return bytes
end

function rawhttp.parse(bytes)
  local head, body = bytes:match("^(.-\r\n)\r\n(.*)$")
  if not head then
    return { head = bytes, headers = {}, body = "" }
  end
  local status, reason = head:match("^HTTP/1%.1 (%d+) ([^\r]*)\r\n")
  local reply = {
    head = head, headers = {}, body = body, status = tonumber(status), reason = reason,
    names = {},
  }
  for name, value in head:gmatch("\r\n([^:\r\n]+): ([^\r\n]*)") do
    reply.headers[name:lower()] = value
    reply.names[#reply.names + 1] = name
  end
  return reply
end

-- Tells whether the bytes of an answer are all there.
local function complete(method)
  local total
  return function(bytes)
    local head_end = not total and select(2, bytes:find("\r\n\r\n", 1, true))
    if head_end then
      local length = bytes:sub(1, head_end):lower():match("\r\ncontent%-length: (%d+)\r\n")
      total = head_end + (method ~= "HEAD" and tonumber(length) or 0)
    end
    return total ~= nil and #bytes >= total
  end
end

function rawhttp.write(method, path, headers, body)
  local lines = { method .. " " .. path .. " HTTP/1.1" }
  local given = {}
  for name, value in pairs(headers or {}) do
    given[name:lower()] = true
    lines[#lines + 1] = name .. ": " .. value
  end
  if not given.host then
    lines[#lines + 1] = "Host: 127.0.0.1:8776"
  end
  if not given.accept then
    lines[#lines + 1] = "Accept: application/json"
  end
  if body and not given["content-length"] then
    lines[#lines + 1] = "Content-Length: " .. #body
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")
end

-- Sends one request over a connection (`headers` of the client go along) and reads the answer.
function Client:exchange(sock, method, path, headers, body, seconds)
  local all = {}
  for name, value in pairs(self.headers) do
    all[name] = value
  end
  for name, value in pairs(headers or {}) do
    all[name] = value or nil
  end
  local sent, err = self:send(sock, rawhttp.write(method, path, all, body))
  if not sent then
    return { closed = err, headers = {}, head = "", body = "" }
  end
  local bytes, closed = self:receive(sock, complete(method), seconds)
  local reply = rawhttp.parse(bytes)
  reply.closed, reply.bytes = closed, bytes
  return reply
end

-- The same over a connection of its own.
function Client:request(method, path, headers, body, seconds)
  local sock = self:open()
  local reply = self:exchange(sock, method, path, headers, body, seconds)
  sock:close()
  return reply
end

-- Plain Lua tables out of what json.decode gives; null is json.null.
local function plain(value)
  local kind = json.type(value)
  if kind ~= "array" and kind ~= "object" then
    return value
  end
  local map = {}
  for i, key in ipairs(kind == "array" and value or value.keys) do
    if kind == "array" then
      map[i] = plain(key)
    else
      map[key] = plain(value:get(key))
    end
  end
  return map
end

-- The JSON of a reply's body as plain Lua tables.
function rawhttp.decode(reply)
  return plain(assert(json.decode(reply.body)))
end

-- The message of an error whose body has a single member.
function rawhttp.message(reply)
  local _, inner = next(rawhttp.decode(reply))
  return inner.message
end

-- A POST of JSON.
function Client:post(path, body)
  return self:request("POST", path, { ["Content-Type"] = "application/json" }, body)
end

-- A request to block storage. `path` is below the project; options: `user` ("demo"), `api` (3),
-- `version` (a microversion's minor number), `token`, `project` (an id), `prefix`, `headers`,
-- `body`.
function Client:ask(method, path, options)
  options = options or {}
  local accounts = self.sim.accounts
  local user = accounts:user(options.user or "demo")
  local headers = {
    ["X-Auth-Token"] = options.token or accounts:issue(user, user.project, {}).id,
    ["OpenStack-API-Version"] = options.version and "volume 3." .. options.version,
  }
  for name, value in pairs(options.headers or {}) do
    headers[name] = value
  end
  local base = ("%s/v%d/%s/"):format(options.prefix or "", options.api or 3,
    options.project or user.project.id)
  return self:request(method, base .. path, headers, options.body)
end

return rawhttp
