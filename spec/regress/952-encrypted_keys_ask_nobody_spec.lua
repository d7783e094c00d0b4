-- Kind: a library asked the terminal. With a key that is encrypted OpenSSL asked whoever sat there
-- for its password, and read it from the standard input where there was no terminal: the process
-- stood still until somebody answered, whatever the deadlines.
local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"

local MAKE = "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 30 "
  .. "-subj /CN=own -keyout own.key -out own.pem -passout pass:its-password"

local SCRIPT = [[
package.path, package.cpath = %q, %q
local server = require("spec.support.raw_server").talkative ""
local client = require("rsnapshots").connect { auth_type = "none", api_version = 2, retries = 0,
  endpoint = "https://127.0.0.1:" .. server.port .. "/v2/p", wait = server.wait,
  cert = "own.pem", key = "own.key" }
local _, err = client:get "a"
print(err)
]]

describe("a key that is encrypted", function()
  it("is refused, and nobody is asked for its password", function()
    local here, directory = (process.run "pwd"):match "[^\n]+", process.directory()
    finally(function() process.run("rm -r " .. directory) end)
    assert.equal(0, (select(2, process.run(MAKE:format(directory)))))
    process.write(directory .. "/script.lua", SCRIPT:format(here .. "/lua/?.lua;" .. here
      .. "/lua/?/init.lua;" .. here .. "/?.lua;" .. package.path,
      here .. "/" .. compat.build .. "/lib/?.so;" .. package.cpath))
    local output = process.run(("cd %s; printf 'its-password\nand more\n' | setsid -w sh -c '%s "
      .. "script.lua; cat'"):format(directory, process.interpreter()))
    assert.matches("^tls: [^\n]*own%.key[^\n]*not encrypted[^\n]*\nits%-password\nand more", output)
  end)
end)
