-- Kind: "db1" and "cafe" are names, and hexadecimal. They are looked up as ids first; and where a
-- gateway answers that with a 404 or a 403 of its own, nothing was looked up as a name. A volume
-- "web" had its snapshots, and a volume "db1" had none, at the same service.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"
local served = require "spec.support.served_command"

local REFUSALS = {
  ["a 404 without a body"] = function() return reply.new(404) end,
  ["a gateway's 404"] = function()
    return reply.new(404, '{"timestamp": 0, "status": 404, "error": "Not Found"}')
  end,
  ["a 403"] = function() return reply.fault(403, "Policy doesn't allow this.") end,
  ["a 200 with a fault"] = function()
    return reply.new(200, '{"itemNotFound": {"code": 404, "message": "nothing here"}}')
  end,
}

-- The service's own 404 becomes something else.
local function replace(sim, make)
  sim.quirks[1] = { after = function(_, request, answer)
    return request.asks.operation == "get" and answer.status == 404 and make() or nil
  end }
end

describe("a hexadecimal name, where an unknown id is", function()
  for what, make in pairs(REFUSALS) do
    it(what .. ", is found", function()
      for api_version = 1, 3 do
        local client, sim = connect.new { api_version = api_version, retries = 1 }
        local volume = sim:add_volume { name = "db1" }
        local id = sim:add_snapshots({ { name = "cafe", volume_id = volume } })[1]
        replace(sim, make)
        assert.equal(volume, assert(client:volume "db1").id)
        assert.equal(id, assert(client:find "cafe").id)
        local none, err = client:find "beef"
        assert.is_nil(none)
        assert.not_equal("not_found", err.kind) -- nobody has said so
        none, err = client:find "2b9f4a70-0000-4000-8000-000000000001"
        assert.is_nil(none)
        assert.not_equal("not_found", err.kind)
        client:close()
        sim:close()
      end
    end)
  end

  it("a 404 of a gateway, has its night", function()
    local cloud = served.cloud()
    cloud.sim:add_volume { name = "db1" }
    replace(cloud.sim, REFUSALS["a gateway's 404"])
    local _, err, status = cloud:run "rotate --volume db1 --keep-last 3"
    assert.same({ 0, "" }, { status, err })
    cloud:close()
  end)

  it("a 503, may be one all the same", function()
    local client, sim = connect.new { retries = 0 }
    sim:add_snapshots { { name = "cafe", volume_id = sim.volume_id } }
    replace(sim, function() return reply.new(503, "busy") end)
    local none, err = client:find "cafe"
    assert.is_nil(none)
    assert.equal("server", err.kind)
    client:close()
    sim:close()
  end)
end)
