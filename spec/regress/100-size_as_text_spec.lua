--- A service wrote the size as a text ("10"), or as a float (10.0): the whole listing was lost.
local with = require "spec.support.odd_record"

local versions = require "spec.support.versions"

describe("a size that is no integer of JSON", function()
  it("is the integer that it means", function()
    for text, size in pairs { ['"10"'] = 10, ["10.0"] = 10, ['"10.0"'] = 10, ["1e3"] = 1000,
      ['"0"'] = 0, ["-0.0"] = 0, [ [["1\u0030"]] ] = 10 } do
      local snapshot = with('"size":' .. text)
      assert.equal(size, snapshot.size)
      assert.equal(versions.number_type(1), versions.number_type(snapshot.size))
    end
  end)

  it("is nil where it means none, and is there as it came", function()
    for text, raw in pairs { ["-1"] = -1, ["10.5"] = 10.5, ['"10 GB"'] = "10 GB", ['""'] = "",
      ["true"] = true, ["1e300"] = 1e300, ['"-1"'] = "-1", ["9223372036854775808"] = 2 ^ 63 } do
      local snapshot = with('"size":' .. text)
      assert.is_nil(snapshot.size)
      assert.equal(raw, snapshot:raw "size")
    end
    assert.is_nil(with('"size":{"GiB":10}').size)
    assert.same({ GiB = 10 }, with('"size":{"GiB":10}'):raw "size")
  end)
end)
