--- Every example works as it is, on the simulated cloud.
local process = require "spec.support.process"

local EXAMPLES = {
  ["demo.lua"] = "built%-in simulator", ["list.lua"] = "AVAILABLE",
  ["backup.lua"] = "deleted nightly", ["many.lua"] = "deleted: 19 of 19",
}

local CLOUDLESS = "env -u OS_CLOUD -u OS_AUTH_URL -u RS_USERNAME -u RS_API_KEY "

describe("examples/ #separate", function()
  it("has each of them here", function()
    for name in process.run("ls examples/*.lua"):gmatch "examples/([%w_]+%.lua)" do
      assert.is_true(name == "cloud.lua" or EXAMPLES[name] ~= nil, name)
    end
  end)

  for name, pattern in pairs(EXAMPLES) do
    it(name .. " does what it says", function()
      local output, status = process.run(CLOUDLESS .. "scripts/lua examples/" .. name)
      assert.equal(0, status, output)
      assert.matches(pattern, output)
    end)
  end
end)
