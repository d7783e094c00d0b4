-- Kind: want of descriptors that looks like something else. A name could not be looked up, and the
-- message said that there is no such host, or that a thread failed to start.
local process = require "spec.support.process"

-- A part of the name is so long that no name server is asked.
local SCRIPT = [[
local rs = require "rsnapshots"
local names = { "127.0.0.1:1", ("x"):rep(64) .. ".example" }
local clients, held = {}, {}
for i, name in ipairs(names) do
  clients[i] = assert(rs.connect { endpoint = "http://" .. name .. "/v2/p", auth_type = "none",
    retries = 0, proxy = "" })
end
while true do
  local file = io.open "/dev/null"
  if not file then break end
  held[#held + 1] = file
end
for i = 1, #names do
  local _, err = clients[i]:get "s1"
  print(err.kind, err.message:match "no descriptor is left for a connection %(see ulimit %-n%)")
end
local none, err = rs.connect { endpoint = "http://" .. names[1] .. "/v2/p", auth_type = "none" }
print(err.kind, none == nil and err.message)
]]

describe("a process without descriptors", function()
  it("is told so, whatever it wanted one for", function()
    local folder = process.directory()
    finally(function() process.run("rm -r " .. folder) end)
    process.write(folder .. "/script.lua", SCRIPT)
    local output, status = process.run(("ulimit -n 60; LUA_PATH=%s LUA_CPATH=%s %s %s/script.lua")
      :format(process.quote(package.path), process.quote(package.cpath), process.interpreter(),
      folder))
    assert.equal(0, status, output)
    local told = "network\tno descriptor is left for a connection (see ulimit -n)\n"
    assert.equal(told:rep(3), output)
  end)
end)
