-- Answers that are none: wrong lengths, bad chunks, no HTTP at all, heads and bodies without end,
-- compressed bombs, silence at every moment. Each ends in time, with the right kind of error.
--
-- RS_GARBAGE (default 500): how many answers of random bytes. RS_GARBAGE_SEED (1): which ones.

local core = require "rsnapshots.core"
local process = require "spec.support.process"
local random_numbers = require "spec.support.random"
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local COUNT = tonumber(os.getenv "RS_GARBAGE" or 500)
local SEED = tonumber(os.getenv "RS_GARBAGE_SEED" or 1)

local ID = "0b9b9e2e-7c52-4b1c-9a44-3f0a4a3d0001"
local SNAPSHOT = '{"snapshot": {"id": "' .. ID .. '", "status": "available", "size": 1, '
  .. '"volume_id": "v", "name": "as it should be"}}'
local TIMEOUT = 0.3

local server, respond

local function start()
  server = raw_server.new(function(request)
    return respond(request)
  end)
end

local function connect(options, wait)
  local merged = { auth_type = "none", endpoint = server.url .. "/v2/p",
    wait = wait or server.wait, retries = 0, timeout = 60 }
  for name, value in pairs(options or {}) do
    merged[name] = value
  end
  return assert(rsnapshots.connect(merged))
end

-- A wait, and what is asked of it, which does not depend on how busy the machine is: the longest
-- time, in seconds, and the longest one in which nothing came.
local function watched()
  local waits = { longest = 0, in_vain = 0 }
  return waits, function(fd, events, seconds)
    waits.longest = math.max(waits.longest, seconds)
    local came = server.wait(fd, events, seconds)
    waits.in_vain = came and waits.in_vain or math.max(waits.in_vain, seconds)
    return came
  end
end

-- Runs an operation on a client of its own; the results, and its waits.
local function run_alone(options, operate)
  local waits, wait = watched()
  local client = connect(options, wait)
  local result, err = operate(client)
  client:close()
  return result, err, waits
end

local function get(client)
  return client:get(ID)
end

local function create(client)
  return client:create { volume_id = "v", name = "x" }
end

local function head(...)
  return table.concat({ ... }, "\r\n") .. "\r\n\r\n"
end

local LENGTH = "Content-Length: " .. #SNAPSHOT
local CHUNKED = "Transfer-Encoding: chunked"
local LONG = ("x"):rep(300000)

local function chunk(size, text)
  return size .. "\r\n" .. text .. "\r\n"
end

local WHOLE_CHUNK = chunk(("%x"):format(#SNAPSHOT), SNAPSHOT)

-- what it is, the bytes, the kind of error (or "good")
local ANSWERS = {
  { "as it should be", head("HTTP/1.1 200 OK", LENGTH) .. SNAPSHOT, "good" },
  -- lengths
  { "a length that is too long", head("HTTP/1.1 200 OK", "Content-Length: 999") .. SNAPSHOT,
    "network" },
  { "a length that is too short", head("HTTP/1.1 200 OK", "Content-Length: 20") .. SNAPSHOT,
    "decode" },
  { "a negative length", head("HTTP/1.1 200 OK", "Content-Length: -1") .. SNAPSHOT, "decode" },
  { "a huge length", head("HTTP/1.1 200 OK", "Content-Length: 9223372036854775807") .. SNAPSHOT,
    "network" },
  { "a length beyond 64 bits",
    head("HTTP/1.1 200 OK", "Content-Length: 99999999999999999999999999") .. SNAPSHOT,
    "good decode" },
  { "two lengths", head("HTTP/1.1 200 OK", LENGTH, "Content-Length: 20") .. SNAPSHOT, "decode" },
  { "a length of junk", head("HTTP/1.1 200 OK", "Content-Length: abc") .. SNAPSHOT, "decode" },
  -- chunks
  { "chunks", head("HTTP/1.1 200 OK", CHUNKED) .. WHOLE_CHUNK .. "0\r\n\r\n", "good" },
  { "a chunk whose size is no number", head("HTTP/1.1 200 OK", CHUNKED) .. chunk("zz", SNAPSHOT),
    "decode" },
  { "a chunk of a huge size",
    head("HTTP/1.1 200 OK", CHUNKED) .. chunk("ffffffffffffffffff", SNAPSHOT), "decode" },
  { "a chunk of nearly 2^63 bytes",
    head("HTTP/1.1 200 OK", CHUNKED) .. chunk("7fffffffffffffff", SNAPSHOT), "network" },
  { "a chunk of a negative size", head("HTTP/1.1 200 OK", CHUNKED) .. chunk("-5", SNAPSHOT),
    "decode" },
  { "a chunk without its line break", head("HTTP/1.1 200 OK", CHUNKED)
    .. ("%x\r\n%s0\r\n\r\n"):format(#SNAPSHOT, SNAPSHOT), "decode" },
  { "chunks without the last one", head("HTTP/1.1 200 OK", CHUNKED) .. WHOLE_CHUNK, "network" },
  { "a line of a chunk's size without end", head("HTTP/1.1 200 OK", CHUNKED) .. LONG, "decode" },
  -- what HTTP it is
  { "HTTP/0.9", SNAPSHOT, "decode" },
  { "nothing", "", "network" },
  { "HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", "decode" },
  { "HTTP/2 in the first line", head("HTTP/2 200", LENGTH) .. SNAPSHOT, "good decode" },
  { "HTTP/1.9", head("HTTP/1.9 200 OK", LENGTH) .. SNAPSHOT, "decode" },
  { "HTTP/1.0", head("HTTP/1.0 200 OK") .. SNAPSHOT, "good" },
  { "no status line", head("Content-Type: application/json", LENGTH) .. SNAPSHOT, "decode" },
  { "bytes that TLS begins with", "\22\3\1\2\0\1\0\1\252\3\3" .. ("r"):rep(64), "decode" },
  { "status 000", head("HTTP/1.1 000 Zero", LENGTH) .. SNAPSHOT, "decode" },
  { "status 099", head("HTTP/1.1 099 Low", LENGTH) .. SNAPSHOT, "decode" },
  { "status 1000", head("HTTP/1.1 1000 High", LENGTH) .. SNAPSHOT, "decode" },
  { "status abc", head("HTTP/1.1 abc OK", LENGTH) .. SNAPSHOT, "decode" },
  { "status 600", head("HTTP/1.1 600 Odd", LENGTH) .. SNAPSHOT, "server" },
  { "status 999", head("HTTP/1.1 999 Odd", LENGTH) .. SNAPSHOT, "server" },
  { "status 101", head("HTTP/1.1 101 Switching Protocols", "Upgrade: h2c") .. SNAPSHOT,
    "decode" },
  { "status 204", head("HTTP/1.1 204 No Content"), "decode" },
  { "status 304", head("HTTP/1.1 304 Not Modified"), "decode" },
  { "a few interim answers", ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n")
    :rep(5) .. head("HTTP/1.1 200 OK", LENGTH) .. SNAPSHOT, "good" },
  { "very many interim answers", ("HTTP/1.1 100 Continue\r\n\r\n"):rep(20000)
    .. head("HTTP/1.1 200 OK", LENGTH) .. SNAPSHOT, "decode" },
  -- heads
  { "a header with a NUL", head("HTTP/1.1 200 OK", "X-Odd: a\0b", LENGTH) .. SNAPSHOT, "decode" },
  { "a folded header", head("HTTP/1.1 200 OK", "X-Odd: a", " b", LENGTH) .. SNAPSHOT, "good" },
  { "a head that begins folded", head("HTTP/1.1 200 OK", " X-Odd: a", LENGTH) .. SNAPSHOT,
    "good decode" },
  { "a header without a colon", head("HTTP/1.1 200 OK", "nonsense", LENGTH) .. SNAPSHOT,
    "good decode" },
  { "line feeds alone", (head("HTTP/1.1 200 OK", LENGTH):gsub("\r", "")) .. SNAPSHOT, "good" },
  { "one very long line", head("HTTP/1.1 200 OK", "X-Long: " .. LONG, LENGTH) .. SNAPSHOT,
    "decode" },
  { "very many lines", head("HTTP/1.1 200 OK", ("X-Odd: yes\r\n"):rep(30000) .. LENGTH)
    .. SNAPSHOT, "decode" },
  { "a very long status line", "HTTP/1.1 200 " .. LONG .. "\r\n\r\n", "decode" },
  { "both length and chunks", head("HTTP/1.1 200 OK", "Content-Length: 3", CHUNKED)
    .. WHOLE_CHUNK .. "0\r\n\r\n", "good decode" },
  { "an unknown transfer coding", head("HTTP/1.1 200 OK", "Transfer-Encoding: identity, odd")
    .. SNAPSHOT, "good decode network" },
  { "a coding of the content that nobody asked for",
    head("HTTP/1.1 200 OK", "Content-Encoding: br", LENGTH) .. SNAPSHOT, "decode" },
  { "a body compressed by a dictionary that nobody has",
    head("HTTP/1.1 200 OK", "Content-Encoding: deflate", "Content-Length: 8")
    .. "\x78\xbb\1\2\3\4\5\6", "decode" },
  -- bodies
  { "an HTML page", head("HTTP/1.1 200 OK") .. "<html>welcome</html>", "decode" },
  { "an empty body", head("HTTP/1.1 200 OK", "Content-Length: 0"), "decode" },
  { "another object", head("HTTP/1.1 200 OK") .. '{"volume": {}}', "decode" },
  { "a list", head("HTTP/1.1 200 OK") .. '[]', "decode" },
  { "a snapshot that is a number", head("HTTP/1.1 200 OK") .. '{"snapshot": 1}', "decode" },
  { "a snapshot without an id", head("HTTP/1.1 200 OK") .. '{"snapshot": {}}', "decode" },
  { "nested very deep", head("HTTP/1.1 200 OK") .. '{"snapshot": ' .. ("["):rep(100000),
    "decode" },
}

local function one_of(kind, kinds)
  return (" " .. kinds .. " "):find(" " .. kind .. " ", 1, true) ~= nil
end

local function assert_fits(kinds, result, err)
  local kind = result and "good" or err.kind
  assert.is_true(one_of(kind, kinds), ("%s, not %s: %s"):format(kind, kinds, tostring(err)))
  if result then
    assert.equal("as it should be", result.name)
  else
    assert.is_true(rsnapshots.is_error(err))
  end
end

describe("an answer that is no answer: #slow", function()
  before_each(start)

  after_each(function()
    server:close()
  end)

  for _, case in ipairs(ANSWERS) do
    for _, ending in ipairs { "close", "reset" } do
      it(("%s, then a %s"):format(case[1], ending), function()
        respond = function()
          return { bytes = case[2], ending = ending }
        end
        local result, err, waits = run_alone({}, get)
        assert.is_true(waits.in_vain < 2)
        assert_fits(ending == "close" and case[3] or case[3] .. " network", result, err)
      end)
    end
  end

  it("any of these to a create is a snapshot, a refusal, or uncertain", function()
    for _, case in ipairs(ANSWERS) do
      respond = function() return case[2] end
      local result, err = run_alone({}, create)
      local refused = case[1] == "status 304"
      assert_fits(refused and "decode" or case[3]:find "good" and "good uncertain" or "uncertain",
        result, err)
      assert.equal(1, #server.requests, case[1])
      server.requests = {}
    end
  end)

  it("random bytes", function()
    local random = random_numbers(SEED)
    local begins = { "", "HTTP/1.1 200 OK\r\n", head("HTTP/1.1 200 OK"),
      head("HTTP/1.1 200 OK", CHUNKED), head("HTTP/1.1 200 OK", LENGTH),
      head("HTTP/1.1 200 OK", "Content-Encoding: gzip"), "HTTP/1.1 " }
    local kinds = {}
    for _ = 1, COUNT do
      local bytes = { begins[random(#begins)] }
      for i = 2, random(400) do
        bytes[i] = string.char(random(256) - 1)
      end
      local sent = table.concat(bytes)
      respond = function() return sent end
      local result, err, waits = run_alone({}, get)
      assert.is_nil(result)
      assert.is_true(waits.in_vain < 2)
      assert.is_true(one_of(err.kind, "decode network server invalid"), tostring(err))
      kinds[err.kind] = (kinds[err.kind] or 0) + 1
    end
    local parts = {}
    for kind, count in pairs(kinds) do
      parts[#parts + 1] = kind .. " " .. count
    end
    table.sort(parts)
    io.stderr:write(("\n%d answers of random bytes (seed %d): %s\n"):format(COUNT, SEED,
      table.concat(parts, ", ")))
  end)
end)

-- ------------------------------------------------------------------ compressed

-- Writes what Python's zlib makes of text on its standard input.
local function compressed(program)
  local pipe = assert(io.popen("env -u LD_PRELOAD python3 -c " .. process.quote(program)))
  local bytes = pipe:read "*a"
  pipe:close()
  assert(#bytes > 0, "python3 failed")
  return bytes
end

local COMPRESS = [[
import sys, zlib
c = zlib.compressobj(9, zlib.DEFLATED, %d)
sys.stdout.buffer.write(c.compress(%s) + c.flush())
]]

-- 1 GiB of zeros in about 1 MiB, made of 64 equal parts.
local BOMB = [[
import sys, zlib
c = zlib.compressobj(9, zlib.DEFLATED, %d)
begin = c.compress(b'') + c.flush(zlib.Z_FULL_FLUSH)
part = c.compress(bytes(1 << 24)) + c.flush(zlib.Z_FULL_FLUSH)
sys.stdout.buffer.write(begin + part * 64)
]]

local CODINGS = { gzip = 31, deflate = 15 }

local function resident(field)
  return tonumber(process.read("/proc/self/status"):match(field .. ":%s*(%d+) kB")) / 1024
end

-- The peak of the memory in use, in MiB, from here on.
local function reset_peak()
  collectgarbage()
  local file = io.open("/proc/self/clear_refs", "w")
  if file then
    file:write "5"
    file:close()
  end
  return resident "VmRSS"
end

describe("a compressed body #slow", function()
  before_each(start)

  after_each(function()
    server:close()
  end)

  local function answer(coding, body)
    respond = function()
      return raw_server.answer(200, body, nil, { "Content-Encoding: " .. coding })
    end
  end

  for coding, bits in pairs(CODINGS) do
    local body

    setup(function()
      body = compressed(COMPRESS:format(bits, "b'''" .. SNAPSHOT .. "'''"))
    end)

    it("is read: " .. coding, function()
      answer(coding, body)
      assert.equal("as it should be", assert(run_alone({}, get)).name)
    end)

    it("that is cut off is no answer: " .. coding, function()
      for size = 0, #body - 1 do
        answer(coding, body:sub(1, size))
        local result, err = run_alone({}, get)
        assert.equal(result and "as it should be", result and result.name)
        assert.is_true(err == nil and size >= #body - 12 or err.kind == "decode", tostring(err))
      end
    end)

    it("that is something else is no answer: " .. coding, function()
      for _, other in ipairs { SNAPSHOT, "", ("\255"):rep(100), body:reverse() } do
        answer(coding, other)
        local result, err = run_alone({}, get)
        assert.is_nil(result)
        assert.equal("decode", err.kind)
      end
    end)

    it("of 1 GiB in 1 MiB is refused in little memory #separate: " .. coding, function()
      local bomb = compressed(BOMB:format(bits))
      assert.is_true(#bomb < 1.2 * 1024 * 1024, #bomb .. " bytes")
      answer(coding, bomb)
      local before = reset_peak()
      local began = core.now()
      local result, err = run_alone({ timeout = 20 }, get)
      local seconds = core.now() - began
      local grown = resident "VmHWM" - before
      assert.is_nil(result)
      assert.equal("decode", err.kind)
      assert.matches("larger than allowed", err.message)
      assert.is_true(grown < 200, grown .. " MiB")
      answer(coding, bomb)
      local _, small = run_alone({ max_response_bytes = 1000 }, get)
      assert.equal("decode", small.kind)
      io.stderr:write(("\n%s bomb of %.1f MiB: refused within %.1f s, at most %.0f MiB more\n")
        :format(coding, #bomb / 1048576, seconds, grown))
    end)
  end
end)

-- --------------------------------------------------------------------- silence

describe("a server that stalls #slow", function()
  before_each(start)

  after_each(function()
    server:close()
  end)

  local HEAD = head("HTTP/1.1 200 OK", LENGTH)

  local function endless(first, again)
    return function()
      local piece = first
      return { source = function()
        local now = piece
        piece = again
        return now
      end }
    end
  end

  local function hold(bytes)
    return function()
      return { bytes = bytes, ending = "hang" }
    end
  end

  local STALLS = {
    ["before it reads anything"] = { deaf = true },
    ["before the first byte"] = { respond = hold "" },
    ["within the status line"] = { respond = hold "HTTP/1.1 2" },
    ["within the head"] = { respond = hold(HEAD:sub(1, 25)) },
    ["between head and body"] = { respond = hold(HEAD) },
    ["within the body"] = { respond = hold(HEAD .. SNAPSHOT:sub(1, 30)) },
    ["after an interim answer"] = { respond = hold "HTTP/1.1 100 Continue\r\n\r\n" },
    ["within a chunk"] = { respond = hold(head("HTTP/1.1 200 OK", CHUNKED) .. "50\r\n{") },
    ["never, but gives a byte of the head at a time"] = { respond = function()
      return { bytes = HEAD .. SNAPSHOT, pause = 0.02 }
    end },
    ["never, but gives a byte of the body at a time"] = { respond = function()
      local all, at = HEAD .. SNAPSHOT, 0
      return { pause = 0.02, source = function()
        at = at == 0 and #HEAD or at + 1
        return at <= #HEAD and all:sub(1, at) or all:sub(at, at)
      end }
    end },
  }

  for what, case in pairs(STALLS) do
    it(what .. " is given up in time", function()
      for operation, kind in pairs { [get] = "timeout", [create] = "uncertain" } do
        server.deaf, respond = case.deaf, case.respond
        local result, err, waits = run_alone({ timeout = TIMEOUT, retries = 4 }, operation)
        assert.is_nil(result)
        assert.equal(kind, err.kind, tostring(err))
        assert.equal("timeout", (err.cause or err).kind)
        assert.equal(1, err.attempts) -- there was no time for another
        assert.is_true(waits.longest <= TIMEOUT, waits.longest .. " s")
      end
    end)
  end

  -- Without end, and never idle: the time, or the maximum, whichever comes first.
  local ENDLESS = {
    ["a body"] = endless(head("HTTP/1.1 200 OK"), ("x"):rep(1000)),
    ["a body of chunks"] = endless(head("HTTP/1.1 200 OK", CHUNKED),
      chunk("3e8", ("x"):rep(1000))),
    ["a body of spaces"] = endless(head("HTTP/1.1 200 OK"), (" "):rep(1000)),
    ["a head of one line"] = endless("HTTP/1.1 200 OK\r\nX-Long: ", ("x"):rep(1000)),
    ["a head of many lines"] = endless("HTTP/1.1 200 OK\r\n", ("X-Odd: yes\r\n"):rep(50)),
    ["interim answers: 100"] = endless("", "HTTP/1.1 100 Continue\r\n\r\n"),
    ["interim answers: 103"] = endless("", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"),
    ["trailers"] = endless(head("HTTP/1.1 200 OK", CHUNKED) .. WHOLE_CHUNK .. "0\r\n",
      ("X-Odd: yes\r\n"):rep(50)),
    ["no HTTP at all"] = endless("", ("nonsense "):rep(100)),
  }

  for what, answer in pairs(ENDLESS) do
    it("at nothing: " .. what .. " without end", function()
      respond = answer
      local before = reset_peak()
      for operation, kinds in pairs { [get] = "decode timeout", [create] = "uncertain" } do
        local result, err, waits = run_alone({ timeout = 1, max_response_bytes = 1048576 },
          operation)
        assert.is_nil(result)
        assert.is_true(one_of(err.kind, kinds), tostring(err))
        assert.is_true(waits.longest <= 1, waits.longest .. " s")
      end
      assert.is_true(resident "VmHWM" - before < 64)
    end)
  end
end)

-- -------------------------------------------------------------------- listings

describe("a listing without end #slow", function()
  before_each(start)

  after_each(function()
    server:close()
  end)

  local ROWS = 20
  local PAGE_TIMEOUT = 3 -- seconds, for a page that takes milliseconds
  local count

  -- A page of snapshots that nobody has seen before, and a link to more.
  local function fresh_page()
    local rows = {}
    for i = 1, ROWS do
      count = count + 1
      rows[i] = ('{"id": "s%d", "status": "available", "size": 1, "volume_id": "v"}'):format(count)
    end
    return { ending = "keep", bytes = raw_server.answer(200, ('{"snapshots": [%s], '
      .. '"snapshots_links": [{"rel": "next", "href": "http://x/?marker=s%d"}]}'):format(
      table.concat(rows, ","), count)) }
  end

  before_each(function()
    count = 0
    respond = function()
      server.requests = {}
      return fresh_page()
    end
  end)

  it("ends where `max` says", function()
    local list = run_alone({}, function(client) return client:list({ max = 1234 }):all() end)
    assert.equal(1234, #list)
    assert.equal("s1234", list[1234].id)
  end)

  it("ends when the caller has had enough, and memory does not grow #separate", function()
    local client = connect()
    local seen, early = 0, nil
    for snapshot in client:list() do
      seen = seen + 1
      assert.equal("s" .. seen, snapshot.id)
      if seen == 100 * ROWS then
        collectgarbage()
        early = { lua = collectgarbage "count", process = resident "VmRSS" }
      elseif seen == 1500 * ROWS then
        break
      end
    end
    collectgarbage()
    client:close()
    assert.is_true(collectgarbage "count" - early.lua < 200)
    assert.is_true(resident "VmRSS" - early.process < 16)
  end)

  it("has a deadline for every page, not for all of it", function()
    local waits, wait = watched()
    local client = connect({ timeout = PAGE_TIMEOUT }, wait)
    local pager = client:list()
    local began, pages = core.now(), 0
    while core.now() - began < PAGE_TIMEOUT * 1.5 do
      for _ = 1, ROWS do
        assert(pager:next())
      end
      pages = pages + 1
    end
    respond = function() return { bytes = "", ending = "hang" } end
    local snapshot, err = pager:next()
    assert.is_nil(snapshot)
    assert.equal("timeout", err.kind)
    assert.is_true(waits.longest <= PAGE_TIMEOUT, waits.longest .. " s")
    respond = fresh_page
    assert.equal("s" .. pages * ROWS + 1, assert(pager:next()).id) -- and goes on where it was
    client:close()
  end)
end)

-- ------------------------------------------------------------------- resolving

local SLOW_RESOLVER = [[
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int resolve(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static void pause_for(const char *variable) {
    const char *seconds = getenv(variable);
    if (seconds != NULL)
        usleep((useconds_t)(atof(seconds) * 1e6));
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result) {
    if (node == NULL || strcmp(node, "slow.example") != 0)
        return ((resolve *)dlsym(RTLD_NEXT, "getaddrinfo"))(node, service, hints, result);
    pause_for("RS_RESOLVES");
    close(creat(getenv("RS_RESOLVED"), 0600)); /* from now on it is there */
    return EAI_AGAIN;
}

__attribute__((destructor)) static void at_the_very_end(void) {
    pause_for("RS_LINGERS");
}
]]

local CLIENT = [[
local client, err = require("rsnapshots").connect { auth_url = "http://slow.example/v3",
  username = "u", password = "pppp", timeout = 0.5 }
print(client == nil and err.kind, io.open(os.getenv "RS_RESOLVED"))
os.exit(0, true)
]]

describe("a name server that does not answer #slow", function()
  local directory

  setup(function()
    directory = process.directory()
    process.write(directory .. "/slow.c", SLOW_RESOLVER)
    process.write(directory .. "/client.lua", CLIENT)
    local output, status = process.run(("cd %s && env -u LD_PRELOAD cc -shared -fPIC -o slow.so "
      .. "slow.c -ldl"):format(directory))
    assert(status == 0, output)
  end)

  teardown(function()
    process.run("rm -r " .. directory)
  end)

  -- In a process of its own: what it says, its exit status, the seconds it lived.
  local function run(variables)
    local began = core.now()
    local preload = (os.getenv "LD_PRELOAD" or "") .. " " .. directory .. "/slow.so"
    local output, status = process.run(("env RS_RESOLVED=%s/resolved %s LUA_PATH=%s LUA_CPATH=%s "
      .. "LD_PRELOAD=%s %s %s/client.lua"):format(directory, variables, process.quote(package.path),
      process.quote(package.cpath), process.quote(preload), process.interpreter(), directory))
    return output, status, core.now() - began
  end

  it("holds up neither the call nor the end of the process", function()
    local output, status = run "RS_RESOLVES=600"
    assert.matches("^timeout%s+nil", output) -- the answer was not there yet
    assert.equal(0, status, output)
    assert.is_false(process.exists(directory .. "/resolved"))
  end)

  it("that answers after the Lua state was closed finds libcurl still there", function()
    local output, status, seconds = run "RS_RESOLVES=5 RS_LINGERS=6"
    assert.matches("^timeout", output)
    assert.equal(0, status, output)
    assert.is_true(seconds > 6, "it did not linger")
  end)
end)
