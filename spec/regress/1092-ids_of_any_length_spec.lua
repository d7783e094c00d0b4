-- From Lua, an id of any length was encoded; the size of its path was not checked. The functions in
-- C take at most 1024 bytes, and so do these now.
local connect = require "spec.support.connect"

describe("an id that is too long", function()
  it("is refused before anything is sent", function()
    local client, sim = connect.new { retries = 0 }
    local before = #sim.requests
    local _, err = client:get(("/"):rep(1025))
    assert.equal("invalid", err.kind)
    assert.equal("the id is longer than 1024 bytes", err.message)
    _, err = client:delete(("a"):rep(1025), { force = true })
    assert.equal("invalid", err.kind)
    assert.equal(before, #sim.requests)
    _, err = client:get(("/"):rep(1024))
    assert.equal("not_found", err.kind)
    assert.equal(before + 1, #sim.requests)
    client:close()
    sim:close()
  end)
end)
