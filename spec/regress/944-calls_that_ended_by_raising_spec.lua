-- A call that ended because on_request or the wait hook raised an error went on in the background:
-- a create after a rate limit was sent again by the next call, unless the collector was faster.
local compat = require "rsnapshots.support.compat"
local connect = require "spec.support.connect"
local simulator = require "rsnapshots.simulator"
local skipping = require "rsnapshots.loop.skipping"

describe("a call that ended by raising", function()
  local client, sim, fails

  -- A client whose second attempt at a POST would be a mistake.
  local function start(options)
    sim = sim or assert(simulator.new { now = connect.still(), record = true })
    client = connect.to(sim, options)
    sim:fault { method = "POST", path = "/snapshots", status = 429, times = 1,
      headers = { ["Retry-After"] = "1" } }
    fails = true
    collectgarbage "stop"
  end

  after_each(function()
    collectgarbage "restart"
    client:close()
    sim:close()
    sim, fails = nil, false
  end)

  local function create()
    return client:create { volume_id = sim.volume_id, name = "a" }
  end

  local function sends_nothing_more()
    fails = false
    sim:clear_requests()
    sim:advance(3)
    client:wait_until_complete("x", 3)
    for _, request in ipairs(sim.requests) do
      assert.equal("GET", request.method)
    end
    assert.equal(0, client:count())
    assert(create())
  end

  local function raise_at(status)
    return function(report)
      if fails and report.status == status then
        error "mine"
      end
    end
  end

  it("in on_request is over", function()
    start { on_request = raise_at(429) }
    local ok, problem = pcall(create)
    assert.is_false(ok)
    assert.matches("mine", problem)
    sends_nothing_more()
  end)

  it("in on_request, with an object, is over", function()
    local mine = {}
    start { on_request = function(report)
      if fails and report.status == 429 then
        error(mine)
      end
    end }
    local ok, problem = pcall(create)
    assert.is_false(ok)
    assert.equal(mine, problem)
    sends_nothing_more()
  end)

  it("in a task is over", function()
    if compat.name == "5.1" then -- where what may yield cannot be called with pcall
      start()
      sim:clear_faults()
      return
    end
    start { on_request = raise_at(429) }
    local group = client:group()
    group:spawn(create)
    local result = group:next()
    assert.is_false(result.ok)
    assert.matches("mine", result.error)
    sends_nothing_more()
  end)

  it("in the wait hook is over", function()
    local function hook(...)
      if fails and sim.requests[#sim.requests].status == 429 then
        error "mine"
      end
      return sim.shared_wait(...)
    end
    sim = assert(simulator.new { now = connect.still(), record = true })
    skipping[hook] = sim.sessions
    start { wait = hook }
    local ok, problem = pcall(create)
    assert.is_false(ok)
    assert.matches("mine", problem)
    sends_nothing_more()
  end)
end)
