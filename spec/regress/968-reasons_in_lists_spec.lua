-- Kind: a reason in a list of a name that nobody knows was no reason: "and no explanation".
local connect = require "spec.support.connect"

local REASON = "the volume is frozen"

describe("a reason in a list", function()
  local client, sim

  setup(function()
    client, sim = connect.new()
  end)

  teardown(function()
    client:close()
    sim:close()
  end)

  local function refuse(body)
    sim:clear_faults()
    sim:fault { method = "POST", path = "/snapshots", status = 400, body = body, times = 1 }
    return select(2, client:create { volume_id = sim.volume_id })
  end

  for _, body in ipairs { '{"messages": ["%s"]}', '{"non_field_errors": ["%s"]}',
    '{"badRequest": [{"message": "%s", "code": 400}]}' } do
    it("is the message: " .. body, function()
      assert.equal(REASON, refuse(body:format(REASON)).message)
    end)
  end

  it("is none in a list of something else", function()
    for _, body in ipairs { '{"links": ["/v3"]}', '{"request": [1]}' } do
      assert.matches("no explanation", refuse(body).message, 1, true)
    end
  end)
end)
