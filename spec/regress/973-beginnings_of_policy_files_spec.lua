-- Kind: what Lua itself leaves out at the beginning of a file was an error in a policy file: a byte
-- order mark, which editors on Windows write, and a first line with #.
local policy_file = require "rsnapshots.cli.policy.file"

local TEXT = "return { name = 'nightly',\r\n  volumes = { 'web' }, keep_last = 1 }\r\n"

describe("a policy file", function()
  it("may begin with a byte order mark and a line with #", function()
    for _, beginning in ipairs { "\239\187\191", "#!/usr/bin/env lua\n", "#\n",
      "\239\187\191# nightly\r\n" } do
      assert.equal("nightly", assert(policy_file.read(beginning .. TEXT, "p.lua"))[1].name)
    end
  end)

  it("keeps the numbers of its lines", function()
    local _, problem = policy_file.read("\239\187\191#!lua\nreturn {\n  name = }", "p.lua")
    assert.matches("^p%.lua:3: ", problem)
  end)

  it("has no other line with #", function()
    for _, beginning in ipairs { "\n#\n", " #\n" } do
      assert.is_nil((policy_file.read(beginning .. TEXT, "p.lua")))
    end
  end)
end)
