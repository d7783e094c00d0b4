local connect = require "spec.support.connect"
local cjson = require "cjson"
local rsnapshots = require "rsnapshots"
local status = rsnapshots.status

local QUICK = { timeout = 60, interval = 0.03 }

-- The body of the last request with this method.
local function last_body(sim, method)
  for i = #sim.requests, 1, -1 do
    if sim.requests[i].method == method then
      return cjson.decode(sim.requests[i].body), sim.requests[i]
    end
  end
end

for version = 1, 3 do
  local name_key = version == 1 and "display_name" or "name"
  local description_key = version == 1 and "display_description" or "description"

  describe("client of version " .. version, function()
    local client, sim

    before_each(function()
      client, sim = connect.new({ api_version = version })
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    local function create(options)
      options = options or {}
      options.volume_id = options.volume_id or sim.volume_id
      return assert(client:create(options))
    end

    local function complete(options)
      return assert(create(options):wait_until_complete(QUICK))
    end

    it("tells where it is connected, read-only", function()
      assert.equal(version, client.api_version)
      assert.matches("^http://127%.0%.0%.1:%d+/.*v" .. version .. "/%x+$", client.endpoint)
      assert.equal(32, #client.project_id)
      assert.equal(version == 1 and "DFW" or "RegionOne", client.region)
      assert.equal(version == 3 and "3.70" or nil, client.microversion)
      assert.error_matches(function() client.endpoint = "x" end, "'endpoint' is read%-only")
      assert.error_matches(function() client.foo = 1 end, "no field 'foo'")
      assert.matches("^rsnapshots%.Client: http://", tostring(client))
    end)

    describe("create", function()
      it("sends what is given, in this version's names", function()
        local options = { volume_id = sim.volume_id, name = "n", description = "d", force = true }
        local snapshot = create(options)
        local body = last_body(sim, "POST")
        assert.same({ snapshot = { volume_id = sim.volume_id, [name_key] = "n",
          [description_key] = "d", force = true } }, body)
        assert.equal("n", snapshot.name)
        assert.equal("d", snapshot.description)
        assert.equal(status.CREATING, snapshot.status)
        assert.equal(sim.volume_id, snapshot.volume_id)
        assert.equal(1, snapshot.size)
        assert.same({}, snapshot.metadata)
      end)

      it("leaves absent, empty and false out of the body", function()
        create { name = "", description = "", force = false, metadata = {} }
        assert.same({ snapshot = { volume_id = sim.volume_id } }, (last_body(sim, "POST")))
      end)

      it("puts extra attributes into the body as they are", function()
        client:create { volume_id = sim.volume_id, extra = { colour = { "red" } } }
        assert.same({ snapshot = { volume_id = sim.volume_id, colour = { "red" } } },
          (last_body(sim, "POST")))
      end)

      it("refuses numbers that would not arrive as they are", function()
        for _, number in ipairs { 1e14, -123456789012345, 2 ^ 60, 0 / 0, math.huge } do
          assert.error_matches(function()
            client:create { volume_id = sim.volume_id, extra = { wide = number } }
          end, "body.snapshot.wide")
        end
        client:create { volume_id = sim.volume_id, extra = { wide = 99999999999999 } }
        assert.equal(99999999999999, last_body(sim, "POST").snapshot.wide)
      end)

      it("takes any value that makes the body", function()
        local maker = setmetatable({}, { __index = {
          to_snapshot_create_map = function(self)
            return { snapshot = { volume_id = self.volume, [name_key] = "made" } }
          end,
        } })
        maker.volume = sim.volume_id
        assert.equal("made", assert(client:create(maker)).name)
      end)

      it("carries any text", function()
        local name = 'žluťoučký 日本 ☺ 😀 "q" \\ / <&> \' %'
        local snapshot = create { name = name }
        assert.equal(name, snapshot.name)
        assert.equal(name, assert(client:get(snapshot)).name)
      end)

      it("raises for a wrong call, and sends nothing", function()
        sim:clear_requests()
        for message, options in pairs {
          ["volume_id must be a string, not missing"] = {},
          ["volume_id must not be empty"] = { volume_id = "" },
          ["volume_id must be a string, not a number"] = { volume_id = 7 },
          ["name must be a string"] = { volume_id = "v", name = 5 },
          ["description must be a string"] = { volume_id = "v", description = {} },
          ["force must be a boolean"] = { volume_id = "v", force = "yes" },
          ["metadata must map strings to strings"] = { volume_id = "v", metadata = { a = 1 } },
          ["metadata must be a table"] = { volume_id = "v", metadata = "a=1" },
          ["no option 'volumeid'"] = { volume_id = "v", volumeid = "x" },
        } do
          assert.error_matches(function() client:create(options) end, message)
        end
        assert.error_matches(function() client:create() end, "must be a table, not missing")
        assert.error_matches(function() client:create { to_snapshot_create_map = 1 } end,
          "to_snapshot_create_map must be a function")
        local circle = {}
        circle[1] = circle
        for message, extra in pairs {
          ["extra must be a table"] = "x", ["the body%.snapshot%.x must not be a function"] =
            { x = print }, ["not a number that JSON has"] = { x = 0 / 0 },
          ["nested too deeply"] = { x = circle }, ["has a key that is a boolean"] =
            { x = { [true] = 1 } },
        } do
          assert.error_matches(function()
            client:create { volume_id = "v", extra = extra }
          end, message)
        end
        assert.error_matches(function()
          client:create { to_snapshot_create_map = function() return {} end }
        end, "must return a table")
        assert.error_matches(function()
          client:create { to_snapshot_create_map = function() return { snapshot = {} } end }
        end, "volume_id must be a string")
        assert.equal(0, #sim.requests)
      end)

      it("names the line of the caller", function()
        local line = debug.getinfo(1, "l").currentline + 1
        local ok, message = pcall(function() client:create {} end)
        assert.is_false(ok)
        assert.matches("client_spec%.lua:" .. line .. ": rsnapshots: create: volume_id", message)
      end)

      it("says what the service thinks of an unknown volume", function()
        local missing = "00000000-0000-4000-8000-000000000000"
        local snapshot, err = client:create { volume_id = missing }
        assert.is_nil(snapshot)
        assert.equal("not_found", err.kind)
        assert.equal(404, err.status)
        assert.matches(missing, err.message, 1, true)
        assert.matches("^req%-", err.request_id)
        assert.equal("POST", err.method)
        assert.equal(client.endpoint .. "/snapshots", err.url)
        assert.equal(1, err.attempts)
      end)
    end)

    describe("get", function()
      it("gives a snapshot with everything the service says", function()
        local made = complete { name = "n" }
        local snapshot = assert(client:get(made.id))
        assert.equal(made, snapshot)
        assert.equal(status.AVAILABLE, snapshot.status)
        assert.equal("100%", snapshot.progress)
        assert.equal(client.project_id, snapshot.project_id)
        assert.near(os.time(), snapshot.created_time, 600)
      end)

      it("takes a snapshot as well as an id", function()
        local made = complete()
        assert.equal(made.id, assert(client:get(made)).id)
        assert.equal(made.id, assert(made:refresh()).id)
      end)

      it("says not_found", function()
        local snapshot, err = client:get "00000000-0000-4000-8000-000000000000"
        assert.is_nil(snapshot)
        assert.equal("not_found", err.kind)
        assert.matches("^not_found: .* %(HTTP 404 %a+, request req%-[%x-]+%)$", tostring(err))
      end)
    end)

    describe("update", function()
      it("changes what is given and leaves the rest", function()
        local snapshot = complete { name = "n", description = "d" }
        local changed = assert(client:update(snapshot, { name = "m" }))
        assert.same({ snapshot = { [name_key] = "m" } }, (last_body(sim, "PUT")))
        assert.equal("m", changed.name)
        assert.equal("d", changed.description)
      end)

      it("clears with an empty text", function()
        local snapshot = complete { description = "d" }
        assert(snapshot:update { description = "" })
        assert.same({ snapshot = { [description_key] = "" } }, (last_body(sim, "PUT")))
        assert.equal("", assert(snapshot:refresh()).description)
      end)

      it("takes any value that makes the body", function()
        local snapshot = complete()
        assert(client:update(snapshot.id, { to_snapshot_update_map = function()
          return { snapshot = { [name_key] = "made" } }
        end }))
        assert.equal("made", assert(client:get(snapshot)).name)
      end)

      it("raises when there is nothing to change", function()
        assert.error_matches(function() client:update("x", {}) end, "nothing to change")
        assert.error_matches(function() client:update("x", { size = 2 }) end, "no option 'size'")
        assert.error_matches(function() client:update("x") end, "must be a table")
      end)
    end)

    describe("delete", function()
      it("is accepted, and the snapshot goes away", function()
        local snapshot = complete()
        assert.is_true(client:delete(snapshot))
        assert.equal(status.DELETING, assert(client:get(snapshot)).status)
        assert.is_true(client:wait_until_deleted(snapshot, QUICK))
        local _, err = client:get(snapshot)
        assert.equal("not_found", err.kind)
      end)

      it("sends no body", function()
        local snapshot = complete()
        assert(snapshot:delete())
        local request = sim.requests[#sim.requests]
        assert.equal("DELETE", request.method)
        assert.equal("", request.body)
        assert.is_nil(request.headers["content-type"])
      end)

      it("that somebody else answers with a page is none", function()
        local snapshot = complete()
        sim:fault { method = "DELETE", status = 200, body = "<html>Back soon</html>" }
        local ok, err = client:delete(snapshot)
        assert.is_nil(ok)
        assert.equal("decode", err.kind)
        assert(client:get(snapshot))
      end)

      it("of one that is not there fails, unless that is fine", function()
        local ok, err = client:delete "00000000-0000-4000-8000-000000000000"
        assert.is_nil(ok)
        assert.equal("not_found", err.kind)
        assert.is_true(client:delete("00000000-0000-4000-8000-000000000000",
          { missing_ok = true }))
      end)
    end)

    describe("find", function()
      it("finds by id and by name", function()
        local made = complete { name = "needle" }
        complete { name = "hay" }
        assert.equal(made, assert(client:find(made.id)))
        assert.equal(made, assert(client:find "needle"))
      end)

      it("says which there are when a name is not unique", function()
        local one, two = complete { name = "twin" }, complete { name = "twin" }
        local found, err = client:find "twin"
        assert.is_nil(found)
        assert.equal("ambiguous", err.kind)
        table.sort(err.matches)
        local ids = { one.id, two.id }
        table.sort(ids)
        assert.same(ids, err.matches)
        assert.equal(two, assert(client:find("twin", { most_recent = true })))
      end)

      it("says not_found", function()
        for _, name in ipairs { "nobody", "00000000-0000-4000-8000-000000000000", "detail" } do
          local found, err = client:find(name)
          assert.is_nil(found)
          assert.equal("not_found", err.kind)
        end
      end)
    end)

    describe("count", function()
      it("counts all, and those that a filter leaves", function()
        sim:add_snapshots(7, { volume_id = sim.volume_id, prefix = "a" })
        sim:add_snapshots(5, { volume_id = sim.volume_id, prefix = "b", status = "error" })
        sim:clear_requests()
        assert.equal(12, client:count())
        assert.equal(version == 3 and 1 or version == 2 and 1 or 2, #sim.requests)
        assert.equal(5, client:count { status = "error" })
        assert.equal(3, client:count { max = 3 })
        assert.equal(1, client:count { name = "a3" })
        assert.equal(7, client:count { name_like = "a" })
      end)
    end)

    describe("metadata", function()
      if version == 1 then
        it("is read, and cannot be changed", function()
          local snapshot = complete()
          assert.same({}, client:get_metadata(snapshot))
          sim:clear_requests()
          for _, call in ipairs {
            function() return client:set_metadata(snapshot, { a = "b" }) end,
            function() return client:replace_metadata(snapshot, { a = "b" }) end,
            function() return client:delete_metadata(snapshot, "a") end,
          } do
            local result, err = call()
            assert.is_nil(result)
            assert.equal("unsupported", err.kind)
          end
          assert.equal(0, #sim.requests)
        end)
      else
        it("is merged, replaced, and deleted by key", function()
          local snapshot = complete { metadata = { a = "1" } }
          assert.same({ a = "1" }, snapshot.metadata)
          assert.same({ a = "1", b = "2" }, client:set_metadata(snapshot, { b = "2" }))
          assert.same({ a = "1", b = "2" }, snapshot:get_metadata())
          assert.same({ c = "3", d = "4" }, snapshot:replace_metadata { c = "3", d = "4" })
          assert.is_true(snapshot:delete_metadata("c", "d"))
          assert.same({}, client:get_metadata(snapshot.id))
        end)

        it("has one deadline for a key that takes several requests", function()
          local snapshot = complete { metadata = { ["a/b"] = "1" } }
          sim:fault { path = "/metadata", delay = 60, times = 3 }
          local other = connect.to(sim, { api_version = version, timeout = 100,
            attempt_timeout = 100 })
          local began = sim.clock.skipped
          local ok, err = other:delete_metadata(snapshot.id, "a/b")
          assert.is_true(sim.clock.skipped - began < 110)
          assert.is_nil(ok)
          assert.equal("timeout", err.kind)
          other:close()
        end)

        it("has one deadline for several keys", function()
          local snapshot = complete { metadata = { a = "1", b = "2", c = "3" } }
          sim:fault { path = "/metadata", delay = 60, times = 3 }
          local other = connect.to(sim, { api_version = version, timeout = 100,
            attempt_timeout = 100 })
          local began = sim.clock.skipped
          local ok, err = other:delete_metadata(snapshot.id, "a", "b", "c")
          assert.is_true(sim.clock.skipped - began < 110)
          assert.is_nil(ok)
          assert.equal("timeout", err.kind)
          assert.equal("b", err.key)
          other:close()
        end)

        it("has a key that no path can name deleted also where an answer was lost", function()
          local snapshot = complete { metadata = { ["a/b"] = "1", c = "2" } }
          for _ = 1, 2 do -- there, and not there
            sim:fault { method = "DELETE", path = "/metadata/", times = 1, cut = "after" }
            assert.is_true(snapshot:delete_metadata("a/b"))
            assert.same({ c = "2" }, snapshot:get_metadata())
          end
        end)

        it("tells which key could not be deleted", function()
          local snapshot = complete { metadata = { a = "1" } }
          local ok, err = snapshot:delete_metadata("a", "nothing", "b")
          assert.is_nil(ok)
          assert.equal("not_found", err.kind)
          assert.equal("nothing", err.key)
        end)
      end

      it("raises for a wrong call", function()
        assert.error_matches(function() client:set_metadata("x") end, "metadata must be a table")
        assert.error_matches(function() client:set_metadata("x", { 1 }) end, "strings to strings")
        assert.error_matches(function() client:delete_metadata "x" end, "key must be a string")
        assert.error_matches(function() client:delete_metadata("x", "") end, "must not be empty")
      end)
    end)

    it("works on one kept connection", function()
      local snapshot = complete()
      for _ in client:list() do end -- luacheck: ignore
      assert(snapshot:update { name = "x" })
      assert(snapshot:delete())
      assert(snapshot:wait_until_deleted(QUICK))
      for _, request in ipairs(sim.requests) do
        assert.equal(sim.requests[1].connection, request.connection)
      end
    end)

    it("closes once and for all", function()
      local snapshot = complete()
      client:close()
      client:close()
      assert.error_matches(function() client:get "x" end, "the client is closed")
      assert.error_matches(function() snapshot:refresh() end, "the client is closed")
      assert.error_matches(function() client:list() end, "the client is closed")
      assert.matches("closed", tostring(client))
    end)
  end)
end

describe("a snapshot that was decoded from a text", function()
  it("belongs to no client", function()
    local snapshot = assert(rsnapshots.extract_snapshot '{"snapshot": {"id": "x"}}')
    assert.error_matches(function() snapshot:delete() end, "belongs to no client")
  end)
end)
