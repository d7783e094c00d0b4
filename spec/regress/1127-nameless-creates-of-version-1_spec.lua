-- Kind: `create --volume V` on version 1, without a name, failed with words that are for callers of
-- the Lua module: "name (which `once` needs here) must be a string, not missing".
local served = require "spec.support.served_command"

describe("a create without a name", function()
  local cloud

  before_each(function() cloud = served.cloud { api_version = 1 } end)
  after_each(function() cloud:close() end)

  it("is told what it needs where the name is the mark", function()
    for _, name in ipairs { "", "'' " } do
      assert.same({ "", "rsnapshots create: version 1 of the API keeps no metadata, so the name is "
        .. "the mark: give a NAME, or --no-once\n", 2 }, { cloud:run("create " .. name
        .. "--volume volume") })
    end
    assert.equal(0, cloud:changes())
  end)

  it("works without the mark", function()
    local _, err, status = cloud:run "create --volume volume --no-once"
    assert.same({ "", 0, 1 }, { err, status, cloud:changes() })
  end)
end)
