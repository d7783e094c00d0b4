-- Kind: the simulator fails where a test has changed a record.
--
-- `sim:find_snapshot(id).metadata = {...}` is allowed, and was shown; filters by metadata and
-- deletes took it for the simulator's own kind of object, and answered 500.

local frozen = require "spec.support.frozen"
local rawhttp = require "spec.support.rawhttp"

describe("a snapshot whose metadata a test replaced by a plain table", function()
  local sim, http, id

  before_each(function()
    sim, http = frozen.start()
    id = sim:add_snapshots(1)[1]
    sim:find_snapshot(id).metadata = { keep = "yes", rc_delete_busy = "1" }
  end)

  after_each(function()
    sim:close()
  end)

  it("is found by it", function()
    local reply = http:ask("GET", "snapshots?metadata={'keep':'yes'}", { version = 22 })
    assert.equal(id, rawhttp.decode(reply).snapshots[1].id)
  end)

  it("is deleted as its words say", function()
    assert.equal(202, http:ask("DELETE", "snapshots/" .. id).status)
    sim:advance(1)
    assert.equal("available", sim:find_snapshot(id).status)
  end)

  it("gets more of it", function()
    local reply = http:ask("POST", "snapshots/" .. id .. "/metadata",
      { body = '{"metadata": {"a": "b"}}' })
    assert.same({ metadata = { keep = "yes", rc_delete_busy = "1", a = "b" } },
      rawhttp.decode(reply))
  end)
end)
