--- A name with a newline in it printed a line of its own, as if it were another snapshot's.
local with = require "spec.support.odd_record"

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
