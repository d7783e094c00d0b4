--- Metadata with numbers, booleans, lists, or an empty list for none (as PHP writes it): the whole
-- listing was lost.
local with = require "spec.support.odd_record"

describe("metadata", function()
  it("of other types are the texts that were written", function()
    assert.same({ keep = "7", real = "1.50", yes = "true", no = "false", list = '["a", 1]',
      object = '{"a":"b"}', text = "t" }, with([["metadata":{"keep":7,"real":1.50,"yes":true,
      "no":false,"list":["a", 1],"object":{"a":"b"},"none":null,"text":"t"}]]).metadata)
  end)

  it("that are no object are none, and are there as they came", function()
    for _, text in ipairs { "[]", '["a"]', '"a"', "7", "true", "null" } do
      assert.same({}, with('"metadata":' .. text).metadata)
    end
    assert.same({ "a" }, with('"metadata":["a"]'):raw "metadata")
    assert.equal("a", with('"metadata":"a"'):raw "metadata")
    assert.is_nil(with('"metadata":null'):raw "metadata")
  end)

  it("of which a later one is null have it no more", function()
    assert.same({ b = "2" }, with('"metadata":{"a":"1","b":"2","a":null}').metadata)
    assert.same({ a = "2" }, with('"metadata":{"a":null,"a":2}').metadata)
  end)
end)
