-- Kind: a service that answers from replicas does not find a new volume at first. A new snapshot
-- was looked for again; a restored volume was not: restore failed, and the volume was there.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"
local served = require "spec.support.served_command"

-- Hides new volumes from the first `misses` looks at them.
local function hide(sim, misses)
  sim.quirks[1] = { before = function(_, request)
    if request.asks.resource == "volumes" and request.asks.operation == "get" and misses > 0 then
      misses = misses - 1
      return reply.fault(404, ("Volume %s could not be found."):format(request.asks.id))
    end
  end }
end

describe("a restored volume that is not found at first", function()
  for api_version = 1, 3 do
    it("is waited for, version " .. api_version, function()
      local client, sim = connect.new { api_version = api_version }
      local id = sim:add_snapshots(1)[1]
      hide(sim, 2)
      assert.equal("available", assert(client:restore(id, { name = "new", wait = 60 })).status)
      hide(sim, 2)
      local volume = assert(client:restore(id, { name = "newer" }))
      assert.equal("available", assert(client:wait_until_available(volume, 60)).status)
      client:close()
      sim:close()
    end)
  end

  it("is an error after a few looks, or where nobody has seen it", function()
    local client, sim = connect.new()
    local id = sim:add_snapshots(1)[1]
    hide(sim, math.huge)
    local none, err = client:restore(id, { name = "new", wait = 60 })
    assert.is_nil(none)
    assert.equal("not_found", err.kind)
    assert.equal("new", err.volume.name)
    hide(sim, 1)
    none, err = client:wait_until_available(err.volume.id, 60)
    assert.is_nil(none)
    assert.equal("not_found", err.kind)
    client:close()
    sim:close()
  end)

  it("is waited for by the command", function()
    local cloud = served.cloud()
    cloud:nights(1)
    hide(cloud.sim, 1)
    local _, err, status = cloud:run "restore n1 new --wait --timeout 60"
    assert.same({ 0, "" }, { status, err })
    cloud:close()
  end)
end)
