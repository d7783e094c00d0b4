-- Kind: what went wrong last was told, not what went wrong first. A create goes out on a kept
-- connection, which breaks; libcurl opens another to repeat it, which is not let, but that one
-- breaks in its handshake: the create was told to have failed for want of a safe connection,
-- surely without effect, while the service had made the snapshot.
local process = require "spec.support.process"
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"
local tunnel = require "spec.support.tunnel"

local ANSWER = raw_server.answer(200, '{"snapshot": {"id": "a", "status": "available"}}')

describe("a create that is lost", function()
  local directory, server, stranger, proxy, answers, is_answered

  before_each(function()
    directory = process.directory()
    local make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
      .. "-days 30 -subj /CN=own -addext subjectAltName=IP:127.0.0.1 -keyout %s.key -out %s.pem;"
    process.run(("cd %s; mkfifo in; "):format(directory) .. make:gsub("%%s", "own")
      .. make:gsub("%%s", "other"))
    local run = "cd %s && exec openssl s_server -accept 127.0.0.1:0 -cert %s.pem -key %s.key %s"
    -- it prints what comes in, and sends what we write
    server = process.start(run:format(directory, "own", "own", "<in"), directory .. "/log")
    stranger = process.start(run:format(directory, "other", "other", "-www"), directory .. "/other")
    answers = assert(io.open(directory .. "/in", "w"))
    proxy, is_answered = tunnel.new(), false
  end)

  after_each(function()
    proxy:close()
    answers:close()
    server:stop()
    stranger:stop()
    process.run("rm -r " .. directory)
  end)

  local function port_of(running)
    return running:await "ACCEPT 127%.0%.0%.1:(%d+)"
  end

  -- Breaks every connection. What becomes of the next ones?
  local function break_all(open)
    for _, sock in pairs(proxy.peers) do
      sock:close()
    end
    proxy.peers, proxy.open = {}, open
  end

  -- Creates on a kept connection that breaks then; the error.
  local function create(open)
    local function wait(fd, events, seconds)
      local said = server:output()
      if not is_answered and said:find("GET /v2/p/snapshots/a ", 1, true) then
        is_answered = answers:write(ANSWER) and answers:flush()
      elseif proxy.open ~= open and said:find('"volume_id"', 1, true) then
        break_all(open)
      end
      return proxy.wait(fd, events, math.min(seconds or 0.05, 0.05))
    end
    local client = assert(rsnapshots.connect { auth_type = "none", api_version = 2,
      endpoint = "https://127.0.0.1:" .. port_of(server) .. "/v2/p",
      cacert = directory .. "/own.pem", proxy = proxy.url, wait = wait })
    assert(client:get "a")
    local _, err = client:create { volume_id = "v" }
    client:close()
    assert.equal(2, #proxy.heads)
    assert.equal("uncertain", err.kind, tostring(err))
    assert.is_true(err.lost)
    assert.equal(1, err.attempts)
    assert.matches("closed after the request was sent", err.message, 1, true)
  end

  it("is uncertain, although the next connection breaks in its handshake", function()
    create(function(self, sock)
      self.heads[#self.heads + 1] = self.inputs[sock]
      sock:send "HTTP/1.1 200 Connection established\r\n\r\n"
      self:forget(sock)
    end)
  end)

  it("is uncertain, although the next connection's certificate is wrong", function()
    local open_tunnel = proxy.open
    create(function(self, sock)
      self.inputs[sock] = self.inputs[sock]:gsub(":%d+ ", ":" .. port_of(stranger) .. " ", 1)
      open_tunnel(self, sock)
    end)
  end)

  it("is uncertain, although the proxy opens no other tunnel", function()
    create(function(self, sock)
      self.heads[#self.heads + 1] = self.inputs[sock]
      sock:send "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"
      self:forget(sock)
    end)
  end)
end)
