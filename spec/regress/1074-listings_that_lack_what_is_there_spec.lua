-- Kind: one listing lacks snapshots that are there: a gateway's empty page, a replica that is
-- behind. A wait for their end took them all for gone.
local connect = require "spec.support.connect"
local json = require "rsnapshots.simulator.text.json"
local shown = require "spec.support.shown"

describe("a wait for the end of many snapshots, one of whose listings is empty,", function()
  local client, sim, listings

  before_each(function()
    client, sim = connect.new({}, { delete_seconds = 3 })
    sim:add_snapshots(20, { volume_id = sim.volume_id })
    listings = 0
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function empty(which)
    sim.quirks[1] = shown.pages(function(body)
      listings = listings + 1
      body:set("snapshots", listings == which and json.array() or body:get "snapshots")
    end)
  end

  for _, which in ipairs { 1, 2 } do
    it("goes on until they are gone: listing " .. which, function()
      local list = assert(client:list():all())
      assert.equal(0, select(2, client:delete_all(list)))
      empty(which)
      local _, failures = client:wait_all(list, { deleted = true, interval = 0.5 })
      assert.equal(0, failures)
      assert.equal(0, #sim.store.snapshots)
      assert.is_true(listings > which)
    end)
  end

  it("says that they are still there", function()
    local list = assert(client:list():all())
    empty(1)
    local results, failures = client:wait_all(list, { deleted = true, timeout = 0 })
    assert.equal(20, failures)
    assert.equal("timeout", results[1].error.kind)
  end)
end)
