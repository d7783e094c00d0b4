-- Kind: an object of the host that is older than this library, and whose finalizer uses it when the
-- state is closed. Lua 5.1 has unloaded the core by then, and lua-cjson's buffer is gone: a crash.
local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"

local SCRIPT = [[
package.path, package.cpath = %q, %q
local host = {}
local function finish()
  print(pcall(host.client.count, host.client))
  print(pcall(host.pager.next, host.pager))
  print(host.snapshot.name, pcall(host.snapshot.refresh, host.snapshot))
  if not newproxy then -- 5.1 unloads lua-cjson, too
    local _, err = host.rsnapshots.connect { auth_url = "http://127.0.0.1:1/v3", retries = 0,
      username = "u", password = "p", project_name = "p", proxy = "" }
    print(err.kind)
  end
end
local oldest = newproxy and newproxy(true) or setmetatable({}, { __gc = finish })
if newproxy then
  getmetatable(oldest).__gc = finish
end
host.oldest = oldest
host.rsnapshots = require "rsnapshots"
local sim = assert(require("rsnapshots.simulator").new())
sim:add_snapshots(3)
host.client = assert(sim:connect())
host.pager = host.client:list { page_size = 1 }
host.snapshot = host.pager:next()
]]

describe("a finalizer of the host that runs last", function()
  it("finds a client that is closed #separate", function()
    local folder = process.directory()
    finally(function() process.run("rm -rf " .. process.quote(folder)) end)
    process.write(folder .. "/script.lua", SCRIPT:format(package.path, package.cpath))
    local output, status = process.run(("%s %s/script.lua"):format(
      process.quote(process.interpreter()), process.quote(folder)))
    assert.equal(0, status, output)
    assert.matches("^false\t[^\n]*the client is closed%)?\n", output)
    assert.matches("\nfalse\t[^\n]*this is not a listing", output)
    assert.matches("\nsnapshot%-3\tfalse\t[^\n]*the client is closed%)?\n", output)
    assert.equal(compat.version ~= "5.1", output:find "\nnetwork\n" ~= nil)
  end)
end)
