-- Life cycles: each function is a case, run in a state of its own by torture/life.c, which gives
-- it `fork()` (the child's process id, 0 in the child), `quit(ok)` and `reap(pid)` (did it end
-- well?).
local support = dofile "torture/support.lua"
local core = require "rsnapshots.core"

local cases = {}

-- A listing that both processes finish, each with its own connection.
function cases.fork(env)
  local client = assert(support.connect(env, { retries = 4 }))
  local pager = client:list { page_size = 5 }
  local count = 0
  for _ = 1, 7 do
    assert(pager:next())
    count = count + 1
  end
  local pid = env.fork()
  while pager:next() do
    count = count + 1
  end
  assert(count == 30, count)
  if pid == 0 then
    client:close()
    env.quit(true)
  end
  assert(env.reap(pid), "the child failed")
  assert(client:count() == 30)
  client:close()
end

-- A fork while a request is under way: the parent's goes on, the child's ends with an error.
function cases.fork_busy(env)
  local transport = core.transport {}
  local request = transport:start { method = "GET", url = env.connect.auth_url, timeout = 10,
    connect_timeout = 10, max_bytes = 65536 }
  transport:step()
  local pid = env.fork()
  while not request:done() do
    core.poll(transport:pollfd(), "r", transport:timeout() or 1)
    transport:step()
  end
  if pid == 0 then
    env.quit(request:error() == "network")
  end
  assert(request:error() == nil, select(2, request:error()))
  assert(env.reap(pid), "the child failed")
end

-- The state is closed with requests under way, and with everything still referred to.
function cases.in_flight(env)
  local transport = core.transport {}
  _G.kept = { transport }
  for i = 1, 10 do
    _G.kept[i + 1] = transport:start { method = "GET", url = env.connect.auth_url, timeout = 10,
      connect_timeout = 10, max_bytes = 65536 }
    transport:step()
  end
end

-- The other side closes while we write: SIGPIPE must not end the process.
function cases.sigpipe(env)
  local client = assert(support.connect(env))
  for i = 1, 30 do
    local ok, err = client:update("x", { name = ("x"):rep(100000) .. i })
    assert(not ok and err.kind == "network", tostring(err))
  end
end

-- Just loaded and closed.
function cases.load()
  assert(core.decode "[1]")
end

-- Connected, used and left to the collector.
function cases.use(env)
  assert(#assert(support.connect(env)):list({ max = 3 }):all() == 3)
end

return {
  world = function(sim)
    sim:add_snapshots(30, {})
    sim:fault { method = "PUT", path = "/snapshots", cut = "reset", times = math.huge }
  end,
  cases = cases,
}
