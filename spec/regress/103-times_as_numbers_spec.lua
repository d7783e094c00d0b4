--- Times in Unix seconds or milliseconds instead of ISO 8601 were an error.
local with = require "spec.support.odd_record"

describe("a time that is a number", function()
  it("counts seconds, or milliseconds where it is beyond 1e11", function()
    for text, seconds in pairs { ["1790899200"] = 1790899200, ["1790899200.5"] = 1790899200.5,
      ["1790899200500"] = 1790899200.5, ["0"] = 0, ["-1"] = -1, ["100000000000"] = 1e11 } do
      local snapshot = with(('"created_at":%s,"updated_at":%s'):format(text, text))
      assert.equal(seconds, snapshot.created_time)
      assert.equal(seconds, snapshot.updated_time)
      assert.equal(text, snapshot.created_at)
      assert.equal(text, snapshot.updated_at)
    end
  end)

  it("is no time where no calendar has it", function()
    for _, text in ipairs { "1e300", "-1e300", "253402300800000", "true" } do
      local snapshot = with('"created_at":' .. text)
      assert.is_nil(snapshot.created_time)
      assert.equal(text, snapshot.created_at)
    end
    local snapshot = with '"created_at":{"seconds":1}'
    assert.is_nil(snapshot.created_at)
    assert.is_nil(snapshot.created_time)
    assert.same({ seconds = 1 }, snapshot:raw "created_at")
  end)
end)
