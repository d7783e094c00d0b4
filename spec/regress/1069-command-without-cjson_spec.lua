-- Kind: where lua-cjson is not installed, the command called that a fault of its own: "this should
-- not happen, please report it"; and check ended with 1, which is a warning.
local command = require "spec.support.command"
local process = require "spec.support.process"

describe("the command without lua-cjson", function()
  local cloud, folder

  setup(function()
    cloud, folder = command.cloud(), process.directory()
    process.write(folder .. "/init.lua",
      'package.preload.cjson = function() error("module \'cjson\' not found", 0) end')
  end)

  teardown(function()
    cloud.stop()
    process.run("rm -rf " .. folder)
  end)

  for _, line in ipairs { "list", "check --volume volume" } do
    it(line:match "%l+" .. " says what to install", function()
      local out, err, status = cloud:shell(("LUA_INIT=@%s/init.lua $R %s"):format(folder, line))
      assert.same({ "", 2 }, { out, status })
      assert.equal(("rsnapshots %s: the module cjson is missing: `luarocks install lua-cjson`, or "
        .. "Debian's package lua-cjson\n"):format(line:match "%l+"), err)
    end)
  end
end)
