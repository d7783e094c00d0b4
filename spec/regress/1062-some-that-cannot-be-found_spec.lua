-- Kind: of several snapshots or volumes some did not exist, and show, wait, prune and timeline did
-- not say how many failed. show -f json of two, of which one exists, printed an object, no list.
local cjson = require "cjson"
local command = require "spec.support.command"

describe("of two, of which one does not exist,", function()
  local cloud, id

  setup(function()
    cloud = command.cloud()
    id = cloud:create "one"
  end)
  teardown(function() cloud.stop() end)

  for _, line in ipairs { "show nope %s", "wait nope %s", "prune --keep-last 1 --volume nope "
    .. "--volume volume", "timeline --volume nope --volume volume" } do
    it(line:match "%l+" .. " says that one failed", function()
      local _, err, status = cloud:run(line:format(id))
      assert.equal(3, status, err)
      assert.matches("^rsnapshots %l+: nope: not_found: [^\n]*\nrsnapshots %l+: 1 of 2 failed\n$",
        err)
    end)
  end

  it("show prints a list in JSON", function()
    local out = cloud:run(("show nope %s -f json"):format(id))
    assert.equal(id, cjson.decode(out)[1].id)
    assert.equal(id, cjson.decode((cloud:run(("show %s -f json"):format(id)))).id)
  end)
end)
