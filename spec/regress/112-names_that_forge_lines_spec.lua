--- A name with a newline in it printed a line of its own, as if it were another snapshot's.
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

describe("a snapshot as text", function()
  it("is one line, whatever its name", function()
    for _, name in ipairs { [[a\nrsnapshots.Snapshot: b (\"b\", AVAILABLE)]], [[a\r\tb]],
      [[\u001b[2J]], [[\u0000]], [[\u0085\u009b31m]], "\127" } do
      local text = tostring(with(('"name":"%s","status":"%s"'):format(name, name)))
      assert.is_nil(text:find "[%z\1-\31\127]")
      assert.is_nil(text:find "\194[\128-\159]")
    end
  end)

  it("shows what was there", function()
    assert.equal([[rsnapshots.Snapshot: odd ("a\nb\"c\\\u001b", no status)]],
      tostring(with [["name":"a\nb\"c\\\u001b"]]))
    assert.equal('rsnapshots.Snapshot: odd ("é€", OK)', tostring(with '"name":"é€","status":"ok"'))
  end)
end)
