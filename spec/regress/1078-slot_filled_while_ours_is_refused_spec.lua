-- Kind: another host makes the slot's snapshot while rotate looks for it, and that uses up the
-- quota, or keeps the volume busy. Our create was refused, and the run failed, though the slot had
-- its snapshot.
local answer = require "rsnapshots.simulator.http.answer"
local served = require "spec.support.served_command"

describe("rotate whose create is refused", function()
  local cloud, sim

  before_each(function()
    cloud = served.cloud()
    sim = cloud.sim
    sim:add_volume { name = "web" }
  end)

  after_each(function()
    cloud:close()
  end)

  -- What comes before each create, which is then refused.
  local function refuse(status, code, message, act)
    local handle = sim.handle
    sim.handle = function(self, request)
      if request.method == "POST" and request.path:find "/snapshots$" then
        act(request.body)
        return answer.new(status, ('{"%s": {"code": %d, "message": "%s"}}'):format(code, status,
          message)), {}
      end
      return handle(self, request)
    end
  end

  local function add_others(body)
    if #sim.store.snapshots == 0 then
      local slot = body:match '"rsnapshots:slot": ?"([^"]+)"'
      sim:add_snapshots(1, { volume_id = "web", prefix = "others", metadata = {
        ["rsnapshots:policy"] = "rotate", ["rsnapshots:slot"] = slot } })
    end
  end

  for what, refusal in pairs {
    ["since another host has used up the quota"] = { 413, "overLimit",
      "SnapshotLimitExceeded: Maximum number of snapshots allowed (1) exceeded" },
    ["while another host makes one"] = { 400, "badRequest",
      "Invalid volume: the volume has a snapshot under way" },
  } do
    it(what .. " takes that host's snapshot", function()
      refuse(refusal[1], refusal[2], refusal[3], add_others)
      local out, err, status = cloud:run "rotate --volume web --keep-last 5"
      assert.same({ "", 0 }, { err, status }, out)
      assert.matches("^web: found others1, 1 kept, 0 removed\n", out)
    end)
  end

  it("fails with that where the slot has none", function()
    refuse(413, "overLimit", "SnapshotLimitExceeded: exceeded", function() end)
    local out, err, status = cloud:run "rotate --volume web --keep-last 5"
    assert.equal(7, status)
    assert.matches("^rsnapshots rotate: quota: ", err)
    assert.matches("^web: nothing made", out)
  end)
end)
