--- What goes wrong: at the service, at standard output, and by signals.
local command = require "spec.support.command"
local process = require "spec.support.process"
local screen = require "spec.support.screen"

local LATER = "status=503 header-Retry-After=3600" -- nobody waits for that

local FAULTS = { -- of what the service answers, the exit status, and the time there is
  { "status=400", 1, "invalid" }, { "status=403", 4, "forbidden" },
  { "status=404", 5, "not_found" }, { "status=409", 7, "conflict" },
  { LATER, 6, "server" }, { "cut=before", 6, "network" },
  { "status=200 body={", 1, "decode" }, { "stall=yes", 6, "timeout", 0.5 },
}

describe("a failure", function()
  local faulty

  setup(function()
    local faults = {}
    for i, fault in ipairs(FAULTS) do
      faults[i] = ("--fault 'GET /snapshots/detail query=limit=%d %s'"):format(i, fault[1])
    end
    faulty = command.cloud(table.concat(faults, " "))
  end)

  teardown(function() faulty.stop() end)

  -- All at once, because two of them are retried for a while.
  it("has the exit status of its kind", function()
    local lines = {}
    for i, fault in ipairs(FAULTS) do
      lines[i] = ("{ $R list --limit %d --timeout %g 2>&1 >>$T/out; echo status $?; } >$T/%d &")
        :format(i, fault[4] or 60, i)
    end
    local told = faulty:shell(([[T=$(mktemp -d)
      %s
      wait; cat $T/[1-8] $T/out; rm -r $T]]):format(table.concat(lines, "\n")))
    for _, fault in ipairs(FAULTS) do
      local line = ("rsnapshots list: %s: [^\n]*\nstatus %d\n"):format(fault[3], fault[2])
      assert.matches("^" .. line, told, fault[1])
      told = told:gsub("^" .. line, "")
    end
    assert.equal("", told) -- of standard output
  end)

  it("of authentication has status 4, and tells no secret", function()
    local _, err, status = faulty:shell "OS_PASSWORD=wr0ngsecret $R list"
    assert.equal(4, status)
    assert.matches("^rsnapshots list: auth: ", err)
    assert.is_nil(err:find("wr0ngsecret", 1, true))
  end)

  it("of quota has status 7; with others that were made, 3", function()
    local full = '{"overLimit":{"code":413,"message":"SnapshotLimitExceeded:_quota_used_up"}}'
    local cloud = command.cloud(("--fault 'POST /snapshots status=413 after=1 body=%s'")
      :format(full))
    local volume = " --volume " .. cloud.volume_id
    local out, err, status = cloud:run("create a -f value -c name" .. volume:rep(3))
    assert.same({ "a\n", 3 }, { out, status })
    assert.matches("quota: .*rsnapshots create: 2 of 3 failed\n$", err)
    out, err, status = cloud:run("create b -f value -c name" .. volume)
    assert.same({ "", 7 }, { out, status })
    assert.matches("^rsnapshots create: quota: ", err)
    cloud.stop()
  end)

  it("in the middle of a list leaves no table behind, as if that were all", function()
    local cloud = command.cloud("--snapshots 5 --fault 'GET query=marker= " .. LATER .. "'")
    for _, format in ipairs { "table", "json" } do
      local out, err, status = cloud:run("list --limit 2 -f " .. format)
      assert.same({ "", 6 }, { out, status }, err)
    end
    cloud.stop()
  end)

  it("that nobody expected is told as a fault of ours, and ends with status 1", function()
    local script = ([[
      package.loaded["rsnapshots.cli.list"] = { name = "list", summary = "x.",
        run = function() return ({}).x.y end }
      os.exit(require("rsnapshots.cli").main { "list", "--debug" })]])
    local path = os.tmpname()
    process.write(path, script)
    local output, status = process.run(("LUA_PATH=%s LUA_CPATH=%s %s %s"):format(
      process.quote(package.path), process.quote(package.cpath), process.interpreter(), path))
    os.remove(path)
    assert.equal(1, status)
    assert.matches("rsnapshots list: this should not happen, please report it: .*stack traceback",
      output)
  end)
end)

describe("standard output", function()
  local cloud

  setup(function() cloud = command.cloud "--snapshots 3" end)
  teardown(function() cloud.stop() end)

  it("on a full disk is a failure, for every command that prints", function()
    for _, arguments in ipairs { "list", "list -f csv", "show snapshot-1 -f json", "--help",
      "list --help", "--version" } do
      local _, err, status = cloud:shell(("$R %s >/dev/full"):format(arguments))
      assert.equal(1, status, arguments)
      assert.matches("standard output: cannot write: No space left on device\n$", err)
    end
  end)

  it("that is closed is a failure, and nothing is written anywhere else", function()
    local _, err, status = cloud:shell "$R list >&-"
    assert.equal(1, status)
    assert.equal("rsnapshots list: standard output: cannot write: Bad file descriptor\n", err)
    _, _, status = cloud:shell "$R list -f value <&- 2>&- >/dev/null"
    assert.equal(0, status)
  end)

  it("into a pipe that nobody reads ends a list silently, with status 141", function()
    local _, err = cloud:shell "{ $R list; echo $? >&2; } | true"
    assert.equal("141\n", err)
  end)

  it("that nobody reads does not keep a change from being made, and is told", function()
    local _, err = cloud:shell(("{ $R create piped --volume %s; echo $? >&2; } | true")
      :format(cloud.volume_id))
    assert.equal("rsnapshots create: standard output: cannot write: Broken pipe\n1\n", err)
    assert.equal("piped\n", (cloud:run "list --name piped -f value -c name"))
  end)

  it("on a full disk is a failure also of what was changed, and keeps none of it", function()
    local volume = " --volume " .. cloud.volume_id
    for _, arguments in ipairs { "create full" .. volume, "rotate --keep-last 9" .. volume,
      "rotate --keep-last 9 --dry-run" .. volume, "check" .. volume, "timeline",
      "prune --keep-last 1 --all --yes --max-remove unlimited" } do
      local _, err, status = cloud:shell(("$R %s >/dev/full"):format(arguments))
      assert.equal(1, status, arguments)
      assert.matches("standard output: cannot write: No space left on device\n$", err)
    end
    assert.equal("full\n", (cloud:run "list --name full -f value -c name"))
    assert.equal(1, select(2, cloud:run "list --name-like rotate -f value -c name"
      :gsub("rotate%-[^\n]*\n", "")))
    assert.equal("3\n", (cloud:shell "$R list --name-like snapshot -f value -c name | wc -l"))
  end)

  it("of a disk that is full does not lose what went wrong", function()
    local _, err, status = cloud:shell "$R show snapshot-1 nope >/dev/full"
    assert.equal(1, status)
    assert.matches("there is no snapshot with the name or id 'nope'", err, 1, true)
    assert.matches("No space left on device", err, 1, true)
  end)
end)

describe("a signal", function()
  local cloud, term

  -- Twelve at once of which eight are under way; none has ended.
  setup(function()
    cloud = command.cloud "--volumes 2 --fault 'POST /snapshots delay=1'"
    term = screen.open(100, 24, cloud:environment() .. "\nR=" .. process.quote(command.PROGRAM))
  end)

  teardown(function()
    term:close()
    cloud.stop()
  end)

  local function start_twelve()
    term:start(("$R create x $(printf -- '--volume %%s ' %s) -f value -c name; echo status $?")
      :format((cloud.volume_id .. " "):rep(12)))
    term:await "0 of 12"
  end

  it("while something is changed lets it end, and begins nothing more", function()
    start_twelve()
    term:press "C-c"
    local text = term:finish()
    assert.matches("finishing what is under way, then stopping (a second signal stops at once)",
      text, 1, true)
    local made = select(2, text:gsub("%f[^\n]x\n", ""))
    local line = text:gsub("\n", ""):match "not done: (.*)" -- it is wrapped
    local left = select(2, line:gsub("volume " .. cloud.volume_id:gsub("%-", "%%-"), ""))
    assert.equal(12, made + left) -- eight and four, unless the signal comes while they begin
    assert.is_true(left >= 4)
    assert.matches("\nstatus 130$", text)
    assert.equal(made, select(2, cloud:run "list -f value -c id":gsub("\n", "")))
  end)

  it("a second time ends that, too, and says of what nobody knows", function()
    start_twelve()
    term:press "C-c"
    term:await "a second signal stops at once"
    term:press "C-c"
    local text = term:finish()
    assert.matches("unknown whether done: volume ", text)
    assert.matches("not done: volume ", text)
    assert.matches("status 130$", text)
  end)

  it("from another program ends a wait with its own status", function()
    local id = cloud:create "waited"
    -- sent once the process catches SIGTERM, which is bit 14 of what its status says
    local line = [[env --default-signal=HUP $R wait %s --deleted & pid=$!
      until grep -q '^SigCgt:.*[4-7c-f]...$' /proc/$pid/status; do sleep 0.02; done
      kill -s %s $pid; wait $pid]]
    for name, status in pairs { INT = 130, TERM = 143, HUP = 129 } do
      local _, err, ended = cloud:shell(line:format(id, name))
      assert.matches("^rsnapshots wait: interrupted[^\n]*\n$", err) -- by then it may wait
      assert.equal(status, ended)
    end
  end)
end)
