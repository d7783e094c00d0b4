--- A record with odd members must read the same alone and in a page, and must not cost other rows.
local assert = require "luassert"
local rsnapshots = require "rsnapshots"

--- The Snapshot with these members, alone and as one row of three.
return function(members)
  local object = '{"id":"odd",' .. members .. "}"
  local alone = assert(rsnapshots.extract_snapshot('{"snapshot":' .. object .. "}"))
  local page = assert(rsnapshots.extract_snapshots('{"snapshots":[{"id":"a"},' .. object
    .. ',{"id":"b"}]}'))
  assert.equal(3, #page)
  assert.equal(object, page[2]:to_json())
  assert.same(alone:to_table(), page[2]:to_table())
  return page[2]
end
