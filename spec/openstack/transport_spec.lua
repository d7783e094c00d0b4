local cloud = require "spec.openstack.support"

describe("the connection #openstack", function()
  local project, client

  lazy_setup(function()
    project = cloud.project()
    project:fill(project:volume(), 50)
    client = project:connect()
  end)

  lazy_teardown(function()
    project:forget()
  end)

  -- The established connections of this process to Cinder: their local ports.
  local function connections()
    local ours, ports = {}, {}
    local pipe = assert(io.popen("ls -l /proc/$PPID/fd"))
    for inode in pipe:read("*a"):gmatch("socket:%[(%d+)%]") do
      ours[inode] = true
    end
    pipe:close()
    local there = ("%04X"):format(tonumber(cloud.env().RC_CINDER_URL:match(":(%d+)$")))
    for line in io.lines("/proc/net/tcp") do
      local from, to, state, inode = line:match(
        "^%s*%d+: %x+:(%x+) %x+:(%x+) (%x%x) %x+:%x+ %x+:%x+ %x+%s+%d+%s+%d+ (%d+)")
      if to == there and state == "01" and ours[inode] then
        ports[#ports + 1] = from
      end
    end
    table.sort(ports)
    return ports
  end

  it("is used again by every request that follows", function()
    collectgarbage()
    assert(client:count())
    local before = connections()
    assert.is_true(#before >= 1)
    for _ = 1, 10 do
      assert(client:count())
    end
    for _ in client:list { page_size = 7 } do end -- luacheck: ignore 542
    assert.equal("not_found", select(2, client:get("nothing")).kind)
    assert.same(before, connections())
  end)

  it("is used again by what goes wrong and what has no body", function()
    local volume = assert(client:list():next()).volume_id
    local before = connections()
    local snapshot = cloud.ready(client, { volume_id = volume })
    assert(snapshot:delete())
    assert(snapshot:wait_until_deleted(cloud.quick))
    assert.equal("invalid", select(2, client:create { volume_id = "none" }).kind)
    assert.same(before, connections())
  end)

  it("ends with the client", function()
    local before = connections()
    local another = project:connect()
    assert(another:count())
    assert.is_true(#connections() > #before)
    another:close()
    assert.same(before, connections())
    assert.error_matches(function() another:count() end, "closed")
  end)

  it("shows every request to on_request", function()
    local spy = cloud.spy()
    local listening = project:connect { on_request = spy.listen }
    spy.reset()
    assert(listening:count())
    listening:get("nothing")
    local first, second = spy.requests[1], spy.requests[2]
    assert.equal(2, #spy.requests)
    assert.equal("GET", first.method)
    assert.equal(200, first.status)
    assert.equal(1, first.attempt)
    assert.is_true(first.seconds > 0 and first.seconds < 10)
    assert.matches("^req%-", first.request_id)
    assert.is_nil(first.err)
    assert.equal(404, second.status)
    assert.equal("not_found", second.err.kind)
    assert.are_not.equal(first.request_id, second.request_id)
  end)

  it("with too little time for an answer is a timeout", function()
    local hasty = project:connect()
    hasty:close()
    local ok, err = project:try { timeout = 0.001 }
    assert.is_nil(ok)
    assert.equal("timeout", err.kind)
  end)
end)
