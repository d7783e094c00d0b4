--- The screens of the commands, as a person sees them on a terminal of 96 columns at noon of
-- 6 March 2026.
local process = require "spec.support.process"
local retention = require "rsnapshots.retention"
local screen = require "spec.support.screen"
local served = require "spec.support.served_command"

local ID = ("%x"):rep(8) .. ("%-%x%x%x%x"):rep(3) .. "%-" .. ("%x"):rep(12)
local NOW, DAY, HOUR = 1772798400, 86400, 3600 -- 2026-03-06T12:00:00Z

-- The command's clock stands still, as the cloud's does until a spec moves it.
local SETUP = ([[
cd %%s
export LC_ALL=C.UTF-8 XDG_RUNTIME_DIR=%%s
export LUA_INIT='local time = os.time; os.time = function(t) return t and time(t) or %d end'
rsnapshots() { %s %s "$@"; }
]]):format(NOW, process.interpreter(), served.PROGRAM)

describe("the screen of", function()
  local cloud, sim, term

  local function nights(volume, count, before)
    for i = count, 1, -1 do
      local made = NOW - i * DAY + before
      sim:add_snapshots(1, { volume_id = volume, name = os.date("!nightly-%Y-%m-%d", made),
        metadata = retention.mark "nightly", created_at = made,
        status = volume == sim.db and i == 3 and "error" or nil,
        description = i == 1 and "before the upgrade to version 12" or nil })
    end
  end

  before_each(function()
    cloud = served.cloud { now = function() return NOW end, create_seconds = 60 }
    sim = cloud.sim
    sim.db = sim:add_volume { name = "db", size = 100 }
    local web = sim:add_volume { name = "web", size = 20 }
    nights(sim.db, 4, HOUR)
    nights(web, 5, 0)
    cloud:write("policy.lua", 'return { name = "nightly", volumes = { "web", "db" }, '
      .. 'slot = "day", keep_last = 2, keep_daily = 3 }')
    term = screen.open(96, 30, cloud.environment .. SETUP:format(cloud.folder, cloud.folder),
      function() sim:step(0.02) end)
  end)

  after_each(function()
    term:close()
    cloud:close()
  end)

  local function shows(expected, text)
    assert.equal(expected, (text:gsub(ID, "00000000-0000-0000-0000-000000000000")))
  end

  it("list", function()
    shows([[
+--------------------------------------+--------------------+---------------+-----------+------+
| ID                                   | Name               | Description   | Status    | Size |
+--------------------------------------+--------------------+---------------+-----------+------+
| 00000000-0000-0000-0000-000000000000 | nightly-2026-03-05 | before the u… | available |  100 |
| 00000000-0000-0000-0000-000000000000 | nightly-2026-03-05 | before the u… | available |   20 |
| 00000000-0000-0000-0000-000000000000 | nightly-2026-03-04 |               | available |  100 |
| 00000000-0000-0000-0000-000000000000 | nightly-2026-03-04 |               | available |   20 |
| 00000000-0000-0000-0000-000000000000 | nightly-2026-03-03 |               | error     |  100 |
| 00000000-0000-0000-0000-000000000000 | nightly-2026-03-03 |               | available |   20 |
| 00000000-0000-0000-0000-000000000000 | nightly-2026-03-02 |               | available |  100 |
| 00000000-0000-0000-0000-000000000000 | nightly-2026-03-02 |               | available |   20 |
| 00000000-0000-0000-0000-000000000000 | nightly-2026-03-01 |               | available |   20 |
+--------------------------------------+--------------------+---------------+-----------+------+]],
      term:run "rsnapshots list")
  end)

  it("wait", function()
    term:run "rsnapshots create before-upgrade --volume web -f value -c name"
    term:start "rsnapshots wait before-upgrade; echo status $?"
    shows("$ rsnapshots wait before-upgrade; echo status $?\nbefore-upgrade: creating 0%",
      term:await "creating")
    sim:advance(61)
    shows("status 0", term:finish())
  end)

  it("prune --dry-run", function()
    shows([[
db (00000000-0000-0000-0000-000000000000):
  3 kept (300 GiB), 1 to be removed (100 GiB), counting from 2026-03-05 13:00:00 +00:00
  keep    00000000-0000-0000-0000-000000000000  2026-03-05 13:00:00 +00:00
          nightly-2026-03-05 (last snapshot; daily snapshot)
  keep    00000000-0000-0000-0000-000000000000  2026-03-04 13:00:00 +00:00
          nightly-2026-03-04 (last snapshot; daily snapshot)
  remove  00000000-0000-0000-0000-000000000000  2026-03-03 13:00:00 +00:00
          nightly-2026-03-03 (failed, and 00000000-0000-0000-0000-000000000000 is newer)
  keep    00000000-0000-0000-0000-000000000000  2026-03-02 13:00:00 +00:00
          nightly-2026-03-02 (daily snapshot)

web (00000000-0000-0000-0000-000000000000):
  3 kept (60 GiB), 2 to be removed (40 GiB), counting from 2026-03-05 12:00:00 +00:00
  keep    00000000-0000-0000-0000-000000000000  2026-03-05 12:00:00 +00:00
          nightly-2026-03-05 (last snapshot; daily snapshot)
  keep    00000000-0000-0000-0000-000000000000  2026-03-04 12:00:00 +00:00
          nightly-2026-03-04 (last snapshot; daily snapshot)
  keep    00000000-0000-0000-0000-000000000000  2026-03-03 12:00:00 +00:00
          nightly-2026-03-03 (daily snapshot)
  remove  00000000-0000-0000-0000-000000000000  2026-03-02 12:00:00 +00:00
          nightly-2026-03-02 (last: 3 newer; daily 2026-03-02: 3 newer)
  remove  00000000-0000-0000-0000-000000000000  2026-03-01 12:00:00 +00:00
          nightly-2026-03-01 (last: 4 newer; daily 2026-03-01: 3 newer)

6 kept (360 GiB), 3 to be removed (140 GiB)]],
      term:run "rsnapshots prune --policy policy.lua --dry-run")
  end)

  it("prune, which asks first", function()
    local QUESTION = "3 snapshots %(140 GiB%) will be removed%.\nGo on%? %[y/N%]$"
    term:start "rsnapshots prune --policy policy.lua; echo status $?"
    term:await(QUESTION)
    term:press("n", "Enter")
    assert.matches("rsnapshots prune: nothing was removed\nstatus 0$", term:finish())
    assert.equal(0, cloud:changes())
    term:start "rsnapshots prune --policy policy.lua; echo status $?"
    term:await(QUESTION)
    term:press "C-c"
    assert.matches("rsnapshots prune: interrupted\nstatus 130$", term:finish())
    assert.equal(0, cloud:changes())
    term:start "rsnapshots prune --policy policy.lua; echo status $?"
    term:await(QUESTION)
    term:press("y", "Enter")
    assert.matches("\n3 removed\nstatus 0$", term:finish())
    assert.equal(6, #sim.store.snapshots)
  end)

  it("rotate, with its progress, and once more", function()
    local before = #sim.store.snapshots
    term:start "rsnapshots rotate policy.lua; echo status $?"
    assert.matches("creating 0%%$", term:await "creating")
    while #sim.store.snapshots < before + 2 do -- the clock moves when both are under way
      sim:step(0.01)
    end
    sim:advance(61)
    shows([[
web: made nightly-2026-03-06, 3 kept, 3 removed
db: made nightly-2026-03-06, 3 kept, 2 removed
2 of 2 volumes done, 5 snapshots removed
status 0]], term:finish())
    shows([[
web: found nightly-2026-03-06, 3 kept, 0 removed
db: found nightly-2026-03-06, 3 kept, 0 removed
2 of 2 volumes done, 0 snapshots removed]], term:run "rsnapshots rotate policy.lua")
  end)

  it("check", function()
    sim:add_volume { name = "new" }
    shows([[
SNAPSHOTS CRITICAL - 2 of 3 volumes: new: there is no good snapshot | 'web'=86400s;82800;180000;
0 'db'=82800s;82800;180000;0
CRITICAL: new - there is no good snapshot (0 good, 0 failed)
WARNING: web - the newest good snapshot is 1d old (5 good, 0 failed)
OK: db - the newest good snapshot is 23h old (3 good, 1 failed)
status 2]],
      term:run("rsnapshots check --volume db --volume web --volume new --warning 23h; "
        .. "echo status $?"))
  end)

  it("timeline", function()
    shows([[
         2026-03
       27     06
web  ····□□■■■·  3 kept, 2 to be removed
db   ·····■✗■■·  3 kept, 1 failed

■ kept   □ to be removed   ◧ some of each   ✗ failed   ◌ in progress   · none that day]],
      term:run "rsnapshots timeline --policy policy.lua --days 10")
  end)
end)
