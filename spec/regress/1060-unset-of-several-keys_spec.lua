-- Kind: unset stopped at a key that the snapshot does not have, and did not say which keys were
-- gone by then; a key named twice failed the second time.
local command = require "spec.support.command"

describe("unset of several keys", function()
  local cloud, id

  setup(function() cloud = command.cloud() end)
  teardown(function() cloud.stop() end)

  before_each(function()
    id = cloud:create("one", { metadata = { a = "1", b = "2", c = "3" } })
    assert(cloud:client():delete_metadata(id, "rsnapshots:once"))
  end)

  local function unset(keys)
    local options = (" " .. keys):gsub(" ", " --property ")
    local _, err, status = cloud:run("unset " .. id .. options)
    return err, status, (cloud:client():get_metadata(id))
  end

  it("removes the others if one is not there", function()
    local err, status, rest = unset "a nope c"
    assert.same({ 3, { b = "2" } }, { status, rest })
    assert.matches("^rsnapshots unset: nope: not_found: [^\n]*\nrsnapshots unset: 1 of 3 failed\n$",
      err)
  end)

  it("removes a key once that is named twice", function()
    assert.same({ "", 0, { c = "3" } }, { unset "a b a b" })
  end)
end)
