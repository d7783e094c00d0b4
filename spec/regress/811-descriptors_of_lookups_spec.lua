-- Kind: what libcurl opens for itself. Of the pair of sockets of a lookup one was left to the
-- programs that the script started meanwhile.
local process = require "spec.support.process"

-- A part of the name is so long that no name server is asked.
local SCRIPT = [[
local function sockets()
  local pipe = assert(io.popen "ls -l /proc/self/fd")
  local _, count = pipe:read("*a"):gsub("socket:", "")
  pipe:close()
  return count
end

local core = require "rsnapshots.core"
local before, most = sockets(), 0
local client = assert(require "rsnapshots".connect {
  endpoint = "http://" .. ("x"):rep(64) .. ".example/v2/p", auth_type = "none", retries = 0,
  proxy = "", wait = function(fd, events, seconds)
    most = math.max(most, sockets())
    return core.poll(fd, events, seconds)
  end })
local _, err = client:get "s1"
print(err.kind, before, most)
]]

describe("a program that a script starts while a name is looked up", function()
  it("inherits no socket", function()
    local folder = process.directory()
    finally(function() process.run("rm -r " .. folder) end)
    process.write(folder .. "/script.lua", SCRIPT)
    local output, status = process.run(("LUA_PATH=%s LUA_CPATH=%s %s %s/script.lua"):format(
      process.quote(package.path), process.quote(package.cpath), process.interpreter(), folder))
    assert.equal(0, status, output)
    local kind, before, most = output:match "^(%a+)%s+(%d+)%s+(%d+)\n$"
    assert.equal("network", kind, output)
    assert.equal(before, most)
  end)
end)
