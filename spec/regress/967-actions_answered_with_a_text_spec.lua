-- Kind: an action that took effect was an error, as its answer was 200 with a text. And metadata
-- that a service gives as numbers was no text, or an error where a whole snapshot has none.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"

describe("an action that is answered with a text", function()
  local client, sim, id

  before_each(function()
    client, sim = connect.new { user = "admin" }
    id = sim:add_snapshots(1, { volume_id = sim.volume_id })[1]
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  -- The service does it, or does not, and its answer becomes this one.
  local function answer(body, does)
    sim.quirks[1] = { [does and "after" or "before"] = function(_, request)
      return request.method == "POST" and reply.new(200, body) or nil
    end }
  end

  for _, body in ipairs { "OK", "null", "true" } do
    it("was done if the snapshot shows it: " .. body, function()
      answer(body, true)
      assert.is_true(client:reset_status(id, "creating"))
      assert.is_true(client:update_status(id, "available"))
      assert.is_true(client:unmanage(id))
    end)

    it("was not done otherwise: " .. body, function()
      answer(body, false)
      for verb, argument in pairs { reset_status = "error", update_status = "error",
        unmanage = false } do
        local ok, err = client[verb](client, id, argument or nil)
        assert.is_nil(ok)
        assert.equal("decode", err.kind)
      end
    end)
  end
end)

describe("metadata that is asked for", function()
  it("is texts, and none where a whole snapshot has none", function()
    local client, sim = connect.new()
    local body
    sim.quirks[1] = { after = function(_, request)
      return request.path:find "/metadata$" and reply.new(200, body) or nil
    end }
    local id = sim:add_snapshots(1, { volume_id = sim.volume_id })[1]
    for given, wanted in pairs {
      ['{"metadata": {"a": 7, "b": true, "c": "x", "d": null, "e": [1]}}'] =
        { a = "7", b = "true", c = "x", e = "[1]" },
      ['{"snapshot": {"id": "x", "metadata": {"a": 7}}}'] = { a = "7" },
      ['{"snapshot": {"id": "x"}}'] = {},
      ['{"metadata": []}'] = {},
    } do
      body = given
      assert.same(wanted, client:get_metadata(id), given)
    end
    client:close()
    sim:close()
  end)
end)
