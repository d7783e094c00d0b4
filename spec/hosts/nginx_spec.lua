--- The example in nginx: it lists, and other requests are answered meanwhile.
local hosted = require "spec.support.hosted"
local process = require "spec.support.process"
local socket = require "socket"

local LISTINGS, SNAPSHOTS = 8, 1000

describe("in nginx #hosts #separate", function()
  local cloud, log, nginx, port

  -- Starts the example with something added to its server.
  local function start(addition)
    port = hosted.free_port()
    local config = log .. ".conf"
    hosted.configure("examples/nginx/nginx.conf", config, {
      ["127%.0%.0%.1:8080;"] = ("127.0.0.1:%d;\n%s"):format(port, addition or ""),
    })
    -- the checkout may be root's alone
    nginx = process.start(("mkdir -p build-jit/nginx && exec %s nginx -g 'user %s;' -p \"$PWD/\" "
      .. "-c %s"):format(cloud.environment, process.run("id -un"):match "%S+", config), log)
    local body = hosted.await(port, "/snapshots")
    for _ = 1, 3 do -- whichever worker takes them, its client may still be connecting
      hosted.await(port, "/snapshots")
    end
    return body
  end

  setup(function()
    hosted.need "nginx"
    cloud = hosted.cloud(("--snapshots %d --latency 0.05"):format(SNAPSHOTS))
  end)

  teardown(function()
    cloud.stop()
  end)

  before_each(function()
    log = os.tmpname()
  end)

  after_each(function()
    nginx:stop()
    os.remove(log)
    os.remove(log .. ".conf")
  end)

  local function assert_all(requests)
    hosted.assert_all(requests, SNAPSHOTS, nginx)
  end

  local function assert_quiet()
    assert.is_nil(nginx:output():match "%[error%][^\n]*" or nginx:output():match "%[alert%][^\n]*")
  end

  it("lists, many at once, and other requests are answered meanwhile", function()
    assert.equal(SNAPSHOTS, hosted.count(start()))
    assert_all(hosted.compare("nginx", port, "/snapshots", 1))
    assert_all(hosted.compare("nginx", port, "/snapshots", LISTINGS))
    assert_quiet()
  end)

  it("goes on after requests that were given up", function()
    start()
    for _ = 1, 3 do
      for _ = 1, LISTINGS do
        hosted.start(port, "/snapshots"):close()
      end
    end
    assert_all(hosted.start_all(port, "/snapshots", LISTINGS))
    assert_quiet()
  end)

  -- nginx ends their coroutines where they wait, and forgets them
  it("goes on after requests with threads of their own that were given up", function()
    start [[
      lua_check_client_abort on;
      location = /threads {
        content_by_lua_block {
          local rsnapshots, worker, threads = require "rsnapshots", require "snapshots", {}
          worker.shared = worker.shared
            or assert(rsnapshots.connect { wait = require "rsnapshots.loop.nginx" })
          local client = worker.shared
          for i = 1, 8 do
            threads[i] = ngx.thread.spawn(function()
              client:count()
              return #assert(client:list({ page_size = 400 }):all())
            end)
          end
          for _, thread in ipairs(threads) do
            ngx.print(select(2, ngx.thread.wait(thread)), " ")
          end
        }
      }]]
    for pause = 1, 9 do -- each is given up at another moment
      local requests = hosted.start_all(port, "/threads", LISTINGS)
      for _, request in ipairs(requests) do
        socket.sleep(pause / 1000)
        request:close()
      end
    end
    for _ = 1, 4 do
      assert.equal(("1000 "):rep(8), (select(2, hosted.get(port, "/threads"))))
    end
    assert_quiet()
  end)

  -- nginx has coroutine functions of its own in place of Lua's
  it("runs groups and pages fetched ahead, which are coroutines of the client's", function()
    start [[
      location = /group {
        content_by_lua_block {
          local rsnapshots = require "rsnapshots"
          local client = assert(rsnapshots.connect { wait = require "rsnapshots.loop.nginx" })
          local group = client:group { concurrency = 4 }
          for i = 1, 8 do
            group:spawn(function() return #assert(client:list({ page_size = 200 }):all()) end)
          end
          for task in group:results() do
            ngx.print(tostring(task.ok and task.value or task.error), " ")
          end
          client:close()
        }
      }
      location = /nested {
        content_by_lua_block {
          local rsnapshots = require "rsnapshots"
          local thread = coroutine.create(function()
            local client = assert(rsnapshots.connect { wait = require "rsnapshots.loop.nginx" })
            return client:count()
          end)
          ngx.print(select(2, coroutine.resume(thread)))
        }
      }]]
    local requests = {}
    for i = 1, LISTINGS do
      requests[i] = hosted.start(port, "/group")
    end
    for _, request in ipairs(requests) do
      assert.equal(("1000 "):rep(8), (select(2, request:answer())))
    end
    assert.equal("1000", (select(2, hosted.get(port, "/nested"))))
    assert_quiet()
  end)
end)
