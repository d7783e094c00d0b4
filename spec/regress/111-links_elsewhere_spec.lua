--- The link to the next page was found in one place only, and in lower case only.
local rsnapshots = require "rsnapshots"

local function next_link(members)
  return assert(rsnapshots.extract_snapshots("{" .. members .. ',"snapshots":[]}')).next_link
end

describe("the link to the next page", function()
  local FORMS = {
    '[{"rel":"next","href":"h"}]', '[{"href":"h","rel":"NEXT"}]',
    '[null,{"rel":"self","href":"s"},{"rel":"Next","href":"h"}]', '{"rel":"next","href":"h"}',
    '{"self":"s","next":"h"}', '{"next":{"href":"h"}}',
  }

  it("is found in every list of links", function()
    for _, name in ipairs { "snapshots_links", "snapshot_links", "links" } do
      for _, form in ipairs(FORMS) do
        assert.equal("h", next_link(('"%s":%s'):format(name, form)))
      end
    end
  end)

  it("is found beside the rows", function()
    assert.equal("h", next_link '"next":"h"')
    assert.equal("h", next_link '"next":{"href":"h"}')
    assert.equal("http://h/?a=b", next_link [["next":"http:\/\/h\/?a\u003db"]])
  end)

  it("is not any other link, and is not undone by none", function()
    assert.is_nil(next_link '"links":[{"rel":"previous","href":"p"},{"rel":"nextpage","href":"p"}]')
    assert.is_nil(next_link '"previous":"p"')
    assert.is_nil(next_link '"x":{"next":"p"}')
    assert.equal("h",
      next_link '"snapshots_links":[{"rel":"next","href":"h"}],"next":null,"links":[]')
  end)
end)
