--- The example in Neovim: it lists, and the editor goes on meanwhile.
local hosted = require "spec.support.hosted"
local process = require "spec.support.process"

local SNAPSHOTS = 1000
local PATHS = 'LUA_PATH="./lua/?.lua;./lua/?/init.lua;;" LUA_CPATH="./build-jit/lib/?.so;;"'

describe("in Neovim #hosts #separate", function()
  local folder, editor

  setup(function()
    hosted.need "nvim"
    folder = process.directory()
  end)

  teardown(function()
    process.run("rm -rf " .. folder)
  end)

  after_each(function()
    editor:stop()
  end)

  -- An editor with the example; what a second one, which talks to it, says.
  local function run(environment)
    local path = folder .. "/editor"
    os.remove(path)
    editor = process.start(("exec %s %s nvim --headless -u NONE -i NONE --listen %s "
      .. "-c 'luafile examples/neovim/snapshots.lua' -c 'echo \"ready\\n\"'")
      :format(environment, PATHS, path), folder .. "/log")
    editor:await "ready"
    return (process.run(("RS_NVIM=%s timeout 30 nvim --headless -u NONE -i NONE "
      .. "-c 'luafile spec/hosts/neovim_client.lua' </dev/null"):format(path)):gsub("\r", ""))
  end

  it("fills a buffer, and the editor answers meanwhile", function()
    local cloud = hosted.cloud(("--snapshots %d --latency 0.05"):format(SNAPSHOTS))
    local said = run(cloud.environment)
    cloud.stop()
    local lines = {}
    for line in said:gmatch "[^\n]+" do
      lines[#lines + 1] = line
    end
    assert.matches("^1001 lines, the last: 1000 snapshots", lines[3] or said)
    for i, when in ipairs { "idle", "during a listing" } do
      local count, least, median, most = lines[i]:match "(%d+) (%S+) (%S+) (%S+)"
      io.write(("\nNeovim, %s: %d in min %s, median %s, max %s ms\n")
        :format(when, count, least, median, most))
      assert.is_true(tonumber(count) > 20 and tonumber(median) < 50)
    end
  end)

  it("says in the buffer what went wrong", function()
    assert.matches("the last: network: ", run("env OS_AUTH_URL=http://127.0.0.1:1/v3 "
      .. "OS_USERNAME=demo OS_PASSWORD=demopw OS_PROJECT_NAME=demo OS_USER_DOMAIN_NAME=Default "
      .. "OS_PROJECT_DOMAIN_NAME=Default"))
  end)
end)
