--- The core's own wait, a poll that blocks the process.
local core = require "rsnapshots.core"
local process = require "spec.support.process"
local socket = require "socket"

describe("a wait in the core", function()
  local session, listener, port

  before_each(function()
    session = core.session { retries = 0 }
    listener = assert(socket.bind("127.0.0.1", 0))
    port = select(2, listener:getsockname())
  end)

  after_each(function()
    session:close()
    listener:close()
  end)

  local function url()
    return ("http://127.0.0.1:%d/"):format(port)
  end

  -- A request that this process answers itself, before anybody waits for the answer.
  local function answered()
    local call = session:start("GET", url())
    local peer
    repeat
      session:step()
      listener:settimeout(0)
      peer = peer or listener:accept()
      if peer then
        peer:settimeout(0)
      end
      local line = peer and peer:receive "*l"
    until line
    peer:send "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    return call, peer
  end

  it("ends when what it waits for is ready", function()
    local call, peer = answered()
    repeat until session:wait(math.huge, call.done, call)
    assert.equal(200, call:status())
    assert.equal("{}", call:text())
    peer:close()
  end)

  it("asks before it polls, with the argument", function()
    local asked = {}
    assert.is_true(session:wait(math.huge, function(what)
      asked[#asked + 1] = what
      return true
    end, "mine"))
    assert.same({ "mine" }, asked)
  end)

  it("ends with its time", function()
    local function never() return false end
    assert.is_true(session:wait(-math.huge, never))
    local stop = session:now() + 0.02
    repeat until session:wait(stop, never)
    stop = session:now() + 1000
    session:skip(1001)
    assert.is_true(session:wait(stop, never))
  end)

  it("ends a call whose time is over", function()
    local call = session:start("GET", url(), { timeout = 0.02 })
    repeat until session:wait(math.huge, call.done, call)
    assert.equal("timeout", call:fault().kind)
  end)

  it("ends when the session is closed, and in one that was", function()
    assert.is_true(session:wait(math.huge, function()
      session:close()
      return false
    end))
    assert.is_true(session:wait(math.huge, error))
  end)

  it("raises what the test raises, and what is no test", function()
    local mine = {}
    local ok, problem = pcall(session.wait, session, math.huge, function() error(mine) end)
    assert.is_false(ok)
    assert.equal(mine, problem)
    assert.is_false((pcall(session.wait, session, math.huge)))
    assert.is_false((pcall(session.wait, session)))
    assert.is_false((pcall(session.wait, {}, 0, error)))
    debug.getmetatable(session).__gc(session)
    assert.is_false((pcall(session.wait, session, 0, error)))
    session = core.session {}
  end)

  it("survives a test that finalizes the session", function()
    assert.is_false((pcall(session.wait, session, math.huge, function()
      debug.getmetatable(session).__gc(session)
    end)))
    session = core.session {}
  end)

  it("lets Lua's interpreter handle a signal", function()
    local path, log = os.tmpname(), os.tmpname()
    process.write(path, [[
      local session = require "rsnapshots.core".session {}
      io.stdout:setvbuf "no"
      print "waits"
      repeat until session:wait(math.huge, function() return false end)
    ]])
    local running = process.start(("LUA_PATH=%s LUA_CPATH=%s exec %s %s"):format(
      process.quote(package.path), process.quote(package.cpath),
      process.quote(process.interpreter()), path), log)
    running:await "waits"
    process.run(("kill -INT %d"):format(running.pid)) -- a second one would end it at once
    running:await "interrupted!"
    os.remove(path)
    os.remove(log)
  end)
end)
