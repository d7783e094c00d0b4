-- `rsnapshots simulate` as a process of its own.

local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"
local simulated = require "spec.support.simulated"
local simulator = require "rsnapshots.simulator"
local socket = require "socket"

local COMMAND = process.interpreter() .. " bin/rsnapshots "

-- Runs to the end: standard output, standard error, exit status.
local function run(arguments)
  local path = os.tmpname()
  local pipe = io.popen(("%s %s 2>%s; echo $?"):format(COMMAND, arguments, path))
  local out, status = pipe:read("*a"):match("^(.-)(%d+)\n$")
  pipe:close()
  local file = assert(io.open(path))
  local err = file:read("*a")
  file:close()
  os.remove(path)
  return out, err, tonumber(status)
end

-- Starts, and reads what is printed: the pipe, the process, the variables by name, the text.
local function start(arguments)
  local pipe = io.popen(("sh -c 'echo $$; exec %s simulate %s' 2>/dev/null; echo $?")
    :format(COMMAND, arguments))
  local pid = pipe:read("*l")
  local lines, exports = {}, {}
  repeat
    local line = pipe:read("*l")
    assert(line, "the simulator did not start")
    lines[#lines + 1] = line
    local name, value = line:match("^export ([%u_]+)=(%S+)$")
    exports[name or ""] = value
  until name == "OS_VOLUME_API_VERSION"
  return pipe, pid, exports, table.concat(lines, "\n")
end

local function interrupt(pipe, pid)
  os.execute("kill -INT " .. pid)
  local status = pipe:read("*a"):match("(%d+)\n$")
  pipe:close()
  return tonumber(status)
end

local function get(port, path)
  local sock = assert(socket.connect("127.0.0.1", port))
  sock:settimeout(60)
  sock:send(("GET %s HTTP/1.0\r\n\r\n"):format(path))
  local bytes = sock:receive("*a")
  sock:close()
  return bytes
end

describe("rsnapshots simulate", function()
  it("prints an environment, serves, and ends well when interrupted", function()
    local pipe, pid, exports, text = start("--quiet")
    local port = exports.OS_AUTH_URL:match("^http://127%.0%.0%.1:(%d+)/identity/v3$")
    assert.are.same({ "v3password", "demo", "demopw", "demo", "Default", "Default", "RegionOne",
      "3" }, { exports.OS_AUTH_TYPE, exports.OS_USERNAME, exports.OS_PASSWORD,
      exports.OS_PROJECT_NAME, exports.OS_USER_DOMAIN_NAME, exports.OS_PROJECT_DOMAIN_NAME,
      exports.OS_REGION_NAME, exports.OS_VOLUME_API_VERSION })
    local volume = text:match("# A volume: (%S+)")
    assert.matches("\nunset OS_CLOUD $(env ", text, 1, true)
    assert.is_truthy(get(port, "/noauth/v3/volumes/" .. volume):find('"status": "available"'))
    assert.are.equal(0, interrupt(pipe, pid))
  end)

  it("offers the versions it is told, with faults", function()
    local pipe, pid, exports = start('--api 1 --fault "GET /v1 status=503"')
    assert.are.same({ "rackspace_apikey", "demokey", "DFW", "1" }, { exports.OS_AUTH_TYPE,
      exports.RS_API_KEY, exports.RS_REGION_NAME, exports.OS_VOLUME_API_VERSION })
    local port = exports.RS_AUTH_URL:match(":(%d+)/identity/v2.0$")
    assert.is_truthy(get(port, "/v1/x"):find("^HTTP/1.1 503 "))
    assert.is_truthy(get(port, "/v3/x"):find("^HTTP/1.1 404 "))
    assert.are.equal(0, interrupt(pipe, pid))
  end)

  it("has volumes and snapshots as it is told", function()
    local server = simulated.start "--quiet --volumes 3 --snapshots 4"
    local client = assert(rsnapshots.connect(server.credentials()))
    local counts, volumes = {}, 0
    for snapshot in client:list() do
      counts[snapshot.volume_id] = (counts[snapshot.volume_id] or 0) + 1
    end
    for _, count in pairs(counts) do
      assert.equal(4, count)
      volumes = volumes + 1
    end
    assert.equal(3, volumes)
    assert.equal(4, counts[server.volume_id])
    client:close()
    server.stop()
  end)

  it("refuses wrong arguments with status 2, and says which", function()
    for arguments, message in pairs {
      [""] = "a command is missing",
      ["banana"] = "there is no command 'banana'",
      ["simulate --port x"] = "--port: must be a whole number from 0 to 65535, not 'x'",
      ["simulate --latency=-1"] = "--latency: must be a number of seconds from 0 to 3600, not '-1'",
      ["simulate --port 18080.5"] = "--port: must be a whole number from 0 to 65535",
      ["simulate --snapshots 2.5"] = "--snapshots: must be a whole number from 0 to 100000",
      ["simulate --volumes 0"] = "--volumes: must be a whole number from 1 to 100000, not '0'",
      ["simulate --api 4"] = "--api: must be one of 1, 2, 3, not '4'",
      ["simulate --quirk no_link"] = "there is no quirk 'no_link'; did you mean 'no_links'? "
        .. "(--quirk list shows them all)",
      ["simulate --quirk sort_refused --quirk no_links=2 -- true"]
        = "the quirk 'no_links' takes no number",
      ["simulate --fault foo"] = '"foo" is neither a method, nor a path, nor name=value',
    } do
      local out, err, status = run(arguments)
      assert.are.equal("", out, arguments)
      assert.is_truthy(err:find(message, 1, true), err)
      assert.are.equal(2, status)
    end
  end)

  it("fails with status 1 when it cannot listen", function()
    local busy = assert(socket.bind("127.0.0.1", 0))
    local _, port = busy:getsockname()
    local _, err, status = run("simulate --port " .. port)
    busy:close()
    assert.is_truthy(err:find("cannot listen on 127.0.0.1 port " .. port, 1, true), err)
    assert.are.equal(1, status)
  end)

  it("lists the quirks, a line for each", function()
    local out, err, status = run "simulate --quirk list"
    assert.same({ "", 0 }, { err, status })
    local lines = {}
    for line in out:gmatch "[^\n]+" do
      lines[#lines + 1] = line
    end
    assert.equal(#simulator.quirks(), #lines)
    assert.equal("no_links                 Pages end at the page limit (1000) and never link to "
      .. "the next one.", lines[2])
  end)

  it("answers as the odd service that it is told to be", function()
    local pipe, pid, exports = start "--quiet --quirk versions_429 --quirk encoding_utf8"
    local port = exports.OS_AUTH_URL:match ":(%d+)/"
    local bytes = get(port, "/")
    assert.matches("^HTTP/1.1 429 ", bytes)
    assert.matches("\r\nContent%-Encoding: utf%-8\r\n", bytes)
    assert.equal(0, interrupt(pipe, pid))
  end)

  it("stops when its standard input ends, and not before", function()
    local log = os.tmpname()
    local input = assert(io.popen(("%s simulate --until-eof --quiet >%s; echo ended >>%s")
      :format(COMMAND, log, log), "w"))
    local exports
    repeat
      input:write "anything\n"
      input:flush()
      exports = process.read(log)
    until exports:find("# It is ready.\n", 1, true)
    local port = exports:match "OS_AUTH_URL=http://127.0.0.1:(%d+)/"
    assert.matches("^HTTP/1.1 300 ", get(port, "/"))
    input:close() -- waits for it
    assert.matches("# It is ready.\nended\n$", process.read(log))
    assert.is_nil((socket.connect("127.0.0.1", port)))
    os.remove(log)
  end)

  it("helps", function()
    local out, _, status = run("simulate --help")
    assert.matches('A FAULT says which requests go wrong, and how: "GET /snapshots status=503',
      out, 1, true)
    assert.are.equal(0, status)
  end)
end)

describe("rsnapshots simulate with a command", function()
  it("runs it with the cloud in its environment, and ends as it ends", function()
    local out, err, status = run "simulate --snapshots 2 -- sh -c 'env; exit 7'"
    assert.same({ "", 7 }, { err, status })
    for name, value in pairs { OS_AUTH_TYPE = "v3password", OS_USERNAME = "demo",
        OS_PASSWORD = "demopw", OS_PROJECT_NAME = "demo", OS_REGION_NAME = "RegionOne",
        OS_VOLUME_API_VERSION = "3" } do
      assert.equal(value, out:match("%f[^\n%z]" .. name .. "=([^\n]*)"), name)
    end
    local port = out:match "OS_AUTH_URL=http://127.0.0.1:(%d+)/"
    assert.is_nil((socket.connect("127.0.0.1", port)))
  end)

  it("is a cloud that answers, as odd as it is told, with faults", function()
    local program = [[
      local client = assert(require("rsnapshots").connect())
      print(client:count(), client:list():next().id)
      print(select(2, client:get "none"))
    ]]
    local path = os.tmpname()
    process.write(path, 'package.path = "./lua/?.lua;./lua/?/init.lua;" .. package.path\n'
      .. ('package.cpath = "%s;" .. package.cpath\n'):format(package.cpath) .. program)
    local out, err, status = run(("simulate --snapshots 3 --quirk progress_90 --fault "
      .. "'/snapshots/none status=403' -- %s %s"):format(process.interpreter(), path))
    os.remove(path)
    assert.same({ "", 0 }, { err, status })
    assert.matches("^3\t%x+%-", out)
    assert.matches("\nforbidden: ", out)
  end)

  it("makes and deletes as fast as it is told", function()
    local out, err, status = run "simulate --create-seconds 0 --delete-seconds 90000 -- true"
    assert.same({ "", 2 }, { out, status })
    assert.matches("--delete-seconds: must be a number of seconds from 0 to 86400", err, 1, true)
    out, err, status = run(([[simulate --snapshots 1 --create-seconds 0 --delete-seconds 3600 -- \
      sh -c 'R="%s"; V=$($R show snapshot-1 -f value -c volume_id)
        $R create made --volume $V -f value -c status; $R show made -f value -c status
        $R delete snapshot-1; $R show snapshot-1 -f value -c status']]):format(COMMAND))
    assert.same({ "creating\navailable\ndeleting\n", "", 0 }, { out, err, status })
  end)

  it("gives Rackspace's variables for version 1", function()
    local out, _, status = run
      "simulate --api 1 -- sh -c 'echo $RS_USERNAME $RS_API_KEY $OS_USERNAME'"
    assert.same({ "demo demokey\n", 0 }, { out, status })
  end)

  it("passes words, standard input and signals on as they are", function()
    local out, _, status = run [[simulate -- printf '<%s>' "it's" 'a b' '$HOME' ''  --port]]
    assert.same({ "<it's><a b><$HOME><><--port>", 0 }, { out, status })
    out = process.run(("echo hello | %s simulate -- cat"):format(COMMAND))
    assert.equal("hello\n", out)
    assert.equal(128 + 15, select(3, run "simulate -- sh -c 'kill -TERM $$'"))
    assert.equal(127, select(3, run "simulate -- ./no/such/command"))
  end)

  it("shows nobody the password", function()
    local out = run [[simulate -- sh -c 'for p in $PPID $(cat /proc/$PPID/task/$PPID/children)
      do tr "\0" " " </proc/$p/cmdline; echo; done']]
    assert.matches("simulate --until-eof", out, 1, true)
    assert.is_nil(out:find("demopw", 1, true))
  end)

  it("leaves nothing behind", function()
    local folder = process.directory()
    local out = process.run(("TMPDIR=%s %s simulate -- sh -c 'ls %s | wc -l'"):format(folder,
      COMMAND, folder))
    assert.equal("1\n", out)
    assert.equal("0\n", (process.run("ls -A " .. folder .. " | wc -l")))
    os.remove(folder)
  end)

  it("does not run it where there is no cloud", function()
    local busy = assert(socket.bind("127.0.0.1", 0))
    local _, port = busy:getsockname()
    local out, err, status = run(("simulate --port %d -- echo ran"):format(port))
    busy:close()
    assert.same({ "", 1 }, { out, status })
    assert.matches("cannot listen on 127.0.0.1 port " .. port, err, 1, true)
  end)
end)
