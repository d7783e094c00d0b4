--- Files of the command: replaced whole, and locked between runs.
local file = require "rsnapshots.cli.output.file"
local lock = require "rsnapshots.cli.run.lock"
local process = require "spec.support.process"

local folder

before_each(function() folder = process.directory() end)
after_each(function() process.run("rm -rf " .. folder) end)

describe("a file", function()
  it("is replaced whole, also after a run that was killed", function()
    local path = folder .. "/out.prom"
    assert.is_true(file.replace(path, "one"))
    process.write(path .. ".new", "half of")
    assert.is_true(file.replace(path, ("two"):rep(100000)))
    assert.equal(("two"):rep(100000), process.read(path))
    assert.is_nil(io.open(path .. ".new"))
  end)

  it("that cannot be written stays as it was", function()
    local ok, message = file.replace(folder .. "/none/out", "x")
    assert.is_nil(ok)
    assert.equal(folder .. "/none/out: cannot make the file: No such file or directory", message)
    process.run(("mkdir %s/out"):format(folder)) -- whose place cannot be taken
    ok, message = file.replace(folder .. "/out", "x")
    assert.is_nil(ok)
    assert.matches("/out: cannot rename the file: ", message, 1, true)
    assert.equal("out\n", (process.run("ls " .. folder)))
  end)
end)

describe("a lock between runs", function()
  -- In a process whose locks are in the folder.
  local function run(script, before)
    process.write(folder .. "/script.lua", "local lock = require 'rsnapshots.cli.run.lock'\n"
      .. script)
    return (process.run(("export TZ=UTC LUA_PATH=%s LUA_CPATH=%s; %s; %s %s/script.lua"):format(
      process.quote(package.path), process.quote(package.cpath),
      before or "export RUNTIME_DIRECTORY=" .. folder, process.interpreter(), folder)))
  end

  it("is had by one; the other is told by whom and since when", function()
    local output = run [[
      local mine = assert(lock.take "nightly/web")
      print(select(2, lock.take "nightly/web"))
      print(lock.take "nightly/db" ~= nil)
      mine:unlock()
      print(lock.take "nightly/web" ~= nil)]]
    assert.matches("^conflict: nightly/web is being worked on by another run: process %d+, since "
      .. "%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d %+00:00\ntrue\ntrue\n$", output)
    assert.equal("rsnapshots-nightly%2Fdb.lock\nrsnapshots-nightly%2Fweb.lock\nscript.lua\n",
      (process.run("ls " .. folder)))
  end)

  it("is in the folder of the service, of the user, or of the system", function()
    local ASK = "print(lock.path '../x y')"
    assert.equal(folder .. "/rsnapshots-..%2Fx%20y.lock\n", run(ASK))
    assert.equal("/a/rsnapshots-..%2Fx%20y.lock\n",
      run(ASK, "export RUNTIME_DIRECTORY=/a:/b XDG_RUNTIME_DIR=/c"))
    assert.equal("/c/rsnapshots-..%2Fx%20y.lock\n",
      run(ASK, "unset RUNTIME_DIRECTORY; export XDG_RUNTIME_DIR=/c"))
    assert.equal("/run/lock/rsnapshots-..%2Fx%20y.lock\n",
      run(ASK, "unset RUNTIME_DIRECTORY XDG_RUNTIME_DIR"))
    assert.is_true(#lock.path(("x"):rep(1000)):match "[^/]*$" <= 255)
  end)

  it("that cannot be had names the folder and what can be done", function()
    assert.matches("^config: cannot open the lock's file: .*/none/rsnapshots%-x.lock.*"
      .. "RUNTIME_DIRECTORY or XDG_RUNTIME_DIR can name another folder",
      run("print(select(2, lock.take 'x'))", "export RUNTIME_DIRECTORY=/none"))
  end)
end)
