-- `rsnapshots simulate` as a process of its own.

local rsnapshots = require "rsnapshots"
local simulated = require "spec.support.simulated"
local socket = require "socket"

-- The interpreter these specs run under.
local function interpreter()
  local i = 0
  while arg[i - 1] do
    i = i - 1
  end
  return arg[i]
end

local COMMAND = interpreter() .. " bin/rsnapshots "

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
  sock:settimeout(5)
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
    assert.matches("\nunset OS_CLOUD RS_AUTH_URL RS_USERNAME RS_API_KEY RS_REGION_NAME\n", text, 1,
      true)
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

  it("helps", function()
    local out, _, status = run("simulate --help")
    assert.matches('A FAULT says which requests go wrong, and how: "GET /snapshots status=503',
      out, 1, true)
    assert.are.equal(0, status)
  end)
end)
