-- Kind: a gateway that answers everything with 200 refuses a delete in JSON. That counted as
-- accepted: delete returned true, and a wait said that something depends on the snapshot.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"

describe("a delete", function()
  local client, sim, id

  local function open(api_version)
    client, sim = connect.new({ api_version = api_version }, { delete_seconds = 60 })
    id = sim:add_snapshots(1)[1]
  end

  after_each(function()
    client:close()
    sim:close()
  end)

  local function answer(status, body, does)
    sim.quirks[1] = { [does and "after" or "before"] = function(_, request)
      return request.method == "DELETE" and reply.new(status, body) or nil
    end }
  end

  for api_version = 1, 3 do
    it("that is refused with a 200 is not done, version " .. api_version, function()
      for _, body in ipairs {
        '{"error": {"code": 403, "message": "blocked by rule 17", "title": "No"}}',
        '{"code": 403, "message": "blocked by rule 17"}',
        '{"badRequest": {"code": "400", "message": "blocked by rule 17"}}',
        '{"errorMessage": "blocked by rule 17"}' } do
        open(api_version)
        answer(200, body)
        local ok, err = client:delete(id)
        assert.is_nil(ok)
        assert.equal("decode", err.kind)
        assert.matches("blocked by rule 17", err.message, 1, true)
        local _, failures = client:delete_all { id }
        assert.equal(1, failures)
        client:close()
        sim:close()
      end
      open(api_version)
    end)

    it("that begins later, as an answer in JSON says, is accepted, version " .. api_version,
      function()
        open(api_version)
        answer(200, '{"job_id": "j-1", "message": "accepted"}')
        assert.is_true(client:delete(id))
      end)

    it("that is done is done, whatever the answer, version " .. api_version, function()
      for _, body in ipairs { '{"result": "ok"}', "{}", "[]", "", '{"error": null}',
        '{"code": 200}', '{"is_default": true}' } do
        open(api_version)
        answer(200, body, true)
        assert.is_true(client:delete(id))
        client:close()
        sim:close()
      end
    end)
  end
end)
