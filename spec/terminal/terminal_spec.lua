--- The C part of the command: signals, descriptors, locks, widths; with a terminal and without.
local process = require "spec.support.process"
local terminal = require "rsnapshots.terminal"

-- A script of this Lua in a process of its own: what it prints, and its status. Signals that
-- whoever started the specs had set aside (nohup does) are not set aside for it.
local function lua(script, before, after)
  local path = os.tmpname()
  process.write(path, 'local terminal = require "rsnapshots.terminal"\n' .. script)
  local command = ("%s %s %s"):format(process.quote(process.interpreter()), path, after or "")
  local prefix = ("export LUA_PATH=%s LUA_CPATH=%s; "):format(process.quote(package.path),
    process.quote(package.cpath))
  local output, status = process.run("env --default-signal=HUP,INT,TERM,PIPE sh -c "
    .. process.quote(prefix .. (before or "%s"):format(command)))
  os.remove(path)
  return output, status
end

-- The same on a terminal of its own, of 40 rows and 100 columns.
local function on_terminal(script)
  return lua(script, 'script -qec "stty rows 40 cols 100; %s" /dev/null </dev/null')
end

describe("a terminal", function()
  local ASK = "print(terminal.isatty(1), terminal.size(1))"

  it("is known, and its size", function()
    assert.equal("true\t100\t40\r\n", (on_terminal(ASK)))
  end)

  it("is not what a pipe, a file or nothing is", function()
    assert.equal("false\tnil\n", (lua(ASK)))
    assert.equal("false\tnil\n", (lua(ASK, "%s | cat")))
    assert.is_false(terminal.isatty(999))
    assert.is_nil(terminal.size(999))
  end)

  it("without a size has none", function()
    assert.equal("true\tnil\r\n", (lua(ASK,
      'script -qec "stty rows 0 cols 0; %s" /dev/null </dev/null')))
  end)
end)

describe("the width of a text", function()
  it("counts columns, whatever the bytes", function()
    for text, width in pairs {
      [""] = 0, ["nightly"] = 7, ["zażółć"] = 6, ["Москва"] = 6, ["漢字"] = 4, ["ｗｉｄｅ"] = 8,
      ["한국어"] = 6, ["🙂"] = 2, ["e\204\129"] = 1, ["a\226\128\139b"] = 2,
      ["\226\128\166"] = 1, ["\194\173"] = 0, ["\225\132\146\225\133\161\225\134\171"] = 2,
    } do
      assert.equal(width, terminal.width(text), text)
    end
  end)

  it("is that of nothing for control characters, and one for what is no UTF-8", function()
    assert.equal(3, terminal.width "a\27\0\127b\194\133c")
    for _, text in ipairs { "\255", "\128", "\194", "\192\128", "\237\160\128", "\244\144\128\128",
      "\224\128\128", "\240\159\153" } do
      assert.equal(#text, terminal.width(text))
    end
  end)

  it("is the same in every locale", function()
    local ask = 'print(terminal.width "漢é")'
    for _, locale in ipairs { "C", "POSIX", "C.UTF-8", "no_SUCH" } do
      assert.equal("3\n", (lua(ask, "LC_ALL=" .. locale .. " %s")))
    end
  end)

  it("cuts between characters only", function()
    assert.equal("漢", terminal.prefix("漢字", 3))
    assert.equal("漢字", terminal.prefix("漢字", 4))
    assert.equal("e\204\129", terminal.prefix("e\204\129x", 1)) -- with what combines with it
    assert.equal("", terminal.prefix("漢", 1))
    assert.equal("", terminal.prefix("x", 0))
    assert.has_error(function() terminal.prefix("x", -1) end)
  end)

  it("of a text cut anywhere is not over what was asked for", function()
    local text = "añ漢\255🙂e\204\129\27x한"
    for columns = 0, 12 do
      local part = terminal.prefix(text, columns)
      assert.is_true(terminal.width(part) <= columns)
      assert.equal(part, text:sub(1, #part))
    end
  end)
end)

describe("a signal", function()
  local CATCH = 'assert(terminal.catch("INT", "TERM", "HUP"))\n'
  local SELF = 'local pid = io.popen("exec sh -c \'echo $PPID\'"):read "*l"\n'
  -- not by os.execute, which sets SIGINT aside meanwhile
  local KILL = 'io.popen("kill -%s " .. pid):close()\n'

  it("is counted, and wakes a wait", function()
    for _, name in ipairs { "INT", "TERM", "HUP" } do
      assert.equal(name .. "\t1\n", (lua(SELF .. CATCH .. KILL:format(name)
        .. "terminal.wait(nil, 'r', 100) print(terminal.caught())")))
    end
  end)

  it("wakes one wait only, also when it came before", function()
    local output = lua(SELF .. CATCH .. KILL:format "INT" .. KILL:format "TERM" .. [[
      print(terminal.wait(nil, "r", 100))
      print(terminal.wait(nil, "r", 0.001)) -- would be woken at once for ever otherwise
      print(terminal.caught())]])
    assert.equal("false\nfalse\nTERM\t2\n", output)
  end)

  it("wakes a wait for a descriptor that is not ready", function()
    local output = lua(SELF .. CATCH .. KILL:format "INT"
      .. "print(terminal.wait(0, 'r', 100), terminal.caught())",
      "f=$(mktemp -u); mkfifo $f; exec 3<>$f; rm $f; %s <&3")
    assert.equal("false\tINT\t1\n", output)
  end)

  it("that nobody sent is none; a descriptor that is ready is", function()
    assert.equal("nil\ntrue\n", (lua(CATCH
      .. "print(terminal.caught()) print(terminal.wait(0, 'r', 100))", "echo x | %s")))
  end)

  it("does again what it did once it is given back", function()
    local output, status = lua(SELF .. CATCH .. "terminal.restore()\n" .. KILL:format "TERM"
      .. "terminal.wait(nil, 'r', 100) print 'alive'")
    assert.equal("", output:match "alive" or "")
    assert.equal(143, status)
  end)

  it("that whoever started it had set aside stays so", function()
    local output = lua(SELF .. CATCH .. KILL:format "HUP" .. "print(terminal.caught())",
      "nohup %s 2>/dev/null")
    assert.equal("nil\n", output)
  end)

  it("of another name is refused", function()
    assert.has_error(function() terminal.catch "KILL" end)
  end)
end)

describe("a descriptor", function()
  local folder

  before_each(function() folder = process.directory() end)
  after_each(function() process.run("rm -rf " .. folder) end)

  it("is written to the end", function()
    local output = lua("print(terminal.write(1, ('x'):rep(1000000)))", "%s | wc -c")
    assert.equal(1000000 + #"true\n", tonumber(output:match "%d+"))
  end)

  it("tells that the disk is full", function()
    assert.equal("nil\tcannot write: No space left on device\t28\n",
      (lua("io.stderr:write(table.concat({ 'nil', select(2, terminal.write(1, 'x')) }, '\\t'), "
        .. "'\\n')", "%s 2>&1 >/dev/full")))
  end)

  it("tells that nobody reads any more, when that is not to end the process", function()
    local script = [[
      assert(terminal.ignore_pipe())
      local ok, message, errno = terminal.write(1, ("x"):rep(100000))
      io.stderr:write(tostring(ok), " ", message, " ", errno, "\n")]]
    assert.equal("nil cannot write: Broken pipe 32\n",
      (lua(script, "{ { %s; } 2>&3 | true; } 3>&1")))
  end)

  it("of a closed standard output is not given to anything else", function()
    local script = [[
      assert(terminal.guard())
      local fd = assert(terminal.create(arg[1]))
      io.stderr:write(fd > 2 and "above" or "taken", " ", select(2, terminal.write(1, "x")), "\n")]]
    assert.equal("above cannot write: Bad file descriptor\n",
      (lua(script, "{ %s; } 2>&1 >&-", folder .. "/new")))
  end)

  it("that is open is left alone by the guard", function()
    assert.equal("x", (lua("assert(terminal.guard()) terminal.write(1, 'x')")))
  end)

  it("makes a file, and puts it in the place of another", function()
    local old, new = folder .. "/out", folder .. "/out.new"
    process.write(old, "old")
    local fd = assert(terminal.create(new, 384)) -- 0600
    assert.is_true(terminal.write(fd, "new"))
    assert.is_true(terminal.sync(fd))
    assert.is_true(terminal.close(fd))
    assert.equal("600\n", (process.run("stat -c %a " .. new)))
    assert.equal("old", process.read(old))
    assert.is_true(terminal.rename(new, old))
    assert.equal("new", process.read(old))
    assert.is_nil(io.open(new))
  end)

  it("is made for a new file only, and what fails says how", function()
    process.write(folder .. "/there", "x")
    local fd, message, errno = terminal.create(folder .. "/there")
    assert.same({ "cannot make the file: File exists", 17 }, { message, errno })
    assert.is_nil(fd)
    assert.equal("cannot rename the file: No such file or directory",
      select(2, terminal.rename(folder .. "/none", folder .. "/there")))
    assert.matches("^cannot write to the end: ", (select(2, terminal.close(99999))))
    assert.matches("^cannot write to the disk: ", (select(2, terminal.sync(99999))))
    assert.has_error(function() terminal.write(-1, "x") end)
    assert.has_error(function() terminal.create "a\0b" end)
  end)
end)

describe("a lock", function()
  local folder

  before_each(function() folder = process.directory() end)
  after_each(function() process.run("rm -rf " .. folder) end)

  it("is had by one, and the other is told who has it and since when", function()
    local path, before = folder .. "/lock", os.time()
    local lock = assert(terminal.lock(path))
    local output = lua("print(terminal.lock(arg[1]))", "%s", path)
    local pid, since = output:match
      "^nil\tcannot lock the file: Resource temporarily unavailable\t11\t(%d+)\t(%d+)"
    local mine = io.open "/proc/self/stat":read "*n"
    assert.equal(mine, tonumber(pid))
    assert.is_true(tonumber(since) >= before and tonumber(since) <= os.time())
    lock:unlock()
    lock:unlock() -- twice is fine
    assert(terminal.lock(path)):unlock()
  end)

  it("ends with the process that has it, even when that is killed", function()
    local path = folder .. "/lock"
    local script = "local lock = assert(terminal.lock(arg[1])) "
      .. "io.popen('kill -9 ' .. io.open '/proc/self/stat':read '*n'):close() "
      .. "terminal.wait(nil, 'r', 100)"
    local _, status = lua(script, "%s", path)
    assert.equal(137, status)
    assert.is_truthy(terminal.lock(path))
  end)

  it("follows no link, and wants a folder", function()
    process.run(("ln -s %s/other %s/lock"):format(folder, folder))
    assert.matches("^cannot open the lock.s file: ",
      (select(2, terminal.lock(folder .. "/lock"))))
    assert.is_nil(io.open(folder .. "/other"))
    assert.equal("cannot open the lock's file: No such file or directory",
      select(2, terminal.lock(folder .. "/none/lock")))
  end)

  it("is nobody's but its owner's to read", function()
    local lock = assert(terminal.lock(folder .. "/lock"))
    assert.equal("600\n", (process.run("stat -c %a " .. folder .. "/lock")))
    lock:unlock()
  end)

  it("is one where nothing can be written", function()
    local script = "local lock = terminal.lock(arg[1]) "
      .. "print(lock ~= nil, select(3, terminal.lock(arg[1])))"
    assert.equal("true\t11\n", (lua(script, "trap '' XFSZ; ulimit -f 0; %s 2>/dev/null",
      folder .. "/lock")))
  end)

  it("of another user, who left its file, is in no one's way", function()
    local path = folder .. "/lock"
    process.write(path, "")
    process.run(("chmod 000 %s; chmod 1777 %s"):format(path, folder))
    local as_other = process.run "id -u" == "0\n"
      and "setpriv --reuid=65534 --clear-groups %s" or "%s"
    local script = ("-e 'local terminal = require [[rsnapshots.terminal]] local path = [[%s]] "
      .. "print(terminal.lock(path) ~= nil, select(3, terminal.lock(path)))'"):format(path)
    local command = as_other:format(process.quote(process.interpreter()) .. " " .. script)
    local output = process.run(("export LUA_PATH=%s LUA_CPATH=%s; %s"):format(
      process.quote(package.path), process.quote(package.cpath), command))
    assert.matches("^true\t11\t%d+\t", output)
  end)

  it("is let go by the collector, too", function()
    local path = folder .. "/lock"
    terminal.lock(path)
    collectgarbage()
    collectgarbage()
    assert.is_truthy(terminal.lock(path))
  end)
end)
