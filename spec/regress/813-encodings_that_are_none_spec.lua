-- Kind: an encoding that is none ("utf-8") on every answer of a cloud. libcurl 8 has refused the
-- body by the time it could be told to read it as it is.
local simulator = require "rsnapshots.simulator"

describe("a cloud whose answers are all said to be encoded as utf-8", function()
  it("is used as any other", function()
    local sim = assert(simulator.new())
    sim:fault { headers = { ["Content-Encoding"] = "utf-8" }, act = true }
    local client = assert(sim:connect { retries = 0 })
    finally(function()
      client:close()
      sim:close()
    end)
    local volume, old = sim:add_volume { name = "web" }, sim:add_snapshots(1)[1]
    local made = assert(client:create { volume_id = volume, name = "nightly" })
    assert.equal("nightly", made.name)
    assert.equal("weekly", assert(client:update(made.id, { name = "weekly" })).name)
    assert.equal(2, #assert(client:list():all()))
    assert.is_true(client:delete(old))
  end)
end)
