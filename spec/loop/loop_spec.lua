--- In other people's event loops: their timers go on ticking meanwhile.
local connections = require "spec.support.connect"
local core = require "rsnapshots.core"
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"
local skipping = require "rsnapshots.loop.skipping"
local simulated = require "spec.support.simulated"

local LISTINGS, SNAPSHOTS, PAGE = 20, 120, 10
local TICK = 0.01 -- seconds

-- What waits for the service that says nothing would take so long, and end with `timeout`.
local NEVER = 600 -- seconds

-- Each loop: how to run functions side by side until the first raises or all have returned, to
-- start them and run for so long, to go on with those, to sleep, and to wait for any.
local LOOPS = {}

function LOOPS.cqueues()
  local cqueues = require "cqueues"
  local loop = { wait = require "rsnapshots.loop.cqueues" }
  function loop.run(bodies)
    local controller = cqueues.new()
    for _, body in ipairs(bodies) do
      controller:wrap(body)
    end
    assert(controller:loop())
  end
  local begun
  function loop.run_for(seconds, bodies)
    begun = cqueues.new()
    for _, body in ipairs(bodies) do
      begun:wrap(body)
    end
    local stop = core.now() + seconds
    while core.now() < stop do
      assert(begun:step(math.max(stop - core.now(), 0)))
    end
  end
  function loop.go_on()
    assert(begun:loop())
  end
  loop.sleep = cqueues.sleep
  return loop
end

function LOOPS.luv()
  local uv = require "luv"
  local loop = { wait = require "rsnapshots.loop.luv" }
  function loop.run(bodies)
    for _, body in ipairs(bodies) do
      assert(coroutine.resume(coroutine.create(body)))
    end
    uv.run()
  end
  function loop.run_for(seconds, bodies)
    for _, body in ipairs(bodies) do
      assert(coroutine.resume(coroutine.create(body)))
    end
    local timer = uv.new_timer()
    timer:start(math.floor(seconds * 1000), 0, function()
      timer:close()
      uv.stop()
    end)
    uv.run()
  end
  loop.go_on = uv.run
  function loop.sleep(seconds)
    local thread, timer = coroutine.running(), uv.new_timer()
    uv.update_time() -- else the time that went by in this turn of the loop would count
    timer:start(math.floor(seconds * 1000), 0, function()
      timer:close()
      assert(coroutine.resume(thread))
    end)
    coroutine.yield()
  end
  return loop
end

for _, name in ipairs { "cqueues", "luv" } do
  describe("in a loop of " .. name, function()
    local loop, server, client

    setup(function()
      loop = LOOPS[name]()
      server = simulated.start(('--quiet --snapshots %d --latency 0.01 '
        .. '--fault "GET /snapshots/silence stall=yes"'):format(SNAPSHOTS))
    end)

    teardown(function()
      server.stop()
    end)

    before_each(function()
      client = assert(rsnapshots.connect(server.credentials { wait = loop.wait, timeout = NEVER,
        attempt_timeout = NEVER }))
    end)

    after_each(function()
      client:close()
    end)

    it("twenty listings at once let a timer tick", function()
      local left, counts, longest, ticks = LISTINGS, {}, 0, 0
      local bodies = { function()
        local last = core.now()
        while left > 0 do
          loop.sleep(TICK)
          longest, last, ticks = math.max(longest, core.now() - last), core.now(), ticks + 1
        end
      end }
      for i = 1, LISTINGS do
        bodies[#bodies + 1] = function()
          local total = 0
          local listing = client:list { page_size = PAGE }
          while listing:next() do
            total = total + 1
          end
          counts[i], left = total, left - 1
        end
      end
      local began = core.now()
      loop.run(bodies)
      for i = 1, LISTINGS do
        assert.equal(SNAPSHOTS, counts[i])
      end
      assert.is_true(ticks > 5)
      io.write(("\n%s: %d listings of %d pages in %.2f s, %d ticks of %d ms, longest gap %.1f ms\n")
        :format(name, LISTINGS, SNAPSHOTS / PAGE, core.now() - began, ticks, TICK * 1000,
          longest * 1000))
    end)

    it("outside of a coroutine it blocks", function()
      assert.equal(SNAPSHOTS, #assert(client:list():all()))
    end)

    it("a call that is over its time ends, and the others go on", function()
      local err, count
      local hasty = assert(rsnapshots.connect(server.credentials { wait = loop.wait }))
      loop.run {
        function()
          err = select(2, hasty:wait_until_complete("00000000-0000-0000-0000-000000000000", 1))
        end,
        function()
          count = client:count()
        end,
        function()
          local made = assert(client:create { volume_id = server.volume_id,
            metadata = { rc_create_sleep = "60" } })
          local _, late = made:wait_until_complete(0.5)
          assert.equal("timeout", late.kind)
          assert(client:delete(made) or true)
        end,
      }
      assert.equal("not_found", err.kind)
      assert.is_true(count >= SNAPSHOTS)
      hasty:close()
    end)

    it("calls go on after the loop was left for a while, its time being over", function()
      local counts = {}
      local bodies = {}
      for i = 1, 5 do
        bodies[i] = function() counts[i] = #assert(client:list({ page_size = PAGE }):all()) end
      end
      loop.run_for(0.03, bodies)
      assert.is_nil(counts[1])
      core.poll(nil, "r", 0.05)
      assert.is_true(client:count() >= SNAPSHOTS) -- outside, meanwhile
      loop.go_on()
      for i = 1, 5 do
        assert.is_true(counts[i] >= SNAPSHOTS)
      end
    end)

    it("closing the client in one coroutine ends the calls of the others", function()
      local ended = 0
      local bodies = { function()
        loop.sleep(0.02)
        client:close()
      end }
      for _ = 1, 5 do
        bodies[#bodies + 1] = function()
          local snapshot, err = client:get "silence"
          assert.is_nil(snapshot)
          assert.same({ "network", true }, { err.kind, err.closed })
          ended = ended + 1
        end
      end
      loop.run(bodies)
      assert.equal(5, ended)
      -- and the next client, whose descriptor may have the same number, is none the worse
      local other = assert(rsnapshots.connect(server.credentials { wait = loop.wait }))
      local count
      loop.run { function() count = other:count() end }
      assert.is_true(count >= SNAPSHOTS)
      other:close()
    end)

    it("a group that is cancelled by another coroutine is over at once", function()
      local group, over, was_over = client:group(), nil, nil
      group:spawn(function() return client:get "silence" end)
      loop.run {
        function() over = { group:next() } end,
        function()
          loop.sleep(0.05)
          group:cancel()
          for _ = 1, 2 do -- each lets the loop go round
            assert(client:count())
          end
          was_over = over ~= nil
        end,
      }
      assert.same({}, over)
      assert.is_true(was_over)
    end)

    it("closing the client ends waits with an error, too", function()
      local made = assert(client:create { volume_id = server.volume_id,
        metadata = { rc_create_sleep = tostring(NEVER) } })
      local kinds = {}
      loop.run {
        function()
          local _, err = made:wait_until_complete { interval = 0.1, timeout = NEVER }
          kinds[1] = err.kind
        end,
        function()
          kinds[2] = client:wait_all({ made }, { interval = 0.1, timeout = NEVER })[1].error.kind
        end,
        function()
          loop.sleep(0.3)
          client:close()
        end,
      }
      assert.same({ "network", "network" }, kinds)
    end)

    it("a group within a coroutine goes on while others do", function()
      local values, ticks, over = {}, 0, false
      loop.run {
        function()
          local group = client:group { concurrency = 4 }
          for size = PAGE, 4 * PAGE, PAGE do
            group:spawn(function() return #assert(client:list({ page_size = size }):all()) end)
          end
          local task = group:next()
          while task do
            values[task.index] = task.value
            task = group:next()
          end
          over = true
        end,
        function()
          while not over do
            loop.sleep(TICK)
            ticks = ticks + 1
          end
        end,
      }
      for i = 1, 4 do
        assert.is_true(values[i] >= SNAPSHOTS)
      end
      assert.is_true(ticks > 1)
    end)

    it("groups are within tasks, and a task that calls another client fails alone", function()
      local other = assert(rsnapshots.connect(server.credentials { wait = loop.wait }))
      local results, after = {}, nil
      local function inner()
        local group, total = client:group { concurrency = 2 }, 0
        for _ = 1, 3 do
          group:spawn(function() return #assert(client:list({ page_size = 4 * PAGE }):all()) end)
        end
        local task = group:next()
        while task do
          total = total + task.value
          task = group:next()
        end
        return total
      end
      loop.run { function()
        local group = client:group()
        group:spawn(inner)
        group:spawn(inner)
        group:spawn(function() return other:count() end)
        local task = group:next()
        while task do
          results[task.index] = task
          task = group:next()
        end
        after = other:count()
      end }
      assert.is_true(results[1].value >= 3 * SNAPSHOTS)
      assert.is_true(results[2].value >= 3 * SNAPSHOTS)
      assert.matches("yielded something else", results[3].error)
      assert.is_true(after >= SNAPSHOTS) -- the other one is none the worse
      other:close()
    end)

    it("coroutines that are forgotten in the middle leave the client usable", function()
      local forgotten = {}
      for i = 1, 5 do
        forgotten[i] = coroutine.create(function()
          return client:list({ page_size = 3 }):all()
        end)
      end
      for i = 1, 5 do
        loop.run { function() assert(coroutine.resume(forgotten[i])) end }
      end
      while #forgotten > 0 do
        table.remove(forgotten)
      end
      collectgarbage()
      collectgarbage()
      local count
      loop.run { function() count = client:count() end }
      assert.is_true(count >= SNAPSHOTS)
    end)
  end)
end

describe("in a loop of luv a coroutine", function()
  local uv = require "luv"
  local loop, server, client

  setup(function()
    loop = LOOPS.luv()
    server = simulated.start '--quiet --latency 0.05 --fault "GET /snapshots/silence stall=yes"'
  end)

  teardown(function()
    server.stop()
  end)

  before_each(function()
    client = assert(rsnapshots.connect(server.credentials { wait = loop.wait }))
  end)

  after_each(function()
    client:close()
  end)

  it("may be closed while it waits", function()
    if not coroutine.close then -- luacheck: ignore
      return
    end
    local waiting = coroutine.create(function() return client:count() end)
    assert(coroutine.resume(waiting))
    assert(coroutine.close(waiting)) -- luacheck: ignore
    uv.run() -- an error in a callback would end the process
    assert.equal(0, client:count())
  end)

  -- The handle for the client's descriptor stayed, and the next client's may have the same number.
  it("that is closed while it waits leaves nothing of its client's to the next one", function()
    if not coroutine.close then -- luacheck: ignore
      return
    end
    local options = server.credentials { wait = loop.wait, timeout = NEVER,
      attempt_timeout = NEVER }
    local first = assert(rsnapshots.connect(options))
    local waiting = coroutine.create(function() return first:get "silence" end)
    assert(coroutine.resume(waiting))
    uv.run "nowait" -- it is watched now
    assert(coroutine.close(waiting)) -- luacheck: ignore
    local descriptor = first:pollfd()
    first:close()
    uv.run "nowait"
    assert.is_false(uv.loop_alive())

    local second, count = assert(rsnapshots.connect(options)), nil
    assert.equal(descriptor, second:pollfd())
    loop.run { function() count = second:count() end }
    assert.equal(0, count)
    second:close()
  end)

  -- Without that, libuv ends the process when it comes to the descriptor.
  it("that is closed while it connects leaves nothing behind", function()
    if not coroutine.close then -- luacheck: ignore
      return
    end
    local silent = uv.new_tcp()
    silent:bind("127.0.0.1", 0)
    silent:listen(1, function() end)
    local function wait(...) -- nobody knows it for luv's
      return loop.wait(...)
    end
    local connecting = coroutine.create(function()
      return rsnapshots.connect { endpoint = "http://127.0.0.1:" .. silent:getsockname().port,
        token = "x", wait = wait, timeout = NEVER, attempt_timeout = NEVER }
    end)
    assert(coroutine.resume(connecting))
    assert.equal("suspended", coroutine.status(connecting))
    uv.run "nowait"
    assert(coroutine.close(connecting)) -- luacheck: ignore
    silent:close()
    collectgarbage()
    collectgarbage()
    uv.run "nowait"
    assert.is_false(uv.loop_alive())
  end)

  it("may be resumed by somebody else, and is left alone afterwards", function()
    local count, slept
    local thread = coroutine.create(function()
      count = client:count()
      local began = core.now()
      loop.sleep(0.3)
      slept = core.now() - began
    end)
    assert(coroutine.resume(thread))
    loop.run { function()
      assert(coroutine.resume(thread)) -- which waits on: the loop has not run yet
    end }
    assert.equal(0, count)
    assert.is_true(slept > 0.25)
  end)

  it("that cannot yield runs the loop, or says so, and is not resumed later", function()
    local yieldable, results, slept = coroutine.isyieldable, {}, nil
    local function replace()
      return tostring(client:count())
    end
    if yieldable then -- 5.1 and 5.2 have no way of knowing
      local thread = coroutine.create(function()
        results[1] = string.gsub("x", "x", replace)
        loop.sleep(0.01) -- from here on it is in a callback
        results[2] = select(2, pcall(string.gsub, "x", "x", replace))
        local began = core.now()
        loop.sleep(0.3)
        slept = core.now() - began
      end)
      assert(coroutine.resume(thread))
      uv.run()
      assert.equal("0", results[1])
      assert.matches("where that can yield", results[2])
      assert.is_true(slept > 0.25)
    end
  end)

  it("whose group has a task that waits for another client goes on", function()
    local other, results = assert(rsnapshots.connect(server.credentials { wait = loop.wait })), {}
    loop.run { function()
      local group = client:group()
      group:spawn(function() return other:count() end)
      group:spawn(function() return client:count() end)
      local task = group:next()
      while task do
        results[task.index] = task
        task = group:next()
      end
    end }
    assert.matches("yielded something else", results[1].error)
    assert.equal(0, results[2].value)
    other:close()
  end)
end)

describe("the client as a pollable", function()
  local cqueues = require "cqueues"
  local server, client

  setup(function()
    server = simulated.start "--quiet"
    client = assert(rsnapshots.connect(server.credentials()))
  end)

  teardown(function()
    client:close()
    server.stop()
  end)

  it("has a descriptor, its events, a time and a step", function()
    assert.is_true(client:pollfd() >= 0)
    assert.equal("r", client:events())
    assert.is_nil(client:timeout())
    client:step()
  end)

  it("is what cqueues can wait for", function()
    local controller = cqueues.new()
    local woken
    controller:wrap(function()
      woken = cqueues.poll(client, 0.05)
    end)
    assert(controller:loop())
    assert.equal(0.05, woken)
  end)

  it("is all that whole calls need, with its step", function()
    local threads, totals = {}, {}
    local function wait(fd, events, seconds)
      if threads[1] then
        coroutine.yield()
      else
        core.poll(fd, events, seconds)
      end
    end
    local driven = assert(rsnapshots.connect(server.credentials { wait = wait }))
    for i = 1, 5 do
      threads[i] = coroutine.create(function()
        local made = assert(driven:create { volume_id = server.volume_id, name = "driven" })
        assert(made:wait_until_complete { timeout = NEVER, interval = 0.05 })
        totals[i] = #assert(driven:list({ name = "driven", page_size = 2 }):all())
        assert(made:delete())
      end)
    end
    local controller, polls, wakes = cqueues.new(), 0, 0
    controller:wrap(function()
      local left
      repeat
        left = 0
        for _, thread in ipairs(threads) do
          if coroutine.status(thread) == "suspended" then
            assert(coroutine.resume(thread))
            left = left + 1
          end
        end
        -- no later than what is no request's: a pause between two looks
        wakes = wakes + (cqueues.poll(driven, 0.5) == driven and 1 or 0)
        driven:step()
        polls = polls + 1
      until left == 0
    end)
    assert(controller:loop(NEVER))
    assert.is_true(controller:empty())
    for i = 1, 5 do
      assert.is_true(totals[i] >= 1 and totals[i] <= 5)
    end
    -- not by the time that passes; but a fast answer, or one that is read in the turn of another
    -- thread, wakes nobody
    assert.is_true(wakes >= 1, wakes)
    assert.is_true(polls < 2000) -- it does not spin
    threads[1] = nil
    driven:close()
  end)

  it("may be used from two loops at once", function()
    local waiting = assert(rsnapshots.connect(server.credentials {
      wait = require "rsnapshots.loop.cqueues" }))
    local controllers, counts = {}, {}
    for i = 1, 2 do
      controllers[i] = cqueues.new()
      for k = 1, 3 do
        controllers[i]:wrap(function()
          counts[2 * k + i] = #assert(waiting:list():all())
        end)
      end
    end
    local limit = core.now() + NEVER
    while not (controllers[1]:empty() and controllers[2]:empty()) and core.now() < limit do
      assert(controllers[1]:step(0.01))
      assert(controllers[2]:step(0.01))
    end
    for i = 3, 8 do
      assert.equal(0, counts[i])
    end
    waiting:close()
  end)

  it("survives controllers that are closed while calls wait in them", function()
    local waiting = assert(rsnapshots.connect(server.credentials {
      wait = require "rsnapshots.loop.cqueues" }))
    for _ = 1, 3 do
      local controller = cqueues.new()
      for _ = 1, 5 do
        controller:wrap(function() return waiting:list():all() end)
      end
      assert(controller:step(0))
      controller:close()
    end
    local count
    local controller = cqueues.new()
    controller:wrap(function() count = waiting:count() end)
    assert(controller:loop())
    assert.equal(0, count)
    assert.equal(0, waiting:count())
    waiting:close()
  end)

  it("is of no use once it is closed", function()
    local other = assert(rsnapshots.connect(server.credentials()))
    other:close()
    for _, method in ipairs { "pollfd", "events", "timeout", "step" } do
      assert.error_matches(function() other[method](other) end, "the client is closed")
    end
  end)
end)

describe("a wait of one's own", function()
  local server

  setup(function()
    server = simulated.start('--quiet --snapshots 30 --latency 0.02 '
      .. '--fault "GET /snapshots/silence stall=yes"')
  end)

  teardown(function()
    server.stop()
  end)

  local function connect(wait, more)
    local options = server.credentials { wait = wait }
    for name, value in pairs(more or {}) do
      options[name] = value
    end
    return rsnapshots.connect(options)
  end

  -- A client of a simulator in this process, whose `wait` is that function with the set of the
  -- sessions in front, the clocks of which it may move.
  local function simulate(wait, more)
    local options, sim = more or {}, nil
    local sessions = setmetatable({}, { __mode = "k" })
    options.wait = function(...)
      return wait(sim, sessions, ...)
    end
    skipping[options.wait] = sessions
    sim = assert(simulator.new())
    local client = connections.to(sim, options)
    sim:add_snapshots(30)
    return client, sim
  end

  local function skip(sessions, seconds)
    for session in pairs(sessions) do
      session:skip(seconds)
    end
  end

  it("may return early: it is called again until the answer is there", function()
    local calls, early = 0, 0
    local client, sim = simulate(function(sim, _, ...)
      calls = calls + 1
      return calls > early and sim.wait(...)
    end)
    calls, early = 0, 20
    assert.equal(30, client:count())
    assert.is_true(calls > 20, calls)
    client:close()
    sim:close()
  end)

  it("may return early: it is called again until the time is there", function()
    local calls, longest, serves = 0, 0, true
    local client, sim = simulate(function(sim, sessions, fd, events, seconds)
      assert.equal("r", events)
      assert.is_true(fd >= 0 and seconds >= 0)
      calls, longest = calls + 1, math.max(longest, seconds)
      if serves then
        return sim.wait(fd, events, seconds)
      end
      skip(sessions, math.min(seconds, 1)) -- whatever the descriptor says
    end, { timeout = 60, retries = 0 })
    serves, calls, longest = false, 0, 0
    local _, err = client:get "silence"
    assert.equal("timeout", err.kind)
    assert.is_true(longest <= 60 + 0.5 + 0.01) -- the timeout, and libcurl's own before it
    assert.is_true(calls >= 20 and calls < 70, calls) -- of a second each
    client:close()
    sim:close()
  end)

  it("may return late", function()
    local late = false
    local client = assert(connect(function(fd, events, seconds)
      core.poll(fd, events, seconds)
      if late then
        core.poll(nil, "r", 0.2)
      end
    end, { timeout = NEVER }))
    late = true
    assert.equal(30, client:count())
    client:close()
  end)

  it("that is late beyond the deadline ends the call with a timeout", function()
    for _, serves in ipairs { false, true } do
      local late, calls = false, 0
      local client, sim = simulate(function(sim, sessions, ...)
        calls = calls + 1
        if not late then
          return sim.wait(...)
        end
        skip(sessions, 31)
        if serves then
          sim:step(0.01)
        end
      end, { timeout = 30 })
      late, calls = true, 0
      local count, err = client:count()
      assert.is_true(serves and count == 30 or err.kind == "timeout")
      assert.is_true(calls <= 3, calls)
      client:close()
      sim:close()
    end
  end)

  it("may raise, and the client stays usable", function()
    local fails = false
    local client = assert(connect(function(fd, events, seconds)
      if fails then
        error "mine"
      end
      core.poll(fd, events, seconds)
    end))
    fails = true
    for _ = 1, 3 do
      assert.error_matches(function() client:count() end, "mine")
    end
    fails = false
    assert.equal(30, client:count())
    client:close()
  end)

  it("that never comes back in one coroutine holds up nobody else", function()
    local asleep = coroutine.create(function(client)
      return client:count()
    end)
    local sleeps, vain = false, 0
    local client = assert(connect(function(fd, events, seconds)
      if sleeps and coroutine.running() == asleep then
        coroutine.yield()
      end
      vain = vain + (not core.poll(fd, events, seconds) and seconds > 0.5 and 1 or 0)
    end))
    sleeps = true
    assert(coroutine.resume(asleep, client)) -- and never again
    vain = 0
    for _ = 1, 20 do
      assert.equal(30, client:count())
    end
    assert.is_true(vain < 20, vain) -- it was mostly woken by the answers
    client:close()
  end)

  it("must be a function", function()
    assert.error_matches(function() connect(7) end, "wait")
  end)

  it("wakes a coroutine whose answer another one has read", function()
    -- one that looks rarely, and only whether the descriptor is ready
    local threads, done = {}, {}
    local client = assert(connect(nil))
    client:close()
    client = assert(connect(function(fd, events, seconds)
      local thread = coroutine.running()
      if thread and (thread == threads[1] or thread == threads[2]) then
        coroutine.yield(fd, events, seconds)
      else
        core.poll(fd, events, seconds)
      end
    end))
    for i = 1, 2 do
      threads[i] = coroutine.create(function()
        done[i] = client:count()
      end)
    end
    assert(coroutine.resume(threads[1]))
    local _, fd = coroutine.resume(threads[2])
    local limit = core.now() + NEVER
    while not done[1] and core.now() < limit do -- the first steps for both
      core.poll(fd, "r", 0.05)
      assert(coroutine.resume(threads[1]))
    end
    core.poll(nil, "r", 0.1)
    client:step()
    assert.is_true(core.poll(client:pollfd(), "r", 0)) -- for the second
    assert(coroutine.resume(threads[2]))
    assert.equal(30, done[2])
    assert.is_false(core.poll(client:pollfd(), "r", 0))
    client:close()
  end)
end)
