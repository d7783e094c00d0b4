-- Kind: `find` and `volume` took every 4xx to an id for "there is no such id", also that of a proxy
-- (407, 421, 431), looked for the id as a name, and said `not_found` of what is there.
local connect = require "spec.support.connect"
local served = require "spec.support.served_command"

local PASSING = { 402, 407, 411, 414, 415, 417, 421, 425, 426, 428, 431, 451, 499 }

describe("an id that a proxy refuses", function()
  for api_version = 1, 3 do
    it("is not taken for one that is not there, version " .. api_version, function()
      local client, sim = connect.new { api_version = api_version }
      finally(function()
        client:close()
        sim:close()
      end)
      local id = sim:add_snapshots(1)[1]
      for _, status in ipairs(PASSING) do
        for verb, what in pairs { find = id, volume = sim.volume_id } do
          sim:fault { method = "GET", path = what, status = status, times = 1 }
          local found, err = client[verb](client, what)
          assert.is_nil(found)
          assert.equal(status, err.status, verb)
          assert.equal(what, assert(client[verb](client, what)).id)
        end
      end
    end)

    it("is not taken for one that is not there after a page with 400, version " .. api_version,
      function()
        local client, sim = connect.new { api_version = api_version }
        finally(function()
          client:close()
          sim:close()
        end)
        local id = sim:add_snapshots({ { name = "beef", volume_id = sim.volume_id } })[1]
        local page = "<html><head><title>400 Bad Request</title></head></html>"
        for _, status in ipairs { 400, 422 } do
          sim:fault { method = "GET", path = id, status = status, body = page, times = 1 }
          local _, err = client:find(id)
          assert.equal("invalid", err.kind)
          sim:fault { method = "GET", path = "/beef", status = status, body = page, times = 1 }
          assert.equal(id, assert(client:find "beef").id) -- it may be a name
        end
      end)

    it("is none if the service says so, version " .. api_version, function()
      local client, sim = connect.new { api_version = api_version }
      finally(function()
        client:close()
        sim:close()
      end)
      for _, status in ipairs { 400, 422 } do
        sim:fault { method = "GET", path = "/beef", status = status }
        local _, err = client:find "beef"
        assert.equal("not_found", err.kind)
      end
    end)
  end

  it("is not said to be missing by the command", function()
    local cloud = served.cloud()
    local id = cloud.sim:add_snapshots(1)[1]
    cloud.sim:fault { method = "GET", path = id, status = 421, times = 1 }
    local _, err, status = cloud:run("show " .. id)
    assert.is_nil(err:find("there is no snapshot", 1, true), err)
    assert.not_equal(0, status)
    cloud:close()
  end)
end)
