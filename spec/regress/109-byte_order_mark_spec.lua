--- A byte order mark before the JSON, as some gateways put it, made it none.
local rsnapshots = require "rsnapshots"

local MARK = "\239\187\191"

describe("a byte order mark", function()
  it("is skipped at the beginning", function()
    assert.equal("i", assert(rsnapshots.extract_snapshot(MARK .. '{"snapshot":{"id":"i"}}')).id)
    assert.equal(1, #assert(rsnapshots.extract_snapshots(MARK .. '\n{"snapshots":[{"id":"i"}]}')))
  end)

  it("is no JSON anywhere else", function()
    for _, text in ipairs { MARK .. MARK .. '{"snapshots":[]}', " " .. MARK .. '{"snapshots":[]}',
      '{"snapshots":[]}' .. MARK, '{"snapshots":[' .. MARK .. "]}", MARK,
      MARK:sub(1, 2) .. '{"snapshots":[]}' } do
      local page, err = rsnapshots.extract_snapshots(text)
      assert.is_nil(page)
      assert.matches("^invalid JSON at byte %d+: ", err.message)
    end
  end)
end)
