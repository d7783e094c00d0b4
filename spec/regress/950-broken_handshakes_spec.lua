-- Kind: what libcurl has one code for was taken for one thing. A connection that broke during the
-- TLS handshake, as when a balancer restarts, was a failure of TLS, which is never tried again and
-- ends a wait at once. Without TLS the same was a failure of the network.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"
local socket = require "socket"

describe("a connection that breaks during the TLS handshake", function()
  local server, client

  -- A server that says that much to everybody who connects.
  local function connect(greeting)
    server = raw_server.talkative(greeting)
    client = assert(rsnapshots.connect { auth_type = "none", api_version = 2, retries = 2,
      endpoint = server.url:gsub("http:", "https:") .. "/v2/p", wait = server.wait })
  end

  -- It reads what comes, and ends the connection then.
  local function end_connections(is_reset)
    local serve = server.serve
    server.deaf = false
    function server:serve(fd, events, seconds)
      local stop, ready = socket.gettime() + seconds, nil
      repeat
        ready = serve(self, fd, events, math.min(seconds, 0.01))
        for conn in pairs(self.connections) do
          if conn.input ~= "" then
            conn.sock:setoption("linger", { on = is_reset, timeout = 0 })
            conn.sock:close()
            self.connections[conn] = nil
          end
        end
      until ready or socket.gettime() >= stop
      return ready
    end
  end

  after_each(function()
    client:close()
    server:close()
  end)

  for _, ending in ipairs { "closed", "reset" } do
    it("is one of the network, and tried again: " .. ending, function()
      connect ""
      end_connections(ending == "reset")
      for _, verb in ipairs { "get", "create" } do
        local before = server.accepted
        local _, err = client[verb](client, verb == "get" and "a" or { volume_id = "v" })
        assert.equal("network", err.kind, tostring(err))
        assert.equal(3, err.attempts)
        assert.is_false(err.lost)
        assert.equal(before + 3, server.accepted)
        assert.matches("closed during the TLS handshake", err.message, 1, true)
      end
    end)
  end

  it("after an alert is one of TLS, and final", function()
    connect "\21\3\3\0\2\2\40" -- handshake failure
    local _, err = client:create { volume_id = "v" }
    assert.equal("tls", err.kind)
    assert.equal(1, err.attempts)
    assert.equal(1, server.accepted)
    assert.matches("give cert and key", err.message, 1, true)
  end)
end)
