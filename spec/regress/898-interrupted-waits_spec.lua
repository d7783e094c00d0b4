-- Kind: a wait after a change is ended by a signal, and what was changed is not told: `create
-- --wait` made a snapshot and printed no id, `restore --wait` a volume. (374 has other moments.)
local served = require "spec.support.served_command"

describe("a signal in the wait after a change", function()
  local cloud

  before_each(function()
    cloud = served.cloud { create_seconds = 3600, delete_seconds = 3600 }
    cloud.sim:add_volume { name = "web" }
    cloud.sim:add_volume { name = "db" }
    cloud.sim:add_snapshots { { volume_id = "web", name = "old", age = 60 },
      { volume_id = "web", name = "new", age = 30 } }
  end)

  after_each(function()
    cloud:close()
  end)

  -- Runs a command, and sends it a signal at a poll after a change.
  local function interrupted(arguments, signal, polls)
    local handle, has_changed, left = cloud.sim.handle, false, polls or 2
    local run
    cloud.sim.handle = function(self, request)
      local is_poll = request.method == "GET" and (request.path:find "/snapshots"
        or request.path:find "/volumes/%x+%-") ~= nil
      has_changed = has_changed or request.method ~= "GET" and not request.path:find "/tokens"
      left = left - (has_changed and is_poll and 1 or 0)
      if left == 0 then
        os.execute(("kill -%s %d"):format(signal, run.pid))
      end
      return handle(self, request)
    end
    run = cloud:begin(arguments)
    local out, err, status = cloud:finish(run)
    cloud.sim.handle = nil
    return out, err, status
  end

  it("leaves create's output as it is", function()
    local out, err, status = interrupted("create x --volume web --wait -f value -c id -c status",
      "INT")
    local made = cloud.sim.store.snapshots[3]
    assert.same({ made.id .. "\ncreating\n", 130 }, { out, status })
    assert.equal("rsnapshots create: interrupted while waiting for x\n", err)
  end)

  it("leaves that of several creates, failed ones among them", function()
    local out, err, status = interrupted("create x --volume web --volume nope --volume db --wait "
      .. "-f csv -c name --quiet", "TERM")
    assert.same({ '"Name"\n"x"\n"x"\n', 143 }, { out, status })
    assert.matches("^rsnapshots create: volume nope: not_found: [^\n]*\n[^\n]*1 of 3 failed\n$",
      err)
  end)

  it("leaves restore's", function()
    local out, err, status = interrupted("restore old web2 --wait -f value -c name", "HUP")
    assert.same({ "web2\n", "rsnapshots restore: interrupted while waiting for web2\n", 129 },
      { out, err, status })
  end)

  it("says what delete and revert did not see the end of", function()
    local out, err, status = interrupted("delete old new --wait", "INT")
    assert.same({ "", "rsnapshots delete: interrupted while waiting for old, new\n", 130 },
      { out, err, status })
    local web = cloud.sim:find_volume("web").id
    cloud.sim:add_snapshots { { volume_id = "web", name = "newest" } }
    out, err, status = interrupted("revert newest --wait --yes", "INT", 1)
    assert.same({ "", ("rsnapshots revert: interrupted while waiting for %s\n"):format(web), 130 },
      { out, err, status })
  end)

  it("ends a command that only waits, also if one was not found", function()
    local out, err, status = interrupted("create x --volume db", "INT")
    assert.same({ "", 0 }, { err, status }, out)
    local run = cloud:begin "wait x nope"
    local handle, polls = cloud.sim.handle, 0
    cloud.sim.handle = function(self, request)
      polls = polls + (request.path:find "/snapshots/%x+%-" and 1 or 0)
      if polls == 1 then
        os.execute(("kill -INT %d"):format(run.pid))
      end
      return handle(self, request)
    end
    out, err, status = cloud:finish(run)
    assert.same({ "", 130 }, { out, status })
    assert.matches("\nrsnapshots wait: interrupted while waiting for x\n$", err)
  end)
end)
