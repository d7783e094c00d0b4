-- Kind: one odd answer ends a wait, or makes a change that was done look like one that failed.
local simulator = require "rsnapshots.simulator"

for api_version = 1, 3 do
  describe("with version " .. api_version .. ", a client", function()
    local client, sim

    local function open(...)
      sim = assert(simulator.new { create_seconds = 3, delete_seconds = 3, quirks = { ... } })
      client = assert(sim:connect { api_version = api_version })
    end

    after_each(function()
      client:close()
      sim:close()
    end)

    for _, quirk in ipairs { "maintenance_page=2", "empty_body=2", "half_body=2",
      "proxy_404_text=2", "proxy_404_html=2", "late_after_create", "stale_after_delete=3",
      "progress_empty", "progress_90" } do
      it("waits on in spite of the quirk " .. quirk, function()
        open(quirk)
        local id = sim:add_snapshots(1, { status = "creating" })[1]
        sim.store:enter(sim:find_snapshot(id), "creating", 3, function(record)
          record.status = "available"
        end)
        local snapshot = assert(client:wait_until_complete(id, 60))
        assert.equal("AVAILABLE", snapshot.status)
        assert(client:delete(id))
        assert.is_true(client:wait_until_deleted(snapshot, 60))
        sim.store:advance()
        assert.is_nil(sim:find_snapshot(id))
      end)
    end

    for _, quirk in ipairs { "delete_200_text", "delete_200_null", "delete_200_html", "delete_204" }
    do
      it("deletes in spite of the quirk " .. quirk .. ", by one request", function()
        open(quirk)
        local id = sim:add_snapshots(1)[1]
        assert.is_true(client:delete(id))
        local deletes = 0
        for _, request in ipairs(sim.requests) do
          deletes = deletes + (request.method == "DELETE" and 1 or 0)
        end
        assert.equal(1, deletes)
        assert.equal(0, select(2, client:delete_all(sim:add_snapshots(3))))
      end)
    end

    it("does not call a page a delete where the snapshot is still there", function()
      open()
      local id = sim:add_snapshots(1)[1]
      sim:fault { method = "DELETE", status = 200, body = "<html>We will be back</html>" }
      local ok, err = client:delete(id)
      assert.is_nil(ok)
      assert.equal("decode", err.kind)
      assert.equal("AVAILABLE", assert(client:get(id)).status)
    end)

    it("reads again what an update or a create did not show", function()
      open("update_204", "create_201_location")
      local made = assert(client:create { volume_id = sim.volume_id, name = "new" })
      assert.equal("new", made.name)
      assert.equal(1, #sim.store.snapshots)
      assert.equal("newer", assert(client:update(made, { name = "newer" })).name)
    end)

    it("calls a delete undone after seconds of looks, not after two", function()
      open()
      local id = sim:add_snapshots(1)[1]
      assert(client:delete(id))
      assert(client:get(id))
      sim.store:enter(sim:find_snapshot(id), "deleting", 1, function(record)
        record.status = "available"
      end)
      local began, looks = sim.now(), 0
      local ok, err = client:wait_until_deleted(id, { timeout = 60, interval = 0.125,
        on_progress = function(seen) looks = looks + (seen.status == "AVAILABLE" and 1 or 0) end })
      assert.is_nil(ok)
      assert.equal("reverted", err.kind)
      assert.is_true(sim.now() - began >= 4)
      assert.is_true(looks > 10)
    end)
  end)
end
