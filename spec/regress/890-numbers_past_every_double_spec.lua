-- A number that no double holds, in any attribute of one snapshot, refused the whole page as JSON
-- out of range. The grammar of JSON has no such limit.
local rsnapshots = require "rsnapshots"

local HUGE = { "1e400", "-1e400", "1" .. ("0"):rep(400), ("7"):rep(600), "0." .. ("3"):rep(600) }

describe("a number past every double", function()
  for _, number in ipairs(HUGE) do
    it(("costs no page: %.6s, %d characters"):format(number, #number), function()
      local page = assert(rsnapshots.extract_snapshots(([[{"snapshots": [
        {"id": "a", "size": %s, "created_at": %s, "progress": 5, "metadata": {"k": %s}, "x": %s},
        {"id": "b", "size": 1}], "count": %s}]]):gsub("%%s", number)))
      assert.equal(2, #page)
      local odd = page[1]
      assert.equal("a", odd.id)
      assert.is_nil(odd.created_time)
      assert.equal(number, odd.metadata.k)
      assert.equal("number", type(odd:raw "x"))
      assert.equal(1, page[2].size)
      assert.equal("table", type(odd:to_table()))
    end)
  end

  it("is no size", function()
    for _, number in ipairs(HUGE) do
      local text = ('{"snapshot": {"id": "a", "size": %s}}'):format(number)
      assert.is_nil(assert(rsnapshots.extract_snapshot(text)).size)
    end
  end)
end)
