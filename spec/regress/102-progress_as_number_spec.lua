--- A progress that is a number was an error; it is documented as a text with its unit.
local rsnapshots = require "rsnapshots"

--- The Snapshot with these members, alone and as one row of three.
local function with(members)
  local object = '{"id":"odd",' .. members .. "}"
  local alone = assert(rsnapshots.extract_snapshot('{"snapshot":' .. object .. "}"))
  local page = assert(rsnapshots.extract_snapshots('{"snapshots":[{"id":"a"},' .. object
    .. ',{"id":"b"}]}'))
  assert.equal(3, #page)
  assert.equal(object, page[2]:to_json())
  assert.same(alone:to_table(), page[2]:to_table())
  return page[2]
end

local NAME = "os-extended-snapshot-attributes:progress"

describe("a progress", function()
  it("that is a number has its unit", function()
    for text, progress in pairs { ["42"] = "42%", ["100.0"] = "100%", ["0"] = "0%",
      ["42.5"] = "42.5%", ['"42%"'] = "42%", ['"42"'] = "42" } do
      assert.equal(progress, with(('"%s":%s'):format(NAME, text)).progress)
    end
  end)

  it("is there as it came by its wire name", function()
    assert.equal(42, with(('"%s":42'):format(NAME))[NAME])
    assert.equal(42, with(('"%s":42'):format(NAME)):raw(NAME))
    assert.is_nil(with(('"%s":[42]'):format(NAME)).progress)
    assert.same({ 42 }, with(('"%s":[42]'):format(NAME))[NAME])
  end)
end)
