local connect = require "spec.support.connect"

local function interval(options)
  options.interval = options.interval or 0.02
  options.timeout = options.timeout or 60
  return options
end

for version = 1, 3 do
  describe("waiting with version " .. version, function()
    local client, sim

    before_each(function()
      client, sim = connect.new({ api_version = version },
        { create_seconds = 0.1, delete_seconds = 0.1 })
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    local function create(name)
      return assert(client:create { volume_id = sim.volume_id, name = name })
    end

    describe("until complete", function()
      it("gives a fresh snapshot, and every poll to on_progress", function()
        local made, seen = create "n", {}
        local snapshot = assert(client:wait_until_complete(made, interval {
          on_progress = function(s) seen[#seen + 1] = s.status end,
        }))
        assert.equal("AVAILABLE", snapshot.status)
        assert.equal("CREATING", made.status)
        assert.equal("CREATING", seen[1])
        assert.equal("AVAILABLE", seen[#seen])
      end)

      it("fails at once for one that goes to ERROR", function()
        local snapshot, err = create("x rc_create_fail=1"):wait_until_complete(interval {})
        assert.is_nil(snapshot)
        assert.equal("failed", err.kind)
        assert.equal("ERROR", err.snapshot.status)
      end)

      it("times out, and tells what was seen last", function()
        local began = sim.clock.skipped
        local made = create "x rc_create_sleep=60"
        local snapshot, err = made:wait_until_complete { timeout = 20, interval = 1 }
        assert.is_nil(snapshot)
        assert.equal("timeout", err.kind)
        assert.equal("CREATING", err.snapshot.status)
        assert.is_true(sim.clock.skipped - began <= 22)
      end)

      it("polls once with a timeout of 0", function()
        local made = create "x rc_create_sleep=60"
        sim:clear_requests()
        local snapshot, err = made:wait_until_complete(0)
        assert.is_nil(snapshot)
        assert.equal("timeout", err.kind)
        assert.equal(1, #sim.requests)
      end)

      it("has no limit with -1 and math.huge", function()
        assert(create("a"):wait_until_complete(interval { timeout = -1 }))
        assert(create("b"):wait_until_complete(interval { timeout = math.huge }))
      end)

      it("waits on in a state that nobody knows", function()
        local made = create "x"
        local record = sim:find_snapshot(made.id)
        assert(made:wait_until_complete(interval {}))
        record.status, record.progress = "polishing", "50%"
        local polls = 0
        assert(made:wait_until_complete(interval { on_progress = function()
          polls = polls + 1
          if polls == 3 then
            record.status, record.progress = "available", "100%"
          end
        end }))
        assert.equal(4, polls)
      end)

      it("absorbs what passes until the deadline", function()
        local made = create "x"
        sim:fault { method = "GET", path = "/snapshots/", status = 503, times = 2 }
        sim:fault { method = "GET", path = "/snapshots/", cut = "before", times = 1, after = 2 }
        assert(made:wait_until_complete(interval { timeout = 20 }))
      end)

      it("returns at once for what does not pass", function()
        local made = create "x rc_create_sleep=60"
        sim:fault { method = "GET", path = "/snapshots/", status = 403, times = 1 }
        local snapshot, err = made:wait_until_complete(interval {})
        assert.is_nil(snapshot)
        assert.equal("forbidden", err.kind)
      end)

      it("takes what is available for complete although nobody reports progress", function()
        local made = assert(client:create { volume_id = sim.volume_id })
        local record = sim:find_snapshot(made.id)
        record.pending, record.status = nil, "available"
        record.progress, record.fixed_progress = "0%", true
        for _, progress in ipairs { "0%", "40%", "", "90" } do
          record.progress = progress
          sim:clear_requests()
          assert(made:wait_until_complete(interval {}))
          assert.equal(1, #sim.requests)
        end
      end)

      it("leaves the client usable when on_progress raises", function()
        local made = create "x"
        assert.error_matches(function()
          made:wait_until_complete(interval { on_progress = function() error "mine" end })
        end, "mine")
        assert(made:wait_until_complete(interval {}))
      end)

      it("raises for wrong options", function()
        assert.error_matches(function() client:wait_until_complete("x", "5") end, "must be a table")
        assert.error_matches(function() client:wait_until_complete("x", -2) end, "timeout must be")
        assert.error_matches(function() client:wait_until_complete("x", 0 / 0) end,
          "timeout must be")
        assert.error_matches(function()
          client:wait_until_complete("x", { interval = 0 })
        end, "interval must be")
        assert.error_matches(function()
          client:wait_until_complete("x", { seconds = 5 })
        end, "no option 'seconds'")
      end)
    end)

    describe("until deleted", function()
      local function deleted(name)
        local snapshot = assert(create(name):wait_until_complete(interval {}))
        assert(snapshot:delete())
        return snapshot
      end

      it("is true when it is gone", function()
        assert.is_true(deleted("x"):wait_until_deleted(interval {}))
      end)

      it("is true for one that never was", function()
        assert.is_true(client:wait_until_deleted("00000000-0000-4000-8000-000000000000", 1))
      end)

      it("fails at once for one that goes to ERROR_DELETING", function()
        local ok, err = deleted("x rc_delete_fail=1"):wait_until_deleted(interval {})
        assert.is_nil(ok)
        assert.equal("failed", err.kind)
        assert.equal("ERROR_DELETING", err.snapshot.status)
      end)

      it("sees one that comes back after DELETING", function()
        local ok, err = deleted("x rc_delete_busy=1"):wait_until_deleted(interval {})
        assert.is_nil(ok)
        assert.equal("reverted", err.kind)
        assert.equal("AVAILABLE", err.snapshot.status)
      end)

      it("sees one that came back before it was ever seen DELETING", function()
        local snapshot = deleted "x"
        local record = sim:find_snapshot(snapshot.id)
        record.status, record.deleting = "available", nil
        sim:fault { method = "GET", path = "/snapshots/", status = 200, times = math.huge,
          body = '{"snapshot": {"id": "' .. snapshot.id .. '", "status": "available"}}' }
        sim:clear_requests()
        local ok, err = snapshot:wait_until_deleted(interval {})
        assert.is_nil(ok)
        assert.equal("reverted", err.kind)
        assert.is_true(#sim.requests > 2) -- a replica may be behind
      end)

      it("waits for somebody else's delete of an AVAILABLE one", function()
        local snapshot = assert(create("x"):wait_until_complete(interval {}))
        local ok, err = snapshot:wait_until_deleted(interval { timeout = 0.3 })
        assert.is_nil(ok)
        assert.equal("timeout", err.kind)
      end)

      it("does not take a failed look-up for gone", function()
        local snapshot = deleted "x rc_delete_sleep=60"
        sim:fault { method = "GET", path = "/snapshots/", status = 500, times = math.huge }
        local ok, err = snapshot:wait_until_deleted { timeout = 20, interval = 1 }
        assert.is_nil(ok)
        assert.equal("timeout", err.kind)
        assert.equal("server", err.cause.kind)
      end)
    end)
  end)
end
