--- `rsnapshots rotate`, on a cloud that can be looked at.
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

describe("rotate", function()
  local cloud, sim

  local function open(options)
    cloud = served.cloud(options)
    sim = cloud.sim
  end

  after_each(function()
    cloud:close()
  end)

  local function nights(count, more)
    return cloud:nights(count, more)
  end

  -- The names of the good ones; the slot's hour is written HOUR.
  local function good()
    return (cloud:good_names():gsub("%d%d%d%d%-%d%d%-%d%dT%d%d", "HOUR"))
  end

  local function run(arguments)
    local out, err, status = cloud:run("rotate " .. arguments)
    return out:gsub("%d%d%d%d%-%d%d%-%d%dT%d%d", "HOUR"), err, status
  end

  local function policy(more)
    cloud:write("policy.lua", ('return { name = "nightly", volumes = { "web", "db" }, '
      .. "keep_last = 3, %s }"):format(more or ""))
    return "policy.lua"
  end

  local function two_volumes()
    local web, db = sim:add_volume { name = "web" }, sim:add_volume { name = "db" }
    nights(4, { volume_id = web, prefix = "w" })
    nights(4, { volume_id = db, prefix = "d" })
    return web, db
  end

  it("makes one of each volume, waits, and prunes", function()
    open { create_seconds = 0.2 }
    two_volumes()
    local out, err, status = run(policy())
    assert.same({ "", 0 }, { err, status })
    assert.equal("web: made nightly-HOUR, 3 kept, 2 removed\n"
      .. "db: made nightly-HOUR, 3 kept, 2 removed\n"
      .. "2 of 2 volumes done, 4 snapshots removed\n", out)
    assert.equal("d3 d4 nightly-HOUR nightly-HOUR w3 w4", good())
  end)

  it("finds what the run before has made", function()
    open()
    two_volumes()
    run(policy())
    local before = cloud:changes()
    local out, err, status = run "policy.lua"
    assert.same({ "", 0, before }, { err, status, cloud:changes() })
    assert.equal("web: found nightly-HOUR, 3 kept, 0 removed\n"
      .. "db: found nightly-HOUR, 3 kept, 0 removed\n"
      .. "2 of 2 volumes done, 0 snapshots removed\n", out)
  end)

  it("says nothing of what went well with --quiet, so that cron mails only failures", function()
    open()
    two_volumes()
    assert.same({ "", "", 0 }, { run(policy() .. " --quiet") })
    assert.equal("d3 d4 nightly-HOUR nightly-HOUR w3 w4", good())
    local out, err, status = run "--volume nope --volume web --keep-last 9 --quiet"
    assert.same({ "", 3 }, { out, status })
    assert.truthy(err:find("^rsnapshots rotate: nope: not_found: [^\n]*\nrsnapshots rotate: 1 of 2 "
      .. "failed\n$"), err)
  end)

  it("changes nothing in a dry run, and says what it would do", function()
    open()
    two_volumes()
    local out, err, status = run(policy "max_remove = 1" .. " --dry-run")
    assert.same({ "", 1, 0 }, { err, status, cloud:changes() })
    assert.truthy(out:find("web: would make one for HOUR, 3 kept, 2 removed; refused: ", 1,
      true))
    run("policy.lua --max-remove 2")
    out = run "policy.lua --dry-run"
    assert.truthy(out:find("web: found one for HOUR, 3 kept, 0 removed\n", 1, true))
    out, err, status = run "--volume web --volume nope --keep-last 1 --dry-run"
    assert.equal(3, status)
    assert.equal("web: would make one for HOUR, 4 kept, 0 removed\n", out)
    assert.truthy(err:find("rsnapshots rotate: nope: not_found: ", 1, true))
  end)

  it("warns of snapshots of policies that there are no more, and of a clock that was set back",
    function()
      open()
      local web = sim:add_volume { name = "web" }
      nights(2, { volume_id = web, metadata = retention.mark "renamed" })
      sim.store:add_snapshot { volume = sim.store.volume_by_id[web], created = sim.now() + 1e6,
        name = "later", metadata = sim.store.snapshots[1].metadata:copy() }
      sim.store.snapshots[3].metadata:set("rsnapshots:policy", "rotate")
      local handle = sim.handle
      sim.handle = function(self, request)
        local reply, plan = handle(self, request)
        for _, record in ipairs(sim.store.snapshots) do
          record.created = record.name:find "^rotate" and sim.now() + 2e6 or record.created
        end
        return reply, plan
      end
      local out, err, status = run "--volume web --keep-last 1"
      assert.equal(0, status)
      assert.truthy(out:find("web: made rotate-HOUR, 4 kept, 0 removed", 1, true), out)
      assert.truthy(err:find('warning: no policy here is named "renamed": this run keeps '
        .. "its 2 snapshots\n", 1, true), err)
      assert.truthy(err:find("is dated after now, and all of them stay: is the clock right?", 1,
        true), err)
    end)

  it("does not prune a volume whose snapshot failed, and says why it did", function()
    open()
    two_volumes()
    sim.store:add_snapshot { volume = sim.store.volumes[2], name = "other" }
    local handle = sim.handle
    sim.handle = function(self, request)
      local reply, plan = handle(self, request)
      if request.method == "POST" and request.path:find "/snapshots$"
        and request.body:find(sim.store.volumes[3].id, 1, true) then
        sim.store.snapshots[#sim.store.snapshots].metadata:set("rc_create_fail", "1")
        sim.store.snapshots[#sim.store.snapshots].status = "error"
      end
      return reply, plan
    end
    local out, err, status = run(policy())
    assert.equal(3, status)
    assert.truthy(out:find("db: nothing made, nothing removed, failed\n", 1, true), out)
    assert.truthy(out:find("1 of 2 volumes done", 1, true))
    assert.truthy(err:find("rsnapshots rotate: db: failed: snapshot ", 1, true), err)
    assert.truthy(good():find("d1 d2 d3 d4", 1, true))
    sim.handle = nil
    out, err, status = run "policy.lua" -- a slot that failed is tried again
    assert.same({ "", 0 }, { err, status })
    assert.truthy(out:find("db: made nightly-HOUR, 4 kept, 2 removed\n", 1, true), out)
  end)

  it("decides nothing about a listing that was cut, before or after the create", function()
    open()
    local web = sim:add_volume { name = "web" }
    nights(6, { volume_id = web })
    sim.page_limit = 4
    cloud:write("policy.lua", 'return { name = "nightly", volumes = { "web" }, keep_last = 3 }')
    local cut = { method = "GET", path = "/snapshots/detail", query = "marker=", cut = 300 }
    sim:fault(cut)
    local out, err, status = run "policy.lua"
    assert.same({ "web: nothing made, nothing removed, failed\n"
      .. "0 of 1 volume done, 0 snapshots removed\n", 6, 0 }, { out, status, cloud:changes() })
    assert.truthy(err:find("rsnapshots rotate: network: ", 1, true), err)
    sim:clear_faults()
    local handle = sim.handle
    sim.handle = function(self, request)
      if request.method == "POST" and request.path:find "/snapshots$" then
        sim:fault(cut)
      end
      return handle(self, request)
    end
    out, err, status = run "policy.lua"
    assert.same({ 6, 1 }, { status, cloud:changes() }, err) -- the create, and no delete
    assert.truthy(out:find("web: made nightly-HOUR, nothing removed, failed\n", 1, true), out)
    sim:clear_faults()
    sim.handle = nil
    out, err, status = run "policy.lua --max-remove 4"
    assert.same({ "", 0 }, { err, status })
    assert.truthy(out:find("web: found nightly-HOUR, 3 kept, 4 removed\n", 1, true), out)
  end)

  it("forecasts the quota, and does what there is room for", function()
    open { create_seconds = 2 } -- what one volume removes then makes no room for the other
    two_volumes()
    sim.quotas.snapshots = 9
    local out, err, status = run(policy())
    assert.equal(3, status)
    assert.truthy(err:find("warning: the quota of snapshots has room for 1, and 2 are needed (8 of "
      .. "9 are used)", 1, true), err)
    assert.truthy(err:find("quota: ", 1, true))
    assert.truthy(out:find("1 of 2 volumes done, 2 snapshots removed\n", 1, true), out)
  end)

  it("waits until a volume is no longer backing up", function()
    open()
    local web = sim:add_volume { name = "web", status = "backing-up" }
    local handle = sim.handle
    sim.handle = function(self, request)
      local reply, plan = handle(self, request)
      if request.method == "POST" and reply.status == 400 then
        sim.store.volume_by_id[web].status = "available"
      end
      return reply, plan
    end
    local out, err, status = run "--volume web --keep-last 1"
    assert.same({ "", 0 }, { err, status })
    assert.equal("web: made rotate-HOUR, 1 kept, 0 removed\n1 of 1 volume done, 0 snapshots "
      .. "removed\n", out)
    sim.handle = nil
    sim.store.volume_by_id[web].status = "migrating"
    out, err, status = run "--volume web --keep-last 1 --timeout 1 --policy-name other"
    assert.equal(1, status)
    assert.truthy(err:find("(the volume is migrating)", 1, true), err .. out)
  end)

  it("takes the volumes whose owners ask for it", function()
    open()
    sim:add_volume { name = "web", metadata = { backup = "yes" } }
    sim:add_volume { name = "db", metadata = { backup = "no" } }
    local out, err, status = run "--volume-property backup=yes --keep-daily 7 --slot day"
    assert.same({ "", 0 }, { err, status })
    assert.truthy(out:find "^web: made rotate%-%d%d%d%d%-%d%d%-%d%d, 1 kept")
    out, err, status = run "--volume-property backup=maybe --keep-daily 7"
    assert.equal(5, status)
    assert.truthy(err:find("no volume has this property", 1, true), out)
  end)

  it("goes on with the others where some cannot be found", function()
    open()
    sim:add_volume { name = "web" }
    for _ = 1, 2 do
      sim:add_volume { name = "twin" }
    end
    local out, err, status = run "--volume nope --volume twin --volume web --keep-last 1"
    assert.equal(3, status)
    assert.truthy(out:find("web: made rotate-HOUR", 1, true))
    assert.truthy(err:find("nope: not_found", 1, true) and err:find("twin: ambiguous", 1, true))
    assert.truthy(err:find("2 of 3 failed", 1, true))
  end)

  it("removes nothing past the limit, and says so", function()
    open()
    local web = sim:add_volume { name = "web" }
    nights(9, { volume_id = web })
    cloud:write("policy.lua", 'return { name = "nightly", volumes = { "web" }, keep_last = 1 }')
    local out, err, status = run "policy.lua"
    assert.equal(1, status)
    assert.truthy(err:find("9 of 10 snapshots of " .. web .. " would go", 1, true), err)
    assert.truthy(out:find("web: made nightly-HOUR, nothing removed, failed\n", 1, true))
    assert.equal(10, #sim.store.snapshots)
  end)

  it("names its snapshots as it is told, and marks them", function()
    open()
    sim:add_volume { name = "web" }
    run "--volume web --keep-last 1 --name-format 'of {volume} by {policy}' --policy-name mine"
    local record = sim.store.snapshots[1]
    assert.equal("of web by mine", record.name)
    assert.equal("mine", record.metadata:get "rsnapshots:policy")
    assert.truthy(record.metadata:get("rsnapshots:slot"):find "^%d%d%d%d%-%d%d%-%d%dT%d%d$")
  end)

  it("is refused to a second run on the same host while the first is at work", function()
    open { create_seconds = 0.5 }
    sim:add_volume { name = "web" }
    local first = cloud:begin "rotate --volume web --keep-last 1"
    repeat
      sim:step(0.01)
    until #sim.store.snapshots > 0
    local _, err, status = run "--volume web --keep-last 1"
    assert.equal(7, status)
    assert.truthy(err:find("/rotate is being worked on by another run: process "
      .. first.pid .. ", since 2", 1, true), err)
    _, err, status = cloud:finish(first)
    assert.same({ "", 0 }, { err, status })
    assert.equal(1, #sim.store.snapshots)
  end)

  it("leaves one snapshot where two hosts make theirs in the same instant", function()
    open()
    local web = sim:add_volume { name = "web" }
    local handle, doubled = sim.handle, false
    sim.handle = function(self, request)
      local reply, plan = handle(self, request)
      if request.method == "POST" and request.path:find "/snapshots$" and not doubled then
        doubled = true -- the other host's
        local ours = sim.store.snapshots[#sim.store.snapshots]
        sim.store:add_snapshot { volume = sim.store.volume_by_id[web], name = ours.name,
          metadata = ours.metadata:copy(), id = "00000000-0000-0000-0000-000000000000" }
      end
      return reply, plan
    end
    local out, err, status = run "--volume web --keep-last 5"
    assert.same({ "", 0 }, { err, status })
    assert.truthy(out:find("web: made rotate-HOUR, 1 kept, 0 removed", 1, true), out)
    sim.store:advance()
    assert.equal(1, #sim.store.snapshots)
    assert.equal("00000000-0000-0000-0000-000000000000", sim.store.snapshots[1].id)
  end)

  it("leaves one snapshot where three hosts run at the same time", function()
    for round = 0, 3 do
      open { create_seconds = round * 0.1 }
      local web = sim:add_volume { name = "web" }
      nights(4, { volume_id = web, metadata = retention.mark "rotate" })
      local hosts = {}
      for i = 1, 3 do
        hosts[i] = cloud:begin_on_host(i, "rotate --volume web --keep-last 3")
      end
      for _, host in ipairs(hosts) do
        local out, err, status = cloud:finish(host)
        assert.same({ "", 0 }, { err, status }, out)
      end
      assert.equal("n3 n4 rotate-HOUR", good())
      assert.equal(3, #sim.store.snapshots)
      if round < 3 then
        cloud:close()
      end
    end
  end)

  it("is called wrongly without volumes or rules, and in contradictions", function()
    open()
    cloud:write("policy.lua", "return {")
    cloud:write("endless.lua", "while true do end")
    cloud:write("hungry.lua", "local s = 'xxxx' while true do s = s .. s end")
    for arguments, words in pairs {
      [""] = "name the volumes",
      ["--volume x"] = "would keep nothing",
      ["--volume x --volume-property a=b --keep-last 1"] = "give either --volume or",
      ["--volume x --keep-last 1 --name-format {date}"] = "there is no {date}; there are {policy}",
      ["--volume x --keep-last 1 --policy-name ' x'"] = "it begins or ends with a space",
      ["policy.lua"] = "policy.lua:1: ",
      ["endless.lua"] = "endless.lua:1: it does not end within",
      ["hungry.lua"] = "hungry.lua:1: it takes more than 512 KiB of memory",
      ["policy.lua --keep-last 1"] = "give either a policy file or --keep-… options",
      ["policy.lua --volume x"] = "--volume does not go with a policy file",
      ["policy.lua --slot day"] = "--slot does not go with a policy file",
    } do
      local _, err, status = run(arguments)
      assert.equal(2, status, arguments)
      assert.truthy(err:find(words, 1, true), err)
    end
    assert.same({}, sim.requests)
  end)

  it("works with version 1, whose names are the marks", function()
    open { api_version = 1 }
    local web = sim:add_volume { name = "web" }
    local out, err, status = run "--volume web --keep-last 2"
    assert.same({ "", 0 }, { err, status })
    assert.truthy(out:find("web: made rotate.rsnapshots.HOUR:00Z, 1 kept", 1, true), out)
    out = run "--volume web --keep-last 2"
    assert.truthy(out:find("web: found rotate.rsnapshots.HOUR:00Z, 1 kept", 1, true), out)
    assert.equal(web, sim.store.snapshots[1].volume_id)
    out, err, status = run "--volume web --keep-last 2 --name-format x"
    assert.equal(2, status)
    assert.truthy(err:find("keeps no metadata", 1, true), out)
  end)
end)
