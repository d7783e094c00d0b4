local cloud = require "spec.openstack.support"
local socket = require "socket"

describe("waiting for a snapshot #openstack", function()
  local project, client, volume

  lazy_setup(function()
    project = cloud.project()
    client = project:connect()
    volume = project:volume()
  end)

  local function create(name, metadata)
    return assert(client:create { volume_id = volume, name = name, metadata = metadata })
  end

  local function elapsed(call)
    local start = socket.gettime()
    call()
    return socket.gettime() - start
  end

  local function listener()
    local seen = {}
    return seen, { interval = 0.1, timeout = 30, on_progress = function(snapshot)
      seen[#seen + 1] = snapshot
    end }
  end

  describe("until it is complete", function()
    it("shows every state on the way", function()
      local snapshot = create "rc_create_sleep=0.6 rc_progress=42%"
      local seen, options = listener()
      local complete = assert(client:wait_until_complete(snapshot.id, options))
      assert.equal("AVAILABLE", complete.status)
      assert.equal("100%", complete.progress)
      assert.is_true(#seen >= 3)
      assert.equal("CREATING", seen[2].status)
      assert.equal("42%", seen[2].progress)
      assert.is_true(rawequal(complete, seen[#seen]))
    end)

    it("takes no time when it is already", function()
      local snapshot = cloud.ready(client, { volume_id = volume })
      local seen, options = listener()
      assert.is_true(elapsed(function()
        assert(snapshot:wait_until_complete(options))
      end) < 1)
      assert.equal(1, #seen)
    end)

    it("takes the timeout as a number", function()
      assert.equal("AVAILABLE", assert(create():wait_until_complete(30)).status)
    end)

    it("ends as failed, with the snapshot, when it goes to ERROR", function()
      local snapshot, err = create("rc_create_fail=1"):wait_until_complete(cloud.quick)
      assert.is_nil(snapshot)
      assert.equal("failed", err.kind)
      assert.equal("ERROR", err.snapshot.status)
      assert.is_true(err.snapshot:delete())
      assert.is_true(err.snapshot:wait_until_deleted(cloud.quick))
    end)

    it("times out with the last that was seen, not much too late", function()
      local slow = create "rc_create_sleep=2"
      local took = elapsed(function()
        local snapshot, err = slow:wait_until_complete { timeout = 0.5, interval = 0.1 }
        assert.is_nil(snapshot)
        assert.equal("timeout", err.kind)
        assert.equal("CREATING", err.snapshot.status)
        assert.equal(slow.id, err.snapshot.id)
        assert.matches("CREATING", err.message)
      end)
      assert.is_true(took > 0.3 and took < 1, took)
    end)

    it("looks once with a timeout of 0", function()
      local slow = create "rc_create_sleep=1"
      local seen, options = listener()
      options.timeout = 0
      local snapshot, err = slow:wait_until_complete(options)
      assert.is_nil(snapshot)
      assert.equal("timeout", err.kind)
      assert.equal(1, #seen)
    end)

    it("is not_found when there is none", function()
      local snapshot, err =
        client:wait_until_complete("11111111-1111-4111-8111-111111111111", cloud.quick)
      assert.is_nil(snapshot)
      assert.equal("not_found", err.kind)
    end)
  end)

  describe("until it is deleted", function()
    local function deleting(name)
      local snapshot = assert(create(name):wait_until_complete(cloud.quick))
      assert(snapshot:delete())
      return snapshot
    end

    it("shows it DELETING", function()
      local seen, options = listener()
      assert.is_true(deleting("rc_delete_sleep=0.5"):wait_until_deleted(options))
      assert.is_true(#seen >= 2)
      assert.equal("DELETING", seen[1].status)
    end)

    it("takes an id that is gone already", function()
      assert.is_true(client:wait_until_deleted("11111111-1111-4111-8111-111111111111"))
    end)

    it("ends as failed when it goes to ERROR_DELETING", function()
      local ok, err = deleting("rc_delete_fail=1"):wait_until_deleted(cloud.quick)
      assert.is_nil(ok)
      assert.equal("failed", err.kind)
      assert.equal("ERROR_DELETING", err.snapshot.status)
    end)

    it("ends as reverted when it comes back", function()
      for _, name in ipairs { "rc_delete_busy=1", "rc_delete_busy=1 rc_delete_sleep=0.3" } do
        local ok, err = deleting(name):wait_until_deleted(cloud.quick)
        assert.is_nil(ok)
        assert.equal("reverted", err.kind)
        assert.equal("AVAILABLE", err.snapshot.status)
      end
    end)

    it("times out with the last that was seen", function()
      local ok, err = deleting("rc_delete_sleep=2"):wait_until_deleted(0.3)
      assert.is_nil(ok)
      assert.equal("timeout", err.kind)
      assert.equal("DELETING", err.snapshot.status)
    end)

    it("times out when nobody deletes it", function()
      local ok, err = assert(create():wait_until_complete(cloud.quick)):wait_until_deleted {
        timeout = 0.4, interval = 0.1 }
      assert.is_nil(ok)
      assert.equal("timeout", err.kind)
      assert.equal("AVAILABLE", err.snapshot.status)
    end)
  end)

  it("outlives a token that is revoked meanwhile", function()
    local snapshot = create "rc_create_sleep=2"
    local spy = cloud.spy()
    local other = project:connect { on_request = spy.listen }
    spy.reset()
    project:revoke_tokens()
    assert.equal("AVAILABLE",
      assert(other:wait_until_complete(snapshot, cloud.quick)).status)
    assert.equal(1, spy.authentications())
    client = project:connect()
  end)
end)
