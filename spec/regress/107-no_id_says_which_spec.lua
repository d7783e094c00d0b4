--- Without an id nobody can do anything with a snapshot: it is refused, and the message says which.
local rsnapshots = require "rsnapshots"

local function problem(text)
  local page, err = rsnapshots.extract_snapshots('{"snapshots":[{"id":"a"},' .. text .. "]}")
  assert.is_nil(page)
  assert.equal("decode", err.kind)
  return err.message
end

describe("a snapshot without an id", function()
  it("is refused, and the message says which one it is", function()
    assert.equal("snapshots[1].id: missing", problem "{}")
    assert.equal("snapshots[1].id: missing", problem '{"id":null}')
    assert.equal("snapshots[1].id: empty", problem '{"id":""}')
    assert.equal('snapshots[1].id: missing (the snapshot named "nightly")',
      problem '{"display_name":"nightly"}')
    assert.equal('snapshots[2].id: expected a string, got an object (the snapshot named "n")',
      problem '{"id":"b"},{"id":{"id":"c"},"name":"n"}')
    assert.equal("snapshots[2].id: expected a string, got an array", problem 'null,{"id":[]}')
    assert.equal("snapshots[1].id: expected a string, got a boolean", problem '{"id":true}')
  end)

  it("is named on one line, and shortly", function()
    assert.equal([[snapshots[1].id: missing (the snapshot named "a\nb\"c")]],
      problem [[{"name":"a\nb\"c"}]])
    local long = problem('{"name":"' .. ("é"):rep(1000) .. '"}')
    assert.equal('snapshots[1].id: missing (the snapshot named "' .. ("é"):rep(30) .. '"...)', long)
  end)

  -- The cut looked for the beginning of a character before the name, and before the text.
  it("is named also where the name has no character at all", function()
    assert.equal('snapshots[1].id: missing (the snapshot named "'
      .. ("\239\191\189"):rep(57) .. '"...)', problem('{"name":"' .. ("\128"):rep(1000) .. '"}'))
  end)
end)
