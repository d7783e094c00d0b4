--- One object or list in the place of a text cost everybody the whole listing.
local with = require "spec.support.odd_record"

local FIELDS = { volume_id = "volume_id", name = "name", description = "description",
  status = "status", progress = "os-extended-snapshot-attributes:progress",
  project_id = "os-extended-snapshot-attributes:project_id", created_at = "created_at",
  updated_at = "updated_at", user_id = "user_id", group_snapshot_id = "group_snapshot_id" }

describe("an object or list for a text", function()
  it("is nil, and is there as it came", function()
    for field, wire in pairs(FIELDS) do
      local snapshot = with(('"%s":{"id":"x","y":[1]}'):format(wire))
      assert.is_nil(snapshot[field])
      assert.same({ id = "x", y = { 1 } }, snapshot:raw(wire))
      assert.is_nil(with(('"%s":[]'):format(wire))[field])
    end
  end)

  it("leaves no name to the line that is printed", function()
    assert.equal("rsnapshots.Snapshot: odd (no status)", tostring(with '"name":{},"status":[]'))
  end)
end)
