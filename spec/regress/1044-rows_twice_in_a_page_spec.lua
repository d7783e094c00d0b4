-- Kind: a service shows rows twice in a row, as a database does after a join. With version 1 each
-- counted for the offset of the next page, so that other rows were left out.
local connect = require "spec.support.connect"
local json = require "rsnapshots.simulator.text.json"
local shown = require "spec.support.shown"

describe("a service that shows rows twice in a page", function()
  local client, sim

  local function open(api_version, count)
    client, sim = connect.new({ api_version = api_version }, { page_limit = 3 })
    sim:add_snapshots(count)
    sim.quirks[1] = shown.pages(function(body)
      local twice = json.array()
      for _, row in ipairs(body:get "snapshots") do
        twice[#twice + 1] = row
        twice[#twice + 1] = row
      end
      body:set("snapshots", twice)
    end)
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  for api_version = 1, 3 do
    it("is listed whole, and each row comes once, version " .. api_version, function()
      for count = 1, 12 do
        open(api_version, count)
        for _, filters in ipairs { {}, { page_size = 2 }, { sort = "name" }, { prefetch = false } }
        do
          local all, seen = assert(client:list(filters):all()), {}
          for _, snapshot in ipairs(all) do
            assert.is_nil(seen[snapshot.id])
            seen[snapshot.id] = true
          end
          assert.equal(count, #all)
        end
        assert.equal(count, (client:count { created_after = 0 }))
        client:close()
        sim:close()
      end
      open(api_version, 1)
    end)
  end

  it("and gets new ones meanwhile is listed whole, version 1", function()
    open(1, 9)
    local listing, ids = client:list { page_size = 3 }, {}
    for i = 1, 9 do
      ids[listing:next().id] = true
      sim:add_snapshots(i % 2)
    end
    local count = 0
    for _ in pairs(ids) do
      count = count + 1
    end
    assert.equal(9, count)
  end)
end)
