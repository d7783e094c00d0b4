-- Kind: an error from outside (a debug hook: a watchdog, Ctrl-C) in the middle of a page left a
-- listing that said "the same page again and again" for ever.
local rsnapshots = require "rsnapshots"
local simulated = require "spec.support.simulated"

for api_version = 2, 3 do
  describe("with version " .. api_version .. ", a listing that was interrupted", function()
    local client, server

    setup(function() -- in another process, which no hook interrupts
      server = simulated.start "--snapshots 60"
      client = assert(rsnapshots.connect(server.credentials { api_version = api_version }))
    end)

    teardown(function()
      debug.sethook()
      client:close()
      server.stop()
    end)

    -- Reads until a hook raises after so many instructions, and then to the end.
    local function read(pager, instructions)
      local seen, twice = {}, 0
      local function take(snapshot)
        twice = twice + (seen[snapshot.id] and 1 or 0)
        seen[snapshot.id] = true
      end
      local ok, problem = pcall(function()
        debug.sethook(function()
          debug.sethook()
          error("interrupted", 0)
        end, "", instructions)
        for snapshot in pager do
          take(snapshot)
        end
        debug.sethook()
      end)
      debug.sethook()
      assert(ok or problem == "interrupted", problem)
      local err
      if not ok then
        repeat
          local snapshot
          snapshot, err = pager:next()
          if snapshot then
            take(snapshot)
          end
        until not snapshot
      end
      return ok, err, twice
    end

    it("goes on, or fails with the interrupt", function()
      local interrupted = 0
      for instructions = 1, 2500, 61 do
        local ok, err, twice = read(client:list { page_size = 7, prefetch = false }, instructions)
        assert.is_nil(err)
        assert.equal(0, twice)
        interrupted = interrupted + (ok and 0 or 1)
      end
      assert.is_true(interrupted > 10)
    end)
  end)
end
