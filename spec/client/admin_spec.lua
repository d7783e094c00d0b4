--- The verbs for administrators, on every version of the API.
local connect = require "spec.support.connect"
local rsnapshots = require "rsnapshots"

local status = rsnapshots.status
local MISSING = "00000000-0000-0000-0000-000000000000"

for version = 2, 3 do
  describe("with version " .. version .. " an administrator", function()
    local client, sim, id

    before_each(function()
      local demo
      demo, sim = connect.new({ api_version = version },
        { create_seconds = 0.1, delete_seconds = 0.1 })
      demo:close()
      client = assert(connect.try(sim, { api_version = version, user = "admin" }))
      sim:add_snapshots(1, { volume_id = sim.volume_id })
      id = assert(client:list({ all_projects = true }):next()).id
      sim:clear_requests()
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    local function get()
      return sim:find_snapshot(id)
    end

    it("sets a status", function()
      for _, wanted in ipairs { status.ERROR, "creating", status.ERROR_DELETING, status.BACKING_UP,
        status.AVAILABLE } do
        assert.is_true(client:reset_status(id, wanted))
        assert.equal(wanted:lower(), get().status)
      end
      local ok, err = client:reset_status(id, "nonsense")
      assert.is_nil(ok)
      assert.equal("invalid", err.kind)
      assert.equal("not_found", select(2, client:reset_status(MISSING, "error")).kind)
    end)

    it("reports progress", function()
      assert(client:reset_status(id, "creating"))
      assert.is_true(client:update_status(id, "creating", "42%"))
      assert.equal("42%", get().progress)
      assert.is_true(client:update_status(id, status.CREATING, 77))
      assert.equal("77%", get().progress)
      assert.is_true(client:update_status(id, status.AVAILABLE, 100))
      assert.equal("available", get().status)
      assert.equal("invalid", select(2, client:update_status(id, "available")).kind)
    end)

    it("deletes by force what could not be deleted", function()
      assert(client:reset_status(id, "creating"))
      assert.equal("invalid", select(2, client:delete(id)).kind)
      assert.is_true(client:delete(id, { force = true }))
      assert.is_true(client:wait_until_deleted(id, 5))
      assert.equal("not_found", select(2, client:delete(id, { force = true })).kind)
      assert.is_true(client:delete(id, { force = true, missing_ok = true }))
    end)

    it("deletes by force although the first answer was lost", function()
      sim:fault { method = "POST", path = "/action", cut = "after", times = 1 }
      assert.is_true(client:delete(id, { force = true }))
      assert.is_true(client:wait_until_deleted(id, 5))
    end)

    it("deletes many by force", function()
      sim:add_snapshots(3, { volume_id = sim.volume_id, status = "creating" })
      local _, failures = client:delete_all(client:list { all_projects = true },
        { force = true, all = true })
      assert.equal(0, failures)
    end)

    it("takes snapshots under management and lets go of them", function()
      local made = assert(client:manage { volume_id = sim.volume_id, name = "found",
        ref = { ["source-name"] = "x" }, metadata = { a = "b" } })
      assert.equal("found", made.name)
      assert.equal("b", made.metadata.a)
      made = assert(made:wait_until_complete(5))
      assert.is_true(made:unmanage())
      assert.is_true(made:wait_until_deleted(5))
      assert(client:manage { volume_id = sim.volume_id, ref = "by-name" })
      assert.equal("not_found", select(2, client:manage { volume_id = MISSING, ref = "x" }).kind)
      local wanted = version == 3 and "/manageable_snapshots" or "/os-snapshot-manage"
      for _, request in ipairs(sim.requests) do
        if request.method == "POST" and request.path:find "manage" and request.status == 202
          and not request.path:find "/action" then
          assert.matches(wanted, request.path, 1, true)
        end
      end
    end)

    it("never sends twice what may have taken effect", function()
      sim:fault { method = "POST", cut = "after" }
      for _, call in ipairs {
        function() return client:manage { volume_id = sim.volume_id, ref = "x" } end,
        function() return client:unmanage(id) end,
        function() return client:update_status(id, "creating") end,
        function() return client:restore(id) end,
      } do
        sim:clear_requests()
        local ok, err = call()
        assert.is_nil(ok)
        assert.equal("uncertain", err.kind)
        assert.equal(1, #sim.requests)
      end
    end)

    it("sees what a back end has, and manages it again", function()
      assert.is_true(client:unmanage(id))
      local again
      for entry in client:manageable { host = "simulator@nothing#nothing", page_size = 1 } do
        if entry.safe_to_manage then
          assert.is_nil(again)
          again = assert(client:manage { volume_id = sim.volume_id, ref = entry.reference })
        else
          assert.equal("already managed", entry.reason_not_safe)
          assert(client:get(entry.cinder_id))
        end
      end
      assert(again:wait_until_complete(5))
      assert.equal("not_found", select(2, client:manageable({ host = "h@b#p" }):next()).kind)
    end)

    it("sees what a cluster of back ends has, from microversion 3.17 on", function()
      local options = { cluster = "c", page_size = 2, detailed = false }
      for minor = 16, 17 do
        local pinned_options = { api_version = version, user = "admin" }
        pinned_options.microversion = version == 3 and "3." .. minor or nil
        local pinned = connect.to(sim, pinned_options)
        sim:clear_requests()
        local listing, err = pinned:manageable(options)
        if version == 3 and minor == 17 then
          assert.equal("not_found", select(2, listing:next()).kind) -- there are no clusters
          assert.matches("cluster=c&limit=2", sim.requests[1].query, 1, true)
        else
          assert.is_nil(listing)
          assert.equal("unsupported", err.kind)
          assert.equal(0, #sim.requests)
        end
        pinned:close()
      end
    end)

    it("is somebody else than a member", function()
      local member = connect.to(sim, { api_version = version })
      for _, call in ipairs {
        function() return member:reset_status(id, "error") end,
        function() return member:delete(id, { force = true }) end,
        function() return member:unmanage(id) end,
        function() return member:manage { volume_id = sim.volume_id, ref = "x" } end,
        function() return member:manageable({ host = "h" }):next() end,
      } do
        local ok, err = call()
        assert.is_nil(ok)
        assert.equal("forbidden", err.kind)
      end
      member:close()
    end)

    it("is told what is wrong with a call", function()
      assert.error_matches(function() client:reset_status(id) end, "status must be a string")
      assert.error_matches(function() client:reset_status(id, "") end, "status must not be empty")
      assert.error_matches(function() client:reset_status(nil, "error") end, "id must be a string")
      assert.error_matches(function() client:update_status(id, "creating", 101) end, "progress")
      assert.error_matches(function() client:update_status(id, "creating", 0.5) end, "progress")
      assert.error_matches(function() client:update_status(id, "creating", {}) end, "progress")
      assert.error_matches(function() client:manage { ref = "x" } end, "volume_id")
      assert.error_matches(function() client:manage { volume_id = "v" } end, "ref")
      assert.error_matches(function() client:manage { volume_id = "v", ref = "x", y = 1 } end,
        "no option 'y'")
      assert.error_matches(function() client:manageable {} end, "either host or cluster")
      assert.error_matches(function() client:manageable { host = "a", cluster = "b" } end, "either")
      assert.error_matches(function() client:manageable { host = "a", page_size = 0 } end,
        "page_size")
      assert.error_matches(function() client:delete(id, { force = 1 }) end, "force")
    end)
  end)
end

describe("what a back end has", function()
  local client, sim
  local entries, asked

  before_each(function()
    local demo
    demo, sim = connect.new()
    demo:close()
    client = assert(connect.try(sim, { user = "admin" }))
    entries, asked = {}, 0
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  -- Answers pages of these entries, each once.
  local function offer(pages)
    for _, page in ipairs(pages) do
      sim:fault { method = "GET", path = "/manageable_snapshots", times = 1, status = 200,
        body = ('{"manageable-snapshots": [%s]}'):format(page) }
    end
    for entry in client:manageable { host = "simulator@nothing", page_size = 2 } do
      entries[#entries + 1] = entry
    end
    for _, request in ipairs(sim.requests) do
      if request.path:find("/manageable_snapshots/detail", 1, true) then
        asked = asked + 1
        assert.matches("host=simulator%40nothing&limit=2", request.query, 1, true)
      end
    end
  end

  local function entry(name)
    return ('{"reference": {"source-name": "%s"}, "size": 1, "safe_to_manage": true, '
      .. '"cinder_id": null}'):format(name)
  end

  it("comes page after page", function()
    offer { entry "a" .. "," .. entry "b", entry "c", "" }
    assert.equal(3, #entries)
    assert.equal("c", entries[3].reference["source-name"])
    assert.is_true(entries[3].safe_to_manage)
    assert.is_nil(entries[3].cinder_id)
    assert.equal(3, asked)
  end)

  it("ends in an error when it holds what is none", function()
    for _, page in ipairs { "[null]", "[1]", '["x"]' } do
      sim:fault { path = "/manageable_snapshots", status = 200,
        body = ('{"manageable-snapshots": %s}'):format(page) }
      local none, err = client:manageable({ host = "h" }):next()
      assert.is_nil(none)
      assert.equal("decode", err.kind)
      sim:clear_faults()
    end
  end)

  it("ends in an error when it goes in circles, or is none", function()
    local ok, err = pcall(offer, { entry "a", entry "a" })
    assert.is_false(ok)
    assert.equal("decode", err.kind)
    sim:clear_faults()
    sim:fault { path = "/manageable_snapshots", status = 200, body = '{"other": 1}' }
    local listing = client:manageable { host = "h" }
    local none, problem = listing:next()
    assert.is_nil(none)
    assert.equal("decode", problem.kind)
  end)
end)

describe("version 1", function()
  it("has none of it", function()
    local client, sim = connect.new { api_version = 1 }
    for _, call in ipairs {
      function() return client:reset_status("x", "error") end,
      function() return client:update_status("x", "error") end,
      function() return client:delete("x", { force = true }) end,
      function() return client:unmanage "x" end,
      function() return client:manage { volume_id = "x", ref = "x" } end,
      function() return client:manageable { host = "x" } end,
      function() return client:revert "x" end,
    } do
      sim:clear_requests()
      local ok, err = call()
      assert.is_nil(ok)
      assert.equal("unsupported", err.kind)
      assert.equal(0, #sim.requests)
    end
    client:close()
    sim:close()
  end)
end)
