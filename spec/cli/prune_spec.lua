--- `rsnapshots prune`, on a cloud that can be looked at.
local process = require "spec.support.process"
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

local ID = "%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-" .. ("%x"):rep(12)

describe("prune", function()
  local cloud, sim

  before_each(function()
    cloud = served.cloud()
    sim = cloud.sim
  end)

  after_each(function()
    cloud:close()
  end)

  local function nights(count, more)
    return cloud:nights(count, more)
  end

  local function fails(arguments, status, words)
    local out, err, ended = cloud:run("prune " .. arguments)
    assert.equal(status, ended, err)
    assert.truthy(err:find(words, 1, true), err)
    return out
  end

  it("prints what stays and what goes, with the reasons, and then does it", function()
    nights(6)
    sim:add_snapshots(1, { prefix = "mine" })
    local out, err, status = cloud:run "prune --keep-last 2 --keep-daily 3 --yes"
    assert.same({ "", 0 }, { err, status })
    out = out:gsub(ID, "ID"):gsub("%d%d%d%d%-%d%d%-%d%dT[%d:.]+Z?", "TIME")
      :gsub("%d%d%d%d%-%d%d%-%d%d", "DAY")
    assert.equal([[
volume (ID): 4 kept (4 GiB), 3 to be removed (3 GiB), counting from TIME
  keep    ID  TIME  mine1  (not made by rsnapshots)
  keep    ID  TIME  n6  (last snapshot; daily snapshot)
  keep    ID  TIME  n5  (last snapshot; daily snapshot)
  keep    ID  TIME  n4  (daily snapshot)
  remove  ID  TIME  n3  (last: 3 newer; daily DAY: 3 newer)
  remove  ID  TIME  n2  (last: 4 newer; daily DAY: 3 newer)
  remove  ID  TIME  n1  (last: 5 newer; daily DAY: 3 newer)

4 kept (4 GiB), 3 to be removed (3 GiB)
3 removed
]], out)
    assert.equal("mine1 n4 n5 n6", cloud:good_names())
    out = cloud:run "prune --keep-last 2 --keep-daily 3 --yes"
    assert.truthy(out:find("0 to be removed (0 GiB)\n", 1, true))
  end)

  it("changes nothing in a dry run, nor where nobody can be asked", function()
    nights(6)
    local before = cloud:good_names()
    local _, _, status = cloud:run "prune --keep-last 3 --dry-run"
    assert.equal(0, status)
    fails("--keep-last 3", 2, "give --yes")
    fails("--keep-last 1 --dry-run", 1, "5 of 6 snapshots of " .. sim.volume_id .. " would go")
    fails("--keep-last 1 --yes", 1, "raise max_remove (--max-remove)")
    assert.same({ before, 0 }, { cloud:good_names(), cloud:changes() })
  end)

  it("prints nothing of what went well with --quiet, but for the plan of a dry run", function()
    nights(6)
    assert.truthy(cloud:run("prune --keep-last 3 --quiet --dry-run"):find("3 to be removed", 1,
      true))
    assert.same({ "", "", 0 }, { cloud:run "prune --keep-last 3 --quiet --yes" })
    assert.equal("n4 n5 n6", cloud:good_names())
  end)

  it("removes more where that is asked for", function()
    nights(6)
    local _, err, status = cloud:run "prune --keep-last 1 --yes --max-remove 5"
    assert.same({ "", 0, "n6" }, { err, status, cloud:good_names() })
  end)

  it("is of the volumes that are named, by id or name", function()
    local web = sim:add_volume { name = "web" }
    nights(3, { volume_id = web, prefix = "w" })
    nights(3)
    local _, err, status = cloud:run "prune --keep-last 2 --volume web --yes"
    assert.same({ "", 0, "n1 n2 n3 w2 w3" }, { err, status, cloud:good_names() })
    fails("--keep-last 1 --volume nope --yes", 5, "there is no volume with the name or id 'nope'")
  end)

  it("goes on with the volumes that are there, one without a name among them", function()
    local web = sim:add_volume {}
    nights(3, { volume_id = web, prefix = "w" })
    fails(("--keep-last 2 --volume nope --volume %s --volume %s --yes"):format(web, web), 3,
      "rsnapshots prune: nope: not_found: there is no volume with the name or id 'nope'\n"
      .. "rsnapshots prune: 1 of 3 failed\n")
    assert.equal("w2 w3", cloud:good_names())
    cloud:write("policy.lua", ('return { name = "nightly", volumes = { "nope", "%s" }, '
      .. "keep_last = 1 }"):format(web))
    local out = fails("--policy policy.lua --dry-run", 3, "nope: not_found: ")
    assert.truthy(out:find("1 kept (1 GiB), 1 to be removed", 1, true))
    fails("--policy policy.lua --yes", 3, "nope: not_found: ")
    assert.equal("w3", cloud:good_names())
  end)

  it("takes the policies of a file, each for its volumes and its own snapshots", function()
    local web = sim:add_volume { name = "web" }
    nights(3, { volume_id = web, prefix = "w" })
    nights(2, { volume_id = web, prefix = "x", metadata = retention.mark "gone" })
    nights(3)
    cloud:write("policy.lua", [[return { name = "nightly", volumes = { "web" }, keep_last = 1 }]])
    local _, err, status = cloud:run "prune --policy policy.lua --yes"
    assert.truthy(err:find('warning: no policy here is named "gone": this run keeps its 2 '
      .. "snapshots\n", 1, true))
    assert.same({ 0, "n1 n2 n3 w3 x1 x2" }, { status, cloud:good_names() })
  end)

  it("does exactly what is in a plan file, and ends with 3 where something changed", function()
    local ids = nights(6)
    local _, _, status = cloud:run "prune --keep-last 3 --plan-out plan.json"
    assert.same({ 0, 0 }, { status, cloud:changes() })
    assert.truthy(process.read(cloud.folder .. "/plan.json"):find(ids[1], 1, true))
    sim:find_snapshot(ids[2]).name = "precious"
    nights(1, { prefix = "later" })
    local out, err
    out, err, status = cloud:run "prune --plan plan.json --yes"
    assert.equal(3, status)
    assert.truthy(out:find("2 removed, 1 not\n", 1, true))
    assert.truthy(err:find("changed since it was listed, and stays: its name was 'n2' and is "
      .. "'precious'", 1, true), err)
    assert.equal("later1 n4 n5 n6 precious", cloud:good_names())
  end)

  it("refuses a plan file that is none, or of another cloud", function()
    nights(3)
    cloud:run "prune --keep-last 2 --plan-out plan.json"
    local path = cloud.folder .. "/plan.json"
    local text = process.read(path)
    process.write(path, (text:gsub("127%.0%.0%.1:%d+", "example.org")))
    fails("--plan plan.json --yes", 2, "it was made for http://example.org")
    process.write(path, text:sub(1, -20))
    fails("--plan plan.json --yes", 2, "plan.json: it is not JSON")
    process.write(path, "[]")
    fails("--plan plan.json --yes", 2, "it is not a list of plans")
    fails("--plan nope.json --yes", 2, "nope.json: No such file or directory")
    fails("--keep-last 1 --plan-out /nowhere/plan.json", 1, "the plan file cannot be written")
    assert.equal(0, cloud:changes())
  end)

  it("tells what the service says of a delete that it refuses, or that comes to nothing", function()
    local ids = nights(3)
    sim:find_snapshot(ids[1]).metadata:set("rc_delete_busy", "1")
    local out = fails("--keep-last 2 --yes", 1, "reverted: ")
    assert.truthy(out:find("0 removed, 1 not\n", 1, true))
    sim:fault { method = "DELETE", status = 400,
      body = '{"badRequest": {"code": 400, "message": "Snapshot has dependent volumes."}}' }
    sim.store:add_volume { name = "copy", size = 1, snapshot_id = ids[1],
      project = sim.accounts:project "demo", user = sim.accounts:user "demo" }
    fails("--keep-last 2 --yes", 1, "volume copy (")
  end)

  it("decides nothing about a listing that was cut in the middle", function()
    nights(6)
    sim.page_limit = 2
    sim:fault { method = "GET", path = "/snapshots/detail", after = 1, status = 403, body = "{}" }
    fails("--keep-last 3 --yes", 4, "forbidden")
    assert.equal(0, cloud:changes())
  end)

  it("is called wrongly without saying what to keep, and in contradictions", function()
    for arguments, words in pairs {
      [""] = "say what to keep",
      ["--volume x"] = "say what to keep",
      ["--keep-daily 0"] = "would keep nothing",
      ["--keep-daily -3"] = "--keep-daily: must be a whole number or unlimited, not '-3'",
      ["--keep-daily -1"] = "--keep-daily: write --keep-daily unlimited (or --keep-daily=-1) to",
      ["--keep-daily 2w"] = "--keep-daily: must be a whole number",
      ["--keep-within 2w"] = "weeks are not a unit: write 14d",
      ["--keep-dayly 3"] = "there is no option '--keep-dayly'; did you mean '--keep-daily'?",
      ["--keep-tag ,"] = "is not a tag",
      ["--keep-last 1 --utc-offset 2"] = "--utc-offset: must be an offset from UTC such as +02:00",
      ["--keep-last 1 --max-remove half"] = "--max-remove: must be a number, a percentage",
      ["--keep-last 1 --group-by volume"] = "did you mean 'volume_id'?",
      ["--keep-last 1 --policy x"] = "give either rules (--keep-daily …), or --policy, or --plan",
      ["--plan x --all"] = "--all does not go with --plan",
      ["--policy x --volume y"] = "--volume does not go with --policy",
      ["--policy nope.lua"] = "the policy file cannot be read: nope.lua",
    } do
      fails(arguments .. " --yes", 2, words)
    end
    assert.same({}, sim.requests)
    local _, err, status = cloud:run "prune --keep-daily=-1 --keep-last unlimited --yes"
    assert.same({ "", 0 }, { err, status })
  end)

  it("leaves a volume that another run is at, and says who", function()
    local web, db = sim:add_volume { name = "web" }, sim:add_volume { name = "db" }
    nights(4, { volume_id = web, prefix = "w" }) -- of which two go, one after another
    nights(3, { volume_id = db, prefix = "d" })
    local delete_began = false
    local handle = sim.handle
    sim.handle = function(self, request)
      delete_began = delete_began or request.method == "DELETE"
      return handle(self, request)
    end
    sim:fault { method = "DELETE", times = 1, delay = 1, act = true }
    local first = cloud:begin "prune --volume web --keep-last 2 --yes"
    repeat
      sim:step(0.01)
    until delete_began
    local out, err, status = cloud:run "prune --keep-last 2 --yes"
    assert.equal(3, status, err)
    assert.truthy(err:find("/nightly is being worked on by another run: process " .. first.pid, 1,
      true), err)
    assert.truthy(out:find("1 removed, 1 not\n", 1, true), out)
    out, err, status = cloud:finish(first)
    assert.same({ "", 0, "d2 d3 w3 w4" }, { err, status, cloud:good_names() }, out)
  end)

  it("stops between two deletes at Ctrl-C, and says how far it came", function()
    nights(6)
    local handle, run = sim.handle, nil
    sim.handle = function(self, request)
      local reply, plan = handle(self, request)
      if request.method == "DELETE" and run.pid then
        os.execute("kill -INT " .. run.pid)
        sim.handle = nil
      end
      return reply, plan
    end
    run = cloud:begin "prune --keep-last 3 --yes"
    local out, err, status = cloud:finish(run)
    assert.equal(130, status, err)
    assert.truthy(out:find("1 removed, 2 left\n", 1, true), out)
    assert.equal("n2 n3 n4 n5 n6", cloud:good_names())
  end)
end)

describe("prune with version 1", function()
  it("knows our snapshots by the form of their names", function()
    local cloud = served.cloud { api_version = 1 }
    for i = 1, 4 do
      local moment = math.floor(served.now()) - i * 3600
      cloud.sim:add_snapshots(1, { name = retention.name_for("nightly", moment) })
    end
    cloud.sim:add_snapshots(1, { name = "mine" })
    local out, err, status = cloud:run "prune --keep-last 2 --yes"
    assert.same({ "", 0 }, { err, status })
    assert.truthy(out:find("2 removed\n", 1, true))
    assert.equal(3, #cloud.sim.store.snapshots)
    cloud:close()
  end)
end)
