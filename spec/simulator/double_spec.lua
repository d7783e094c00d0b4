-- The simulator as a test double: what is there before anybody asks, a client that needs no wiring,
-- and a clock that both share.

local core = require "rsnapshots.core"
local frozen = require "spec.support.frozen"
local rawhttp = require "spec.support.rawhttp"
local rsnapshots = require "rsnapshots"
local served = require "rsnapshots.loop.served"
local simulator = require "rsnapshots.simulator"
local skipping = require "rsnapshots.loop.skipping"
local socket = require "socket"

local decoded = rawhttp.decode

local sim, http

after_each(function()
  if sim then
    sim:close()
    sim = nil
  end
end)

local function listed()
  return decoded(http:ask("GET", "snapshots/detail")).snapshots
end

describe("a population", function()
  before_each(function()
    sim, http = frozen.start()
  end)

  it("has ages", function()
    local ids = sim:add_snapshots(3, { age = 3600, seconds = 60 })
    assert.equal("2014-05-13T15:53:20.250000", listed()[1].created_at)
    assert.equal("2014-05-13T15:51:20.250000", listed()[3].created_at)
    assert.equal(sim.now() - 3720, sim:find_snapshot(ids[1]).created)
  end)

  it("has times, in seconds or as the service writes them", function()
    sim:add_snapshots(1, { created_at = 1e9, updated_at = 1e9 + 60 })
    assert.same({ "2001-09-09T01:46:40.000000", "2001-09-09T01:47:40.000000" },
      { listed()[1].created_at, listed()[1].updated_at })
    for text, shown in pairs {
      ["2001-09-09"] = "2001-09-09T00:00:00.000000",
      ["2001-09-09T01:46:40"] = "2001-09-09T01:46:40.000000",
      ["2001-09-09 01:46:40.5"] = "2001-09-09T01:46:40.500000",
      ["2000-02-29T23:59:59Z"] = "2000-02-29T23:59:59.000000",
    } do
      local id = sim:add_snapshots(1, { created_at = text })[1]
      assert.equal(shown, decoded(http:ask("GET", "snapshots/" .. id)).snapshot.created_at)
    end
    assert.has_error(function() sim:add_snapshots(1, { created_at = "yesterday" }) end,
      "rsnapshots: add_snapshots: created_at must be a time such as '2026-11-25T10:00:00', "
        .. "not 'yesterday'")
  end)

  it("is a list of snapshots, each as it is to be", function()
    local volume = sim:add_volume { name = "db", size = 3 }
    local ids = sim:add_snapshots {
      { name = "old", age = 86400, metadata = { keep = "yes" }, volume_id = "db" },
      { name = "broken", age = 60, status = "error", description = "why" },
      { name = "new", id = "2b9f4a70-0000-4000-8000-000000000001", progress = "7%", size = 9,
        status = "creating", group_snapshot_id = "g" },
    }
    assert.equal("2b9f4a70-0000-4000-8000-000000000001", ids[3])
    local list = listed()
    local new, broken, old = list[1], list[2], list[3]
    assert.same({ ids[3], "new", "creating", "7%", 9 }, { new.id, new.name, new.status,
      new["os-extended-snapshot-attributes:progress"], new.size })
    assert.same({ ids[2], "broken", "error", "why", sim.volume_id }, { broken.id, broken.name,
      broken.status, broken.description, broken.volume_id })
    assert.same({ ids[1], "old", volume, { keep = "yes" }, 3, "2014-05-12T16:53:20.250000" },
      { old.id, old.name, old.volume_id, old.metadata, old.size, old.created_at })
  end)

  it("without names and times is one second apart, in the order of the list", function()
    sim:add_snapshots { {}, {}, { name = "last" } }
    local names = {}
    for i, snapshot in ipairs(listed()) do
      names[i] = snapshot.name
    end
    assert.same({ "last", "snapshot-2", "snapshot-1" }, names)
  end)

  it("refuses wrong keys in every helper, with the nearest", function()
    local cases = {
      ["add_snapshots: there is no option 'satus'; did you mean 'status'?"]
        = function() sim:add_snapshots(1, { satus = "error" }) end,
      ["add_snapshots: item 2: there is no option 'names'; did you mean 'name'?"]
        = function() sim:add_snapshots { {}, { names = "x" } } end,
      ["add_snapshots: item 1: there is no option 'prefix'"]
        = function() sim:add_snapshots { { prefix = "x" } } end,
      ["add_snapshots: there is no option 'id'"]
        = function() sim:add_snapshots(2, { id = "x" }) end,
      ["add_snapshots of a list: there is no option 'age'"]
        = function() sim:add_snapshots({ {} }, { age = 1 }) end,
      ["add_snapshots: there is no volume 'volum'; did you mean 'volume'?"]
        = function() sim:add_snapshots(1, { volume_id = "volum" }) end,
      ["add_snapshots: age must be a number, not a string"]
        = function() sim:add_snapshots(1, { age = "60" }) end,
      ["add_snapshots: the number of snapshots must be a number, not a string"]
        = function() sim:add_snapshots("3") end,
      ["add_volume: there is no option 'sizes'; did you mean 'size'?"]
        = function() sim:add_volume { sizes = 1 } end,
      ["add_volume: there is no project 'demos'; did you mean 'demo'?"]
        = function() sim:add_volume { project = "demos" } end,
      ["fail_snapshots_of: there is no volume 'x'"]
        = function() sim:fail_snapshots_of("x") end,
      ["fail_snapshots_of: the number of snapshots must be a whole number of at least 0"]
        = function() sim:fail_snapshots_of("volume", -1) end,
      ["advance: seconds must be a number of at least 0"] = function() sim:advance(-1) end,
    }
    for message, wrong in pairs(cases) do
      assert.has_error(wrong, "rsnapshots: " .. message)
    end
  end)

  it("names the line that called it", function()
    local ok, err = pcall(function() sim:add_snapshots(1, { satus = "error" }) end)
    assert.is_false(ok)
    assert.matches("^spec/simulator/double_spec.lua:%d+: rsnapshots: ", err)
  end)
end)

describe("failing snapshots of a volume", function()
  local volume

  before_each(function()
    sim, http = frozen.start()
    volume = sim:add_volume { name = "bad" }
  end)

  local function status_of(volume_id)
    local reply = http:ask("POST", "snapshots",
      { body = ('{"snapshot": {"volume_id": "%s"}}'):format(volume_id) })
    assert.equal(202, reply.status)
    local id = decoded(reply).snapshot.id
    sim:advance(1)
    return decoded(http:ask("GET", "snapshots/" .. id)).snapshot.status, id
  end

  it("ends all of its creates in ERROR, and no others", function()
    sim:fail_snapshots_of(volume)
    assert.equal("error", (status_of(volume)))
    assert.equal("error", (status_of(volume)))
    assert.equal("available", (status_of(sim.volume_id)))
  end)

  it("ends so many of them, by the volume's name too", function()
    sim:fail_snapshots_of("bad", 2)
    assert.same({ "error", "error", "available" },
      { (status_of(volume)), (status_of(volume)), (status_of(volume)) })
    sim:fail_snapshots_of "bad"
    sim:fail_snapshots_of("bad", 0)
    assert.equal("available", (status_of(volume)))
  end)

  it("leaves the service's account of it", function()
    sim:fail_snapshots_of(volume)
    local _, id = status_of(volume)
    local reply = http:ask("GET", "messages?resource_uuid=" .. id, { version = 5 })
    local found = decoded(reply).messages
    assert.same({ 1, "create snapshot:Snapshot failed to create." },
      { #found, found[1].user_message })
  end)
end)

describe("connecting to a simulator of the same process", function()
  before_each(function()
    sim = assert(simulator.new())
  end)

  it("needs no wiring", function()
    local client = assert(sim:connect())
    assert.equal(3, client.api_version)
    local snapshot = assert(client:create { volume_id = sim.volume_id, name = "a" })
    assert.equal("AVAILABLE", assert(snapshot:wait_until_complete(60)).status)
    client:close()
  end)

  it("takes what credentials and connect take", function()
    for api_version = 1, 3 do
      local client = assert(sim:connect { api_version = api_version, user = "other", retries = 0 })
      assert.equal(api_version, client.api_version)
      assert.equal(sim.accounts:project("other").id, client.project_id)
      client:close()
    end
    local client = assert(sim:connect { auth = "v3applicationcredential", microversion = "3.14" })
    assert.equal("3.14", client.microversion)
    client:close()
    local none, err = sim:connect { password = "wrong", retries = 0 }
    assert.is_nil(none)
    assert.equal("auth", err.kind)
    assert.has_error(function() sim:connect(3) end,
      "rsnapshots: connect: options must be a table, not a number")
  end)

  it("works with the options that credentials gives, as they are", function()
    local client = assert(rsnapshots.connect(sim:credentials()))
    assert.equal(0, #assert(client:list():all()))
    client:close()
  end)

  it("would wait in vain without its wait, and is told so", function()
    local function problem(wait) return served.problem(sim.url .. "/identity/v3", wait) end
    assert.equal(("the simulator at 127.0.0.1:%d is in this process and answers only while it is "
      .. "waited for: connect with sim:connect{...}, or with wait = sim.wait"):format(sim.port),
      problem())
    assert.is_truthy(problem(core.poll))
    assert.is_truthy(served.problem(("http://localhost:%d"):format(sim.port)))
    assert.is_nil(problem(sim.wait))
    assert.is_nil(problem(function() end)) -- whatever it does, it may serve
    assert.is_nil(served.problem "http://127.0.0.1:1/")
    assert.is_nil(served.problem "https://cloud.example/v3")
    assert.is_nil(served.problem(("http://cloud.example:%d/"):format(sim.port)))
    local url = sim.url
    sim:close()
    assert.is_nil(served.problem(url))
  end)

  it("is refused at once where connect asks", function()
    local options = sim:credentials()
    options.wait, options.timeout, options.retries = nil, 0.3, 0
    local none, err = rsnapshots.connect(options)
    assert.is_nil(none)
    assert.equal("config", err.kind)
    assert.matches("connect with sim:connect{...}", err.message, 1, true)
    assert.equal(0, #sim.requests)
  end)

  it("of which nobody knows any more, is to be told so no longer", function()
    local url = sim.url
    sim.server:close()
    sim = nil
    collectgarbage()
    collectgarbage()
    assert.is_nil(served.problem(url))
  end)
end)

describe("a clock that client and simulator share", function()
  local skipped

  -- A session as far as the clock is concerned.
  local function join()
    skipped = 0
    local session = { skip = function(_, seconds) skipped = skipped + seconds end }
    skipping[sim.shared_wait][session] = true
    return session
  end

  local session

  before_each(function()
    sim, http = frozen.start()
    session = join()
  end)

  -- Sends a request and leaves its answer to be waited for.
  local function send(method, path)
    local sock = http:open()
    assert(sock:send(rawhttp.write(method or "GET", path or "/")))
    return sock
  end

  it("moves on where nothing is on its way", function()
    local sock = http:open()
    local moment = sim.now()
    assert.is_false(sim.shared_wait(sock:getfd(), "r", 3600))
    assert.near(3600, sim.now() - moment, 60)
    assert.equal(sim.now() - moment, skipped)
    assert.is_false(sim.shared_wait(nil, "", 0.5))
    sock:close()
    assert.is_truthy(session)
  end)

  it("does not where an answer is ready", function()
    local sock = send()
    assert.is_true(sim.shared_wait(sock:getfd(), "r", 3600))
    assert.equal(0, skipped)
    sock:close()
  end)

  it("moves on to the end of a delay", function()
    sim.latency = 30
    local sock = send()
    assert.is_true(sim.shared_wait(sock:getfd(), "r", 3600))
    assert.near(30, skipped, 1)
    assert.equal(skipped, sim.now() - frozen.BEGINNING)
    sock:close()
  end)

  it("moves on from byte to byte of an answer that trickles", function()
    sim:fault { trickle = 10, status = 500, body = "slow" }
    local sock = send()
    local bytes = ""
    repeat
      assert.is_true(sim.shared_wait(sock:getfd(), "r", 60))
      bytes = bytes .. (select(3, sock:receive(1000)) or "")
    until bytes:find("slow", 1, true)
    assert.near((#bytes - 1) * 10, skipped, 60)
    sock:close()
  end)

  it("moves on past an answer that takes longer, or never comes", function()
    for _, fault in ipairs { { delay = 100 }, { stall = true } } do
      skipped = 0
      sim:clear_faults()
      sim:fault(fault)
      local sock = send()
      assert.is_false(sim.shared_wait(sock:getfd(), "r", 30))
      assert.near(30, skipped, 1)
      sock:close()
      sim:step(0)
    end
  end)

  it("does not for a moment while an answer is owed: libcurl has a clock of its own", function()
    sim:fault { stall = true }
    local sock = send()
    assert.is_false(sim.shared_wait(sock:getfd(), "r", 0.02))
    assert.equal(0, skipped)
    sock:close()
  end)

  it("is moved by advance for both, and by a client for the states of snapshots", function()
    sim:advance(86400)
    assert.equal(86400, skipped)
    local reply = http:ask("POST", "snapshots",
      { body = ('{"snapshot": {"volume_id": "%s"}}'):format(sim.volume_id) })
    local id = decoded(reply).snapshot.id
    sim.shared_wait(nil, "", 0.3)
    assert.equal("available", decoded(http:ask("GET", "snapshots/" .. id)).snapshot.status)
    assert.equal("Wed, 14 May 2014 16:53:20 GMT", http:request("GET", "/").headers.date)
  end)

  it("runs as ever while no client has a clock that can be moved", function()
    session = nil
    collectgarbage()
    collectgarbage()
    local sock = http:open()
    local from = socket.gettime()
    assert.is_false(sim.shared_wait(sock:getfd(), "r", 0.03))
    assert.is_true(socket.gettime() - from >= 0.03)
    assert.equal(frozen.BEGINNING, sim.now())
    sock:close()
  end)

  it("ages tokens", function()
    local token = sim:credentials({ auth = "v3token" }).token
    sim:advance(86399)
    assert.equal(200, http:ask("GET", "snapshots", { token = token }).status)
    sim:advance(1)
    assert.equal(401, http:ask("GET", "snapshots", { token = token }).status)
  end)
end)

describe("a client that shares the simulator's clock", function()
  local client

  before_each(function()
    sim = assert(simulator.new { create_seconds = 300, delete_seconds = 300 })
    client = assert(sim:connect())
  end)

  after_each(function()
    client:close()
  end)

  -- A test that lasts at least so many seconds on the shared clock.
  local function lasting(seconds, sentence, body)
    it(sentence, function()
      assert.truthy(next(sim.sessions)) -- the session takes part
      local moment, skipped = sim.now(), sim.clock.skipped
      body()
      assert.is_true(sim.now() - moment >= seconds, tostring(sim.now() - moment))
      assert.is_true(sim.clock.skipped - skipped > seconds / 2) -- and did not pass
    end)
  end

  local function create(name)
    return assert(client:create { volume_id = sim.volume_id, name = name })
  end

  lasting(300, "waits for what takes minutes at once", function()
    assert.equal("AVAILABLE", assert(create():wait_until_complete(600)).status)
  end)

  lasting(300, "waits for many at once", function()
    local group = client:group { concurrency = 4 }
    for i = 1, 8 do
      group:spawn(function() return assert(create("s" .. i):wait_until_complete(3600)) end)
    end
    local count = 0
    for task in group:results() do
      assert.is_true(task.ok)
      count = count + 1
    end
    assert.equal(8, count)
  end)

  lasting(99, "gives up at a deadline", function()
    local none, err = create("rc_create_sleep=500"):wait_until_complete(100)
    assert.is_nil(none)
    assert.equal("timeout", err.kind)
  end)

  lasting(40, "waits as long as the service asks for", function()
    sim:fault { path = "/snapshots", status = 429, times = 2, headers = { ["Retry-After"] = 20 } }
    assert.equal(0, #assert(client:list():all()))
  end)

  lasting(59, "loses patience with a service that never answers", function()
    sim:fault { path = "/snapshots", stall = true }
    local none, err = client:get "x"
    assert.is_nil(none)
    assert.equal("timeout", err.kind)
  end)

  lasting(86400, "renews its token when the clock was moved on", function()
    create()
    sim:advance(86400)
    sim:clear_requests()
    create()
    assert.equal("/identity/v3/auth/tokens", sim.requests[1].path)
    assert.same({ 201, 202 }, { sim.requests[1].status, sim.requests[2].status })
  end)

  it("of which nobody knows any more, is forgotten", function()
    client:close()
    client = assert(sim:connect())
    client:close()
    collectgarbage()
    collectgarbage()
    assert.has_no.errors(function() sim:advance(5) end)
  end)
end)
