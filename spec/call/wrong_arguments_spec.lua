--- The core's own functions, called wrongly: each raises and says what is wrong. (What people call
-- checks before.)
local core = require "rsnapshots.core"

local function raises(message, fn, ...)
  local ok, problem = pcall(fn, ...)
  assert.is_false(ok)
  assert.matches(message, tostring(problem), 1, true)
end

describe("the core called wrongly", function()
  local session

  before_each(function()
    session = core.session { retries = 2e9, timeout = 1e9 }
  end)

  after_each(function()
    session:close()
  end)

  it("refuses what is no session, and one that is closed", function()
    for _, name in ipairs { "start", "step", "pollfd", "timeout", "now", "has_report", "report" } do
      for _, value in ipairs { {}, "x", io.stdout, 0 } do
        assert.is_false((pcall(session[name], value)))
      end
    end
    local closed = core.session {}
    closed:close()
    closed:close()
    raises("the client is closed", closed.start, closed, "GET", "/")
    debug.getmetatable(closed).__gc(closed)
    for _, name in ipairs { "start", "now", "hide", "scrub", "token", "lane", "alarm" } do
      assert.is_false((pcall(closed[name], closed, "text")))
    end
    closed:skip(1) -- a clock may find it for a while yet
  end)

  it("refuses options of other types, and seconds that are none", function()
    raises("max_response_bytes must be from 1", core.session, { max_response_bytes = 1e12 })
    raises("timeout must be a number of seconds over 0", core.session, { timeout = 0 })
    raises("timeout must be a number of seconds over 0", core.session, { timeout = 0 / 0 })
    raises("proxy", core.session, { proxy = {} })
    raises("NUL", core.session, { cacert = "a\0b" })
    raises("string expected", session.start, session, "GET", {})
    raises("string expected", session.start, session, nil, "/")
    raises("NUL", session.start, session, "GET", "/a\0b")
    raises("NUL", session.start, session, "GET\0", "/")
    assert.is_false((pcall(session.alarm, session, 1)))
    assert.is_false((pcall(session.start, session, "GET")))
    raises("table expected", session.start, session, "GET", "/", "more")
    assert.is_false((pcall(session.start, session, "GET", "/", { headers = { "A: b", 7 } })))
    assert.is_false((pcall(session.start, session, "GET", "/", nil, {})))
    raises("1e9 seconds", session.skip, session, -1)
    raises("1e9 seconds", session.skip, session, 1e9)
    raises("url and body are needed", session.source, session, { url = "http://127.0.0.1:9/" })
    raises("url and body are needed", session.source, session, { body = "{}" })
  end)

  it("refuses filters of other types", function()
    local companion = { client = {} }
    local function listing(filters)
      return core.listing(session, companion, filters)
    end
    session:service("http://127.0.0.1:9/v3", 3, 70)
    raises("map strings to strings", listing, { metadata = { [1] = "x" } })
    raises("map strings to strings", listing, { metadata = { x = 1 } })
    raises("sort", listing, { sort = "nothing:up" })
    raises("token", listing, { token = "nonsense" })
    assert.truthy(listing { offset = 1e300, max = 1e300, page_size = 1e300 })
    assert.is_false((pcall(core.listing, session, companion, "name")))
    assert.is_false((pcall(core.count_path, session, "name")))
    assert.is_nil(core.count_path(session, { query = ("x"):rep(300000) }))
    assert.is_false((pcall(core.take, {})))
    assert.is_false((pcall(core.all_pass, {}, {})))
    assert.is_false((pcall(core.all_pass, core.page '{"snapshots":[]}', "name")))
    assert.is_nil(core.page_fault(listing {}))
    local closed = listing {}
    debug.getmetatable(closed).__gc(closed)
    debug.getmetatable(closed).__gc(closed)
    assert.is_false((pcall(core.take, closed)))
    raises("not a table", function() return closed[1] end)
    raises("not a table", function() return closed[{}] end)
    raises("has no 'nothing'", function() return closed.nothing end)
  end)

  it("refuses what is no call, and one that is closed", function()
    session:service("http://127.0.0.1:9/v3", 3, 70)
    local call = session:start("GET", "/", { retries = 0 })
    assert.is_false((pcall(call.text, {}, 1)))
    raises("must not be negative", call.text, call, -1)
    assert.equal("", call:text())
    assert.is_nil(call:header "Date")
    call:reject "it is under way"
    call:close()
    call:close()
    for _, name in ipairs { "done", "fault", "status", "text", "header", "reject" } do
      assert.is_false((pcall(call[name], call, "x")))
    end
    session:service("http://127.0.0.1:9/v3", 4, 0)
    call = session:start("GET", "/")
    call:reject "it was never sent"
    assert.matches("never sent", call:fault().message)
  end)

  it("refuses a lane that is gone", function()
    local lane = session:lane(3)
    assert.equal(3, lane:limit())
    assert.is_false((pcall(lane.limit, {})))
    debug.getmetatable(lane).__gc(lane)
    raises("the lane is closed", lane.limit, lane)
    raises("the lane is closed", session.start, session, "GET", "/", nil, lane)
    lane = session:lane(3)
    local more = setmetatable({}, { __index = function()
      debug.getmetatable(lane).__gc(lane)
    end })
    raises("the lane is closed", session.start, session, "GET", "/", more, lane)
  end)

  it("gives random bytes as many as are wanted, and encodes what is long", function()
    raises("1 to 256", core.random, 0)
    raises("1 to 256", core.random, 257)
    assert.equal(256, #core.random(256))
    assert.equal(3 * 9000, #core.encode(("/"):rep(9000)))
    assert.is_false(core.is_public "/nonexistent")
    assert.is_false(core.is_public "/etc/shadow")
    assert.is_true(core.is_public "/etc/passwd")
    raises("NUL", core.is_public, "a\0b")
  end)
end)
