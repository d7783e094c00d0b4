--- The example in HAProxy: it lists, and other requests are answered meanwhile.
local hosted = require "spec.support.hosted"
local process = require "spec.support.process"

local LISTINGS, SNAPSHOTS = 8, 1000

describe("in HAProxy #hosts #separate", function()
  local cloud, log, haproxy, port

  -- Starts the example, with some of its configuration replaced.
  local function start(changes)
    local config = log .. ".cfg"
    hosted.configure("examples/haproxy/haproxy.cfg", config, changes or {})
    port = hosted.free_port()
    haproxy = process.start(("exec %s RS_PORT=%d haproxy -db -f %s")
      :format(cloud.environment, port, config), log)
    return hosted.await(port, "/snapshots")
  end

  setup(function()
    hosted.need "haproxy"
    cloud = hosted.cloud(("--snapshots %d --latency 0.05"):format(SNAPSHOTS))
  end)

  teardown(function()
    cloud.stop()
  end)

  before_each(function()
    log = os.tmpname()
  end)

  after_each(function()
    haproxy:stop()
    os.remove(log)
    os.remove(log .. ".cfg")
  end)

  local function list_all(most)
    return hosted.start_all(port, "/snapshots", most)
  end

  local function assert_all(requests)
    hosted.assert_all(requests, SNAPSHOTS, haproxy)
  end

  it("lists, many at once, and other requests are answered meanwhile", function()
    assert.equal(SNAPSHOTS, hosted.count(start()))
    assert_all(hosted.compare("HAProxy", port, "/snapshots", 1))
    assert_all(hosted.compare("HAProxy", port, "/snapshots", LISTINGS))
    assert.equal("", haproxy:output():match "runtime error[^\n]*" or "")
  end)

  it("goes on where it preempts Lua every few instructions", function()
    start { ["global\n"] = "global\n    tune.lua.forced-yield 50\n" }
    assert_all(list_all(LISTINGS))
    assert.equal("", haproxy:output():match "runtime error[^\n]*" or "")
  end)

  it("needs no file once it has begun, as in a chroot", function()
    if process.run("id -u") ~= "0\n" then
      haproxy = { stop = function() end }
      return pending "only root can chroot"
    end
    local folder = process.directory()
    start { ["global\n"] = ("global\n    chroot %s\n"):format(folder) }
    assert_all(list_all(1))
    process.run("rmdir " .. folder)
  end)

  it("goes on with a state of Lua's per thread", function()
    start { ["lua%-load "] = "nbthread 2\n    lua-load-per-thread " }
    local requests = {}
    for _ = 1, 3 do -- whichever thread takes them, its client may still be connecting
      hosted.await(port, "/snapshots")
    end
    for i = 1, LISTINGS do
      requests[i] = hosted.start(port, "/snapshots")
    end
    assert_all(requests)
  end)

  it("goes on after requests that were given up", function()
    start()
    for _ = 1, 3 do
      for _, request in ipairs(list_all(LISTINGS)) do
        request:close()
      end
    end
    assert_all(list_all(LISTINGS))
    assert.equal("", haproxy:output():match "runtime error[^\n]*" or "")
  end)

  -- A service in place of the example's, that answers with what `body` returns.
  local function service(body)
    local path = log .. ".lua"
    process.write(path, ([[
      local rsnapshots = require "rsnapshots"
      local wait = require "rsnapshots.loop.haproxy"
      core.register_service("snapshots", "http", function(applet)
        local text = (function()
          %s
        end)()
        applet:set_status(200)
        applet:add_header("Content-Length", tostring(#text))
        applet:start_response()
        applet:send(text)
      end)]]):format(body))
    return { ["examples/haproxy/snapshots.lua"] = path }
  end

  it("runs groups and pages fetched ahead, which are coroutines of the client's", function()
    local changes = service [[
      local client = assert(rsnapshots.connect { wait = wait })
      local group, texts = client:group { concurrency = 4 }, {}
      for i = 1, 8 do
        group:spawn(function() return #assert(client:list({ page_size = 200 }):all()) end)
      end
      for task in group:results() do
        texts[#texts + 1] = tostring(task.ok and task.value or task.error)
      end
      client:close()
      return table.concat(texts, " ")]]
    assert.equal(("1000 "):rep(8), start(changes) .. " ")
    os.remove(log .. ".lua")
  end)

  it("refuses calls in coroutines in which HAProxy does not sleep", function()
    local changes = service [[
      local thread = coroutine.create(function() return rsnapshots.connect { wait = wait } end)
      local _, problem = coroutine.resume(thread)
      return tostring(problem)]]
    assert.matches("does not sleep in a coroutine made by", start(changes))
    os.remove(log .. ".lua")
  end)
end)
