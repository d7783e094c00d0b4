-- Kind: a 404 that is not the service's own. For a moment a load balancer, a gateway or a web
-- framework says that there is nothing, in text, HTML or JSON; the snapshot is still there. It
-- proves nothing: not in a get, a delete, a wait, a find, nor for many at once.
local connect = require "spec.support.connect"

local FOREIGN = {
  "", "404 page not found\n", "default backend - 404", "{}", "[]", "null",
  "<html><body><h1>404 Not Found</h1>\nThe resource could not be found.\n</body></html>",
  '{"message":"no Route matched with those values"}', '{"error_msg":"404 Route Not Found"}',
  '{"timestamp":"t","status":404,"error":"Not Found","path":"/v3/p/snapshots/x"}',
  '{"error_msg":"The API does not exist","error_code":"APIG.0101"}', '{"detail":"Not Found"}',
  '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.'
    .. "</Message></Error>",
  '{"timestamp": 1, "status": 404, "error": "Not Found", "path": "/v3/p/snapshots/x"}',
  '{"message": "no healthy upstream"}', '{"error": "host_not_found"}',
  '{"code": "Router.NotFound", "message": "upstream snapshot route missing"}',
}

for _, api_version in ipairs { 3, 2, 1 } do
  describe(("with version %d somebody else's 404"):format(api_version), function()
    local client, sim, snapshot

    before_each(function()
      client, sim = connect.new({ api_version = api_version, retries = 0 },
        { create_seconds = 0, delete_seconds = 0.03 })
      snapshot = assert(client:create { volume_id = sim.volume_id, name = "n", wait = 5 })
    end)

    after_each(function()
      client:close()
      sim:close()
    end)

    local function answer(body, times)
      sim:clear_faults()
      sim:fault { path = "/snapshots", status = 404, body = body, times = times or 1 }
    end

    it("is a failure of the server", function()
      for _, body in ipairs(FOREIGN) do
        answer(body)
        local got, err = client:get(snapshot.id)
        assert.is_nil(got)
        assert.equal("server", err.kind, body)
        assert.equal(404, err.status)
      end
    end)

    it("is tried again", function()
      local patient = connect.to(sim, { api_version = api_version, retries = 2 })
      for _, body in ipairs { FOREIGN[1], FOREIGN[2], FOREIGN[8] } do
        answer(body)
        assert.equal(snapshot.id, assert(patient:get(snapshot.id)).id)
      end
      patient:close()
    end)

    it("does not make a delete succeed", function()
      for _, body in ipairs(FOREIGN) do
        answer(body)
        local ok, err = client:delete(snapshot, { missing_ok = true })
        assert.is_nil(ok)
        assert.equal("server", err.kind, body)
      end
      sim:clear_faults()
      assert.equal(snapshot.id, assert(client:get(snapshot.id)).id)
    end)

    it("does not end a wait", function()
      for _, body in ipairs { FOREIGN[2], FOREIGN[7], FOREIGN[8] } do
        local made = assert(client:create { volume_id = sim.volume_id, wait = 5 })
        assert(client:delete(made))
        answer(body)
        assert(client:wait_until_deleted(made, { timeout = 10, interval = 0.01 }))
        sim:clear_faults()
        local _, err = client:get(made.id)
        assert.equal("not_found", err.kind)
      end
    end)

    it("is no proof for a find", function()
      answer(FOREIGN[2], 10)
      local found, err = client:find(snapshot.id)
      assert.is_nil(found)
      assert.equal("server", err.kind)
    end)

    it("counts as a failure in a list of deletes", function()
      answer(FOREIGN[8], 10)
      local results, failures = client:delete_all({ snapshot.id }, { missing_ok = true })
      assert.equal(1, failures)
      assert.equal("server", results[1].error.kind)
    end)

    it("is told from the service's own", function()
      sim:fault { path = "/snapshots", status = 404, times = 2,
        body = '{"itemNotFound": {"code": 404, "message": "Snapshot x could not be found."}}' }
      local _, err = client:get "x"
      assert.equal("not_found", err.kind)
      assert.equal("itemNotFound", err.code)
      assert.is_true(client:delete("x", { missing_ok = true }))
    end)
  end)
end
