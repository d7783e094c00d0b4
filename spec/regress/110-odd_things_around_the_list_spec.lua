--- Odd things around a listing's rows failed the whole of it.
local rsnapshots = require "rsnapshots"

local function page_with(members)
  return assert(rsnapshots.extract_snapshots('{"snapshots":[{"id":"a"},{"id":"b"}],' .. members
    .. "}"))
end

describe("around a list", function()
  it("links that are none count as absent", function()
    for _, links in ipairs { "{}", "null", "7", '""', "[7,null]", "[{}]", '[{"rel":"next"}]',
      '[{"rel":"next","href":null}]', '[{"rel":"next","href":{}}]', '{"next":null}' } do
      for _, name in ipairs { "snapshots_links", "snapshot_links", "links" } do
        local page = page_with(('"%s":%s'):format(name, links))
        assert.equal(2, #page)
        assert.is_nil(page.next_link)
      end
    end
  end)

  it("a count as text counts, and one that is none is absent", function()
    for text, total in pairs { ['"12"'] = 12, ["12"] = 12, ["12.0"] = 12, ["0"] = 0 } do
      assert.equal(total, page_with('"count":' .. text).total)
    end
    for _, text in ipairs { "null", '"many"', "-1", '""', "1.5", "[]", "{}", "true" } do
      assert.is_nil(page_with('"count":' .. text).total)
    end
  end)

  it("rows that are null are skipped, and a list that is null is empty", function()
    local page = assert(rsnapshots.extract_snapshots
      '{"snapshots":[null,{"id":"a"},null,{"id":"b"},null]}')
    assert.equal(2, #page)
    assert.equal("b", page[2].id)
    assert.equal(0, #assert(rsnapshots.extract_snapshots '{"snapshots":null}'))
  end)

  it("what is no list, or no snapshot, stays an error that names it", function()
    for text, message in pairs {
      ['{"snapshots":{"id":"a"}}'] = "snapshots: expected an array, got an object",
      ['{"snapshots":"a"}'] = "snapshots: expected an array, got a string",
      ["{}"] = "snapshots: missing",
      ['{"snapshots":[null,"a"]}'] = "snapshots[1]: expected an object, got a string",
      ['{"snapshots":[{"id":"a"},7]}'] = "snapshots[1]: expected an object, got an integer",
    } do
      local page, err = rsnapshots.extract_snapshots(text)
      assert.is_nil(page)
      assert.equal(message, err.message)
    end
  end)
end)
