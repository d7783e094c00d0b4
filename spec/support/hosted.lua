--- Programs in which the client runs: started on a free port, asked over HTTP, and timed.
local assert = require "luassert"
local process = require "spec.support.process"
local simulated = require "spec.support.simulated"
local socket = require "socket"

local hosted = {}

local PATIENCE = 120 -- seconds for an answer

--- A free port.
function hosted.free_port()
  local server = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  server:close()
  return tonumber(port)
end

--- A copy of a configuration, with patterns replaced, each once.
function hosted.configure(from, to, changes)
  local text = process.read(from)
  for pattern, replacement in pairs(changes) do
    local count
    text, count = text:gsub(pattern, replacement)
    assert(count == 1, pattern)
  end
  process.write(to, text)
end

--- How many snapshots a JSON text has.
function hosted.count(body)
  return select(2, body:gsub('"volume_id"', ""))
end

--- Fails the spec if a program is missing: `scripts/setup test` installs it.
function hosted.need(program)
  local _, status = process.run("command -v " .. program)
  assert(status == 0, program .. " is missing: run scripts/setup test")
end

-- ---------------------------------------------------------------- requests

local Request = {}
Request.__index = Request

--- Sends a GET, without waiting for the answer.
function hosted.start(port, path)
  local connection = assert(socket.connect("127.0.0.1", port))
  connection:setoption("tcp-nodelay", true)
  connection:settimeout(PATIENCE)
  assert(connection:send(("GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n"):format(path)))
  return setmetatable({ connection = connection, parts = {} }, Request)
end

--- Has the whole answer come? Does not wait.
function Request:is_over()
  if not self.over then
    self.connection:settimeout(0)
    local part, problem, rest = self.connection:receive "*a"
    self.parts[#self.parts + 1] = part or rest
    self.over = part ~= nil or problem == "closed"
    self.connection:settimeout(PATIENCE)
  end
  return self.over
end

--- Gives up.
function Request:close()
  self.connection:close()
end

--- The status and the body.
function Request:answer()
  if not self.over then
    local rest, _, partial = self.connection:receive "*a"
    self.parts[#self.parts + 1] = rest or partial
  end
  self.connection:close()
  local text = table.concat(self.parts)
  local status, body = text:match "^HTTP/%S+ (%d+).-\r\n\r\n(.*)$"
  assert(status, "no answer: " .. text)
  return tonumber(status), body
end

--- Sends several requests at once.
function hosted.start_all(port, path, count)
  local requests = {}
  for i = 1, count do
    requests[i] = hosted.start(port, path)
  end
  return requests
end

--- Checks that each is answered with this many snapshots. `program` is the host, whose output is
-- shown on failure.
function hosted.assert_all(requests, snapshots, program)
  for _, request in ipairs(requests) do
    local status, body = request:answer()
    assert.equal(200, status, program:output())
    assert.equal(snapshots, hosted.count(body))
  end
end

function hosted.get(port, path)
  return hosted.start(port, path):answer()
end

--- Asks until the answer is 200; the body.
function hosted.await(port, path)
  local limit, status, body = socket.gettime() + 120, nil, nil
  repeat
    local connection = socket.connect("127.0.0.1", port)
    if connection then
      connection:close()
      status, body = hosted.get(port, path)
      if status == 200 then
        return body
      end
    end
    socket.sleep(0.05)
  until socket.gettime() > limit
  error(("no answer at %s: %s %s"):format(path, status or "no connection", body or ""))
end

-- ----------------------------------------------------------------- latency

--- Times one call after another while `is_wanted(count)`; sorted seconds.
function hosted.time(call, is_wanted)
  local times = {}
  while is_wanted(#times) do
    local began = socket.gettime()
    call()
    times[#times + 1] = socket.gettime() - began
    socket.sleep(0.002)
  end
  table.sort(times)
  return times
end

--- Prints min, median and max, and returns the two last in seconds.
function hosted.report(what, times)
  local median = times[math.ceil(#times / 2)]
  io.write(("\n%s: %d in min %.2f, median %.2f, max %.2f ms\n"):format(what, #times,
    times[1] * 1000, median * 1000, times[#times] * 1000))
  return median, times[#times]
end

--- Times requests for "/" alone, and during so many for `path`, which are returned; prints both.
-- The median with them must not be what a stalled host would give.
function hosted.compare(name, port, path, count)
  local function plain()
    assert(hosted.get(port, "/") == 200)
  end
  hosted.report(name .. ", idle", hosted.time(plain, function(done) return done < 200 end))
  local requests = {}
  for i = 1, count do
    requests[i] = hosted.start(port, path)
  end
  local busy = hosted.time(plain, function()
    local over = true
    for _, request in ipairs(requests) do
      over = request:is_over() and over
    end
    return not over
  end)
  local median = hosted.report(("%s, during %d listings"):format(name, count), busy)
  assert(#busy > 20 and median < 0.05, name .. " stalls")
  return requests
end

-- ------------------------------------------------------------------ starting

local function export(server)
  local words = {}
  local names = { OS_AUTH_URL = "auth_url", OS_USERNAME = "username", OS_PASSWORD = "password",
    OS_PROJECT_NAME = "project_name", OS_USER_DOMAIN_NAME = "user_domain_name",
    OS_PROJECT_DOMAIN_NAME = "project_domain_name" }
  local values = server.credentials()
  for name, option in pairs(names) do
    words[#words + 1] = name .. "=" .. process.quote(values[option])
  end
  return "env -u LUA_PATH -u LUA_CPATH " .. table.concat(words, " ") .. " "
end

--- A simulator with an environment that names it: `environment` goes before a command.
function hosted.cloud(arguments)
  local server = simulated.start("--quiet " .. arguments)
  server.environment = export(server)
  return server
end

return hosted
