-- Kind: a gateway answers everything with 200, and says with an error number of 0 that all is well.
-- That counted as a refusal: a revert was done, but gave an error, and nobody waited for it.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"

describe("a revert", function()
  local client, sim, id

  before_each(function()
    client, sim = connect.new()
    id = sim:add_snapshots(1)[1]
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function revert(body)
    sim.quirks[1] = { after = function(_, request)
      return request.path:find("/action", 1, true) and reply.new(200, body) or nil
    end }
    return client:revert(id)
  end

  it("with an error number of 0 is done", function()
    for _, body in ipairs { '{"error": 0, "message": "ok"}', '{"error_code": "0"}',
      '{"errorCode": 0, "errorMsg": "success"}' } do
      assert.is_true(revert(body))
    end
  end)

  it("with another error is refused", function()
    for _, body in ipairs { '{"error": 17}', '{"error_code": "EVS.2013", "error_msg": "busy"}',
      '{"errorMsg": "busy"}', '{"code": 409, "message": "busy"}' } do
      local ok, err = revert(body)
      assert.is_nil(ok)
      assert.equal("decode", err.kind)
    end
  end)
end)
