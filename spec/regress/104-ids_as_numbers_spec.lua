--- Ids of projects, users and volumes, and names, that a service wrote as numbers were an error.
local rsnapshots = require "rsnapshots"
local with = require "spec.support.odd_record"

describe("a number", function()
  it("for a text is the text that was written", function()
    local snapshot = with([["volume_id":1,"name":20261001,"description":-1.50,"status":2,
      "os-extended-snapshot-attributes:project_id":549343,"user_id":161418,
      "group_snapshot_id":3]])
    assert.equal("1", snapshot.volume_id)
    assert.equal("20261001", snapshot.name)
    assert.equal("-1.50", snapshot.description)
    assert.equal("2", snapshot.status)
    assert.equal("549343", snapshot.project_id)
    assert.equal("161418", snapshot.user_id)
    assert.equal("3", snapshot.group_snapshot_id)
    assert.equal(20261001, snapshot:raw "name")
  end)

  it("for a snapshot's own id, too", function()
    local snapshot = assert(rsnapshots.extract_snapshot '{"snapshot":{"id":12345678901234567890}}')
    assert.equal("12345678901234567890", snapshot.id)
    assert.matches("12345678901234567890", tostring(snapshot), 1, true)
    local page = assert(rsnapshots.extract_snapshots '{"snapshots":[{"id":7},{"id":"7"}]}')
    assert.equal("7", page[1].id)
    assert.equal(page[1], page[2])
  end)

  it("or a boolean for a name is its word", function()
    assert.equal("true", with('"name":true').name)
    assert.equal("FALSE", with('"status":false').status)
  end)
end)
