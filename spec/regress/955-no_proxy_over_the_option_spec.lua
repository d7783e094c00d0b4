-- Kind: a variable won over an option. Where NO_PROXY named the host, the option `proxy` was left
-- aside without a word, and the request went the way that the option should have spared it; the
-- message about that failure still blamed the proxy.
local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"

local SCRIPT = [[
package.path, package.cpath = %q, %q
local raw_server = require "spec.support.raw_server"
local proxy = raw_server.new(function()
  return raw_server.answer(200, '{"snapshot": {"id": "by the proxy"}}')
end)
local client = require("rsnapshots").connect { auth_type = "none", api_version = 2, retries = 0,
  endpoint = "http://storage.invalid/v2/p", proxy = proxy.url, wait = proxy.wait }
local snapshot, err = client:get "a"
print(snapshot and snapshot.id or err)
]]

describe("the option proxy", function()
  for _, name in ipairs { "NO_PROXY", "no_proxy" } do
    it("wins over " .. name, function()
      local here, directory = (process.run "pwd"):match "[^\n]+", process.directory()
      finally(function() process.run("rm -r " .. directory) end)
      process.write(directory .. "/script.lua", SCRIPT:format(here .. "/lua/?.lua;" .. here
        .. "/lua/?/init.lua;" .. here .. "/?.lua;" .. package.path,
        here .. "/" .. compat.build .. "/lib/?.so;" .. package.cpath))
      assert.equal("by the proxy\n", (process.run(("cd %s; %s='x,storage.invalid' %s script.lua")
        :format(directory, name, process.interpreter()))))
    end)
  end
end)
