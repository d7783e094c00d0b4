-- Life cycles: each function is a case, run in a state of its own by torture/life.c, which gives
-- it `fork()` (the child's process id, 0 in the child), `quit(ok)`, `reap(pid)` (did it end
-- well?) and `preempt(coroutine, count)` (it yields wherever it is, every so many instructions).
local support = dofile "torture/support.lua"
local core = require "rsnapshots.core"
local together = dofile "spec/support/together.lua"

local cases = {}

local function start(session, env)
  return session:start("GET", env.connect.auth_url, { timeout = 10, retries = 0,
    choices = true })
end

-- A listing that both processes finish, each with its own connection; its next page was under
-- way when they parted.
function cases.fork(env)
  local client = assert(support.connect(env, { retries = 4 }))
  local pager = client:list { page_size = 5 }
  local count = 0
  for _ = 1, 7 do
    assert(pager:next())
    count = count + 1
  end
  local pid, began = env.fork(), core.now()
  local more, err = pager:next()
  while more do
    count = count + 1
    more, err = pager:next()
  end
  assert(count == 30, err)
  if pid == 0 then
    client:close()
    env.quit(core.now() - began < 5)
  end
  assert(env.reap(pid), "the child failed, or took long")
  assert(client:count() == 30)
  client:close()
end

-- A child that has no use for the client closes it first of all: the parent's connection stays.
function cases.fork_close(env)
  local client = assert(support.connect(env))
  assert(client:count() == 30)
  local pid = env.fork()
  if pid == 0 then
    client:close()
    env.quit(not pcall(client.count, client))
  end
  assert(env.reap(pid), "the child failed")
  assert(client:count() == 30)
  client:close()
end

-- A fork while a request is under way: the parent's goes on, the child's ends with an error.
function cases.fork_busy(env)
  local session = core.session {}
  local call = start(session, env)
  session:step()
  local pid = env.fork()
  while not call:done() do
    core.poll(session:pollfd(), "r", session:timeout() or 1)
    session:step()
  end
  local fault = call:fault()
  if pid == 0 then
    env.quit(fault and fault.kind == "network")
  end
  assert(fault == nil, fault and fault.message)
  assert(env.reap(pid), "the child failed")
end

-- A group whose tasks are in the middle of listings, each with its next page under way.
function cases.fork_group(env)
  local client = assert(support.connect(env, { retries = 4 }))
  local group = client:group { concurrency = 4 }
  for i = 1, 8 do
    group:spawn(function()
      return i == 1 and client:count { max = 1 } or #assert(client:list({ page_size = 5 }):all())
    end)
  end
  assert(group:next().value == 1)
  local pid, over = env.fork(), 1
  for task in group:results() do
    assert(task.value == 30, tostring(task.error))
    over = over + 1
  end
  assert(over == 8, over)
  if pid == 0 then
    client:close()
    env.quit(true)
  end
  assert(env.reap(pid), "the child failed")
  assert(client:count() == 30)
  client:close()
end

-- Coroutines that share a client, in a host that takes the processor from them at any instruction.
function cases.preempted(env)
  local works, counts = {}, {}
  local client = assert(support.connect(env, { wait = function(fd, events, seconds)
    if select(2, coroutine.running()) then
      core.poll(fd, events, seconds)
    else
      coroutine.yield()
    end
  end }))
  for i = 1, 40 do
    works[i] = function()
      env.preempt(coroutine.running(), 10 + i) -- each at other places
      counts[i] = #assert(client:list({ page_size = 5 }):all())
    end
  end
  together(works, function() end)
  for i = 1, 40 do
    assert(counts[i] == 30, i)
  end
  client:close()
end

-- The state is closed with requests under way, and with everything still referred to.
function cases.in_flight(env)
  local session = core.session {}
  _G.kept = { session }
  for i = 1, 10 do
    _G.kept[i + 1] = start(session, env)
    session:step()
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

-- Closed in the middle of a listing whose next page is under way, and of a group.
function cases.abandon(env)
  local client = assert(support.connect(env))
  local pager, group = client:list { page_size = 5 }, client:group { concurrency = 2 }
  assert(pager:next())
  for _ = 1, 4 do
    group:spawn(function() return client:list({ page_size = 5 }):all() end)
  end
  assert(group:next().ok)
  _G.kept = { client, pager, group }
end

return {
  world = function(sim)
    sim:add_snapshots(30, {})
    sim:fault { method = "PUT", path = "/snapshots", cut = "reset", times = math.huge }
  end,
  cases = cases,
}
