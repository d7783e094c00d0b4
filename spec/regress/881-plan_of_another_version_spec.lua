-- A plan file of another version looks different. It was refused for the first field that it does
-- not have, and nobody learnt that a newer rsnapshots had written it.
local retention = require "rsnapshots.retention"

describe("a plan file of another version", function()
  for what, document in pairs {
    ["without fields of this one"] = {},
    ["with other values"] = { groups = { { key = 5 } }, now = "2030-01-01" },
  } do
    it(what .. " is refused as such", function()
      document.format, document.version = "rsnapshots plan", 2
      local plan, err = retention.from_document(document)
      assert.is_nil(plan)
      assert.equal("the plan file cannot be used: it is of version 2, and this rsnapshots reads "
        .. "version 1", err.message)
    end)
  end

  it("is told from what is no plan at all", function()
    local _, err = retention.from_document { groups = {} }
    assert.equal("the plan file cannot be used: it is not a plan of rsnapshots", err.message)
  end)
end)
