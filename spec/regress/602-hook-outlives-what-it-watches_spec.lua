-- Kind: a hook that counts instructions goes on counting after the limit, and ends whoever called
-- the one that it watched.
local sandbox = require "rsnapshots.cli.policy.sandbox"

describe("a hook that ended a policy file", function()
  it("ends nothing else", function()
    local value, problem = sandbox.run("while true do end", "p.lua")
    assert.is_nil(value)
    assert.truthy(problem:find("p.lua:1: it does not end", 1, true))
    local sum = 0
    for i = 1, 1000000 do
      sum = sum + i
    end
    assert.equal(500000500000, sum)
    assert.is_nil((debug.gethook()))
    assert.equal("xxx", ("x"):rep(3))
  end)
end)
