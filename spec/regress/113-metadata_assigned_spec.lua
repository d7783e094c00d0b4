--- `snapshot.metadata.x = 1` changed a copy, and nobody said that nothing had come of it.
local with = require "spec.support.odd_record"

describe("metadata of a snapshot", function()
  local snapshot = with '"metadata":{"a":"1","b":"2"}'

  it("raise when something is added to them, and say what to do", function()
    local ok, problem = pcall(function() snapshot.metadata.x = "1" end)
    assert.is_false(ok)
    assert.matches("snapshot:set_metadata{...}", problem, 1, true)
    assert.matches("snapshot:to_table().metadata", problem, 1, true)
  end)

  it("are walked as any table, on every Lua", function()
    local seen = {}
    for key, value in pairs(snapshot.metadata) do
      seen[key] = value
    end
    assert.same({ a = "1", b = "2" }, seen)
    assert.is_not_nil(next(snapshot.metadata))
    assert.equal(0, #snapshot.metadata)
    assert.is_nil(snapshot.metadata.x)
    assert.same({ a = "1", b = "2" }, snapshot.metadata)
  end)

  it("are a table of one's own in to_table", function()
    local mine = snapshot:to_table().metadata
    mine.x, mine.a = "1", nil
    assert.same({ b = "2", x = "1" }, mine)
    assert.same({ a = "1", b = "2" }, snapshot.metadata)
  end)
end)
