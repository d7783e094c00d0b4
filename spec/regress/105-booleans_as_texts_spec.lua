--- consumes_quota as "true" or 1 was an error.
local with = require "spec.support.odd_record"

describe("consumes_quota", function()
  it("is the boolean that a text or number means", function()
    for _, text in ipairs { "true", '"true"', '"True"', '"TRUE"', "1", '"1"', "1.0" } do
      assert.is_true(with('"consumes_quota":' .. text).consumes_quota)
    end
    for _, text in ipairs { "false", '"false"', '"False"', "0", '"0"' } do
      assert.is_false(with('"consumes_quota":' .. text).consumes_quota)
    end
  end)

  it("is nil where it means none, and is there as it came", function()
    for _, text in ipairs { '"yes"', "2", "-1", "0.5", '""', "null", "[true]" } do
      assert.is_nil(with('"consumes_quota":' .. text).consumes_quota)
    end
    assert.equal("yes", with('"consumes_quota":"yes"'):raw "consumes_quota")
    assert.same({ true }, with('"consumes_quota":[true]'):raw "consumes_quota")
  end)
end)
