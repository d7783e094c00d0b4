-- Kind: an update whose answer showed nothing was read again, and was an error nevertheless where
-- the service has null for what was cleared, or leaves out the blanks around a name.
local connect = require "spec.support.connect"

describe("an update that is answered by a word", function()
  local client, sim

  before_each(function()
    client, sim = connect.new()
    sim:fault { method = "PUT", path = "/snapshots/", status = 202, body = "Accepted" }
    sim:fault { method = "GET", path = "/snapshots/", status = 200,
      body = '{"snapshot": {"id": "a", "name": "x", "description": null, "status": "available"}}' }
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  it("is done where null stands for what was cleared", function()
    assert.equal("a", assert(client:update("a", { name = "x", description = "" })).id)
  end)

  it("is done where blanks were left out", function()
    assert.equal("x", assert(client:update("a", { name = " x " })).name)
  end)

  it("is not done where anything else is there", function()
    for _, wanted in ipairs { { name = "" }, { name = "y" }, { description = "x" } } do
      local snapshot, err = client:update("a", wanted)
      assert.is_nil(snapshot)
      assert.equal("decode", err.kind)
    end
  end)
end)
