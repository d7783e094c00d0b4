--- `rsnapshots check`: how old the newest good snapshots are, for monitoring.
local cjson = require "cjson"
local process = require "spec.support.process"
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

local HOUR = 3600

describe("check", function()
  local cloud, sim

  before_each(function()
    cloud = served.cloud()
    sim = cloud.sim
  end)

  after_each(function()
    cloud:close()
  end)

  -- A volume whose newest snapshot is so many hours old.
  local function volume(name, hours, more)
    local id = sim:add_volume { name = name, metadata = { backup = "yes" } }
    local spec = { volume_id = id, metadata = retention.mark "nightly",
      seconds = hours * HOUR + 30 }
    for key, value in pairs(more or {}) do
      spec[key] = value
    end
    local ids = sim:add_snapshots(2, spec) -- the older one is so old
    sim.store:remove_snapshot(sim:find_snapshot(ids[2]))
    return id
  end

  local function check(arguments, status)
    local out, err, ended = cloud:run("check " .. arguments)
    assert.equal(status, ended, out .. err)
    return out, err
  end

  it("is ok, warning or critical by the newest good snapshot", function()
    volume("a", 1)
    volume("b", 30)
    volume("c", 60)
    assert.truthy(check("--volume a", 0):find("^SNAPSHOTS OK %- 1 volume"))
    local out = check("--volume a --volume b", 1)
    assert.truthy(out:find("SNAPSHOTS WARNING - 1 of 2 volumes: b: the newest good snapshot is "
      .. "1d6h old | ", 1, true), out)
    assert.truthy(check("--volume a --volume b --volume c", 2):find("SNAPSHOTS CRITICAL - 2 of 3",
      1, true))
    check("--volume b --warning 31h", 0)
    check("--volume b --warning 1h --critical 29h", 2)
  end)

  it("is critical for a volume without a good snapshot, however many failed ones it has", function()
    volume("a", 1, { status = "error" })
    sim:add_volume { name = "b" }
    for _, name in ipairs { "a", "b" } do
      assert.truthy(check("--volume " .. name, 2):find("there is no good snapshot", 1, true))
    end
  end)

  it("counts what a policy made where it is asked for by policy", function()
    volume("a", 1, { metadata = {} })
    cloud:write("policy.lua", 'return { name = "nightly", volumes = { "a" }, keep_last = 1 }')
    check("--volume a", 0)
    check("--policy policy.lua", 2)
  end)

  it("takes volumes by property, and is unknown where there are none", function()
    volume("a", 1)
    volume("b", 30)
    check("--volume-property backup=yes", 1)
    assert.truthy(check("--volume-property backup=no", 3):find(
      "SNAPSHOTS UNKNOWN - 1 of 1 volumes: backup=no: no volume has this property", 1, true)
      or check("--volume-property backup=no", 3):find("no volume has this property", 1, true))
  end)

  it("is unknown in words of Nagios where the service cannot be asked", function()
    sim:fault { path = "/v3/auth", status = 401, body = "{}" }
    local out, err = check("--volume a", 3)
    assert.truthy(out:find("^SNAPSHOTS UNKNOWN %- auth: "), out)
    assert.equal("", err)
    out, err = check("--volume a -f prometheus", 3)
    assert.equal("", out)
    assert.truthy(err:find("rsnapshots check: auth: ", 1, true))
  end)

  it("looks at the other volumes where one cannot be looked at", function()
    volume("a", 60)
    assert.truthy(check("--volume nope --volume a", 2):find("UNKNOWN: nope - there is no volume", 1,
      true))
  end)

  it("is JSON, and a file for Prometheus that is replaced at one moment", function()
    volume("a", 30)
    local document = cjson.decode((check("--volume a -f json", 1)))
    assert.same({ "warning", "a", 1 }, { document.level, document.volumes[1].volume,
      document.volumes[1].good })
    cloud:write("x.prom", "old")
    assert.equal("", (check("--volume a -f prometheus --output x.prom", 1)))
    local text = process.read(cloud.folder .. "/x.prom")
    assert.truthy(text:find('\nrsnapshots_check_status{volume_id="[%x-]+",volume="a"} 1\n'), text)
    assert.is_false(process.exists(cloud.folder .. "/x.prom.new"))
  end)

  it("leaves the file as it was, and is unknown, where it cannot be written", function()
    volume("a", 1)
    local _, err = check("--volume a -f prometheus --output /nowhere/x.prom", 3)
    assert.truthy(err:find("the output cannot be written: /nowhere/x.prom: ", 1, true), err)
  end)

  it("is called wrongly without volumes, and with ages that are none", function()
    for arguments, words in pairs {
      [""] = "name the volumes",
      ["--volume a --policy x"] = "give one of",
      ["--volume a --warning 2w"] = "--warning: must be an age such as 26h",
      ["--volume a --warning 60h"] = "--warning must not be greater than --critical",
      ["--policy nope.lua"] = "the policy file cannot be read",
      ["--volume a -f nagos"] = "did you mean 'nagios'?",
    } do
      local _, err = check(arguments, 2)
      assert.truthy(err:find(words, 1, true), err)
    end
    assert.same({}, sim.requests)
  end)
end)

describe("timeline", function()
  local cloud, sim

  before_each(function()
    cloud = served.cloud()
    sim = cloud.sim
    local db = sim:add_volume { name = "db" }
    sim:add_volume { name = "empty" }
    sim:add_snapshots(10, { volume_id = db, seconds = 86400, metadata = retention.mark "nightly" })
    sim:add_snapshots(1, { volume_id = db, status = "error", metadata = retention.mark "nightly" })
  end)

  after_each(function()
    cloud:close()
  end)

  local function rows(arguments)
    local out, err, status = cloud:run("timeline " .. arguments)
    assert.same({ "", 0 }, { err, status })
    return out
  end

  it("draws a row for each volume that has snapshots, or is named", function()
    cloud.environment = cloud.environment .. "export LC_ALL=C\n"
    assert.truthy(rows("--days 12"):find("\ndb  ..#########X  10 kept, 1 failed\n\n# kept", 1,
      true))
    assert.truthy(rows("--days 12 --volume empty"):find("\nempty  ............  no snapshot\n", 1,
      true))
    assert.truthy(rows("--days 12 --status error"):find("\ndb  ...........X  1 failed\n", 1, true))
    cloud.environment = cloud.environment .. "export LC_ALL=C.UTF-8\n"
    assert.truthy(rows("--days 12"):find("\ndb  ··■■■■■■■■■✗  10 kept", 1, true))
  end)

  it("draws what a policy keeps, and what would go", function()
    cloud.environment = cloud.environment .. "export LC_ALL=C\n"
    cloud:write("policy.lua", 'return { name = "nightly", volumes = { "db", "empty" }, '
      .. "keep_daily = 3 }")
    assert.truthy(rows("--days 12 --policy policy.lua"):find(
      "\ndb     ..-------##X  3 kept, 7 to be removed, 1 failed\n"
        .. "empty  ............  no snapshot\n", 1, true))
    assert.equal("", rows "--policy policy.lua --html page.html")
    local page = process.read(cloud.folder .. "/page.html")
    assert.truthy(page:find("<h1>Snapshots of nightly</h1>", 1, true))
    assert.truthy(page:find("3 kept, 7 to be removed, 1 failed", 1, true))
  end)

  it("draws the volumes that are there, each once", function()
    cloud:write("policy.lua", 'return { name = "nightly", volumes = { "nope", "empty" }, '
      .. "keep_daily = 3 }")
    for _, arguments in ipairs { "--volume nope --volume empty --volume empty",
      "--policy policy.lua" } do
      local out, err, status = cloud:run("timeline --days 12 " .. arguments)
      assert.equal(3, status)
      assert.truthy(err:find("not_found: there is no volume with the name or id 'nope'", 1, true))
      assert.equal(1, select(2, out:gsub("\nempty ", "")), out)
    end
    assert.equal(5, select(3, cloud:run "timeline --volume nope"))
    cloud.environment = cloud.environment .. "export LC_ALL=C\n"
    assert.truthy(rows("--days 12 --volume db --volume db"):find("10 kept, 1 failed\n", 1, true))
  end)

  it("changes nothing, and says what is called wrongly", function()
    rows ""
    for arguments, words in pairs { ["--days 0"] = "--days: must be a whole number from 1",
      ["--policy x --volume y"] = "--volume does not go with --policy",
      ["--policy nope.lua"] = "the policy file cannot be read" } do
      local _, err, status = cloud:run("timeline " .. arguments)
      assert.equal(2, status)
      assert.truthy(err:find(words, 1, true), err)
    end
    local _, err, status = cloud:run "timeline --html /nowhere/x.html"
    assert.equal(1, status)
    assert.truthy(err:find("the page cannot be written: /nowhere/x.html", 1, true))
    assert.equal(0, cloud:changes())
  end)
end)
