-- Kind: the service says why, and the error does not. Clouds, gateways and frameworks call the
-- reason and the code by many names.
local connect = require "spec.support.connect"

local REASON = "the volume is frozen"

-- The body, and the code in it.
local BODIES = {
  { [[{"error_code": "EVS.5404", "error_msg": "%s", "request_id": "r1"}]], "EVS.5404" },
  { [[{"error": "%s"}]] },
  { [[{"error": "invalid_token", "error_description": "%s"}]], "invalid_token" },
  { [[{"errors": [{"status": 409, "title": "Conflict", "detail": "%s"}]}]], "Conflict" },
  { [[{"errors": ["%s"]}]] },
  { [[{"detail": "%s"}]] },
  { [[{"detail": [{"loc": ["body"], "msg": "%s"}]}]] },
  { [[{"debuginfo": null, "faultcode": "Client", "faultstring": "%s"}]], "Client" },
  { [[{"fault": {"faultstring": "%s", "detail": {}}}]] },
  { [[{"title": "Bad snapshot", "description": "%s"}]], "Bad snapshot" },
  { [[{"incidentID": "1", "code": "E0042", "description": "%s"}]], "E0042" },
  { [[{"error_message": "{\"faultstring\": \"%s\"}"}]] },
  { [[{"Message": "%s"}]] },
  { [[{"badRequest": {"message": "%s", "code": 400}}]], "badRequest" },
  { [[{"message": ["%s"]}]] },
  { [[{"code": 4001, "msg": "%s"}]], "4001" },
  { [[{"reason": "%s"}]] },
  { [=[[{"code": "X", "message": "%s"}]]=], "X" },
  { [[{"error": {"itemNotFound": {"message": "%s", "code": 404}}, "code": 404}]], "itemNotFound" },
  { [[{"error": {"message": "%s", "code": "EVS.2032"}}]], "EVS.2032" },
  { [[{"error": {"code": 400, "message": "%s", "title": "Bad Request"}}]], "Bad Request" },
  { [[{"NeutronError": {"type": "Frozen", "message": "%s", "detail": ""}}]], "Frozen" },
  { [[{"messages": ["%s"]}]] },
  { [[{"non_field_errors": ["%s"]}]] },
  { [[{"badRequest": [{"message": "%s", "code": 400}]}]] },
  { "<badRequest code='400'><message>%s</message></badRequest>", "badRequest" },
  { "<Error><Code>Frozen</Code><Message>%s</Message></Error>", "Frozen" },
  { "<html><head><title>%s</title><style>p {}</style></head></html>" },
  { "%s" },
}

describe("the service's reason", function()
  local client, sim

  before_each(function()
    client, sim = connect.new { retries = 0 }
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function refuse(body)
    sim:clear_faults()
    sim:fault { method = "POST", path = "/snapshots", status = 400, body = body, times = 1 }
    local snapshot, err = client:create { volume_id = sim.volume_id }
    assert.is_nil(snapshot)
    return err
  end

  it("is the message, and its code the code", function()
    for _, case in ipairs(BODIES) do
      local err = refuse((case[1]:format(REASON)))
      assert.equal("invalid", err.kind, case[1])
      assert.equal(REASON, err.message, case[1])
      assert.equal(case[2], err.code, case[1])
    end
  end)

  it("names the field that it is about", function()
    assert.equal("snapshot: " .. REASON,
      refuse('{"badRequest": {"message": {"snapshot": ["' .. REASON .. '"]}}}').message)
  end)

  it("is the code where there is nothing else", function()
    local err = refuse '{"code": "EVS.0001", "request_id": "r1"}'
    assert.equal("EVS.0001", err.message)
    assert.equal("EVS.0001", err.code)
  end)

  it("is one line, and a short one", function()
    local err = refuse('{"message": "' .. ("two\\nlines "):rep(500) .. '"}')
    assert.is_nil(err.message:find "%c")
    assert.equal(303, #err.message)
  end)

  it("has no password in it", function()
    local hidden = sim:credentials({}).password
    local err = refuse(('{"message": "not with %s please", "code": "%s"}'):format(hidden, hidden))
    assert.is_nil(tostring(err):find(hidden, 1, true))
    assert.matches("^not with .+ please$", err.message)
    -- nor half of it, where the text is cut
    err = refuse('{"message": "few' .. ("<b> </b>"):rep(511) .. hidden .. '"}')
    assert.equal("few...", err.message)
    assert.is_nil(tostring(err):find(hidden:sub(1, 3), 1, true))
  end)
end)
