--- A progress that is a number was an error; it is documented as a text with its unit.
local with = require "spec.support.odd_record"

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
