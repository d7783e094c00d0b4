-- Kind: a gateway answers 404 in JSON with a code of its own, about a path, a host, a service or an
-- action. It counted as the service's own 404, and so as proof that a snapshot is gone.
local connect = require "spec.support.connect"
local reply = require "rsnapshots.simulator.http.answer"

local ID = "2b9f4a70-0000-4000-8000-000000000001"

local GATEWAYS = {
  '{"code": "NotFoundError", "message": "The requested path was not found"}',
  '{"code": "SERVICE_NOT_FOUND", "message": "Service not found"}',
  '{"code": "SERVICE_NOT_FOUND", "message": "nothing is registered under this name"}',
  '{"code": "HostNotFound", "message": "no such host"}',
  '{"errorCode": "E404", "errorMessage": "there is no handler for this request"}',
  '{"Code": "InvalidAction.NotFound", "Message": "The specified action is not found"}',
  '{"Error": {"Code": "AccessDenied", "Message": "Access denied"}}',
  '{"code": "OperationNotFound", "message": "no such operation"}',
  "<error><code>ServiceNotFound</code><message>no such service</message></error>",
}

local SERVICES = {
  '{"itemNotFound": {"code": 404, "message": "Snapshot x could not be found on this host."}}',
  '{"error": {"code": "EVS.5404", "message": "the resource does not exist"}}',
  '{"code": "SnapshotNotFound", "message": "not found"}',
  '{"error_code": "EVS.0002", "error_msg": "The snapshot does not exist"}',
  '{"error": {"code": 404, "message": "nothing here", "title": "Not Found"}}',
  '<itemNotFound code="404"><message>The action failed</message></itemNotFound>',
}

describe("a 404", function()
  local function kind_of(body)
    local client, sim = connect.new { retries = 0 }
    sim.quirks[1] = { before = function(_, request)
      return request.asks.operation == "get" and reply.new(404, body) or nil
    end }
    local _, err = client:get(ID)
    local gone = client:wait_until_deleted(ID, 5)
    client:close()
    sim:close()
    return err.kind, gone
  end

  for _, body in ipairs(GATEWAYS) do
    it("of a gateway proves nothing: " .. body, function()
      assert.same({ "server" }, { kind_of(body) })
    end)
  end

  for _, body in ipairs(SERVICES) do
    it("of the service says that it is gone: " .. body, function()
      assert.same({ "not_found", true }, { kind_of(body) })
    end)
  end
end)

describe("a refusal", function()
  for body, words in pairs {
    ['{"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "the plan has ended"}'] =
      "the plan has ended",
    ['{"httpCode": "403", "httpMessage": "not subscribed"}'] = "not subscribed",
    ['{"errorCode": "E1", "errorText": "it is blocked"}'] = "it is blocked",
    ['{"resultCode": "1", "resultMsg": "it is blocked"}'] = "it is blocked",
    ['{"returnCode": 1, "returnMessage": "it is blocked"}'] = "it is blocked",
    ['{"userMessage": "it is blocked", "internalCode": 7, "developerMessage": "see the manual"}'] =
      "it is blocked",
  } do
    it("says why: " .. body, function()
      local client, sim = connect.new { retries = 0 }
      sim.quirks[1] = { before = function(_, request)
        return request.asks.operation == "get" and reply.new(403, body) or nil
      end }
      local _, err = client:get(ID)
      assert.equal("forbidden", err.kind)
      assert.equal(words, err.message)
      client:close()
      sim:close()
    end)
  end

  it("of too many calls is no quota of snapshots", function()
    for _, words in ipairs { "API quota exceeded: 1000 calls per hour",
      "Quota exceeded: you made 51 API calls" } do
      local client, sim = connect.new { retries = 1 }
      local id = sim:add_snapshots(1)[1]
      sim:fault { method = "GET", path = "/snapshots/", status = 429, times = 1,
        body = ('{"message": "%s"}'):format(words) }
      assert.equal(id, assert(client:get(id)).id)
      client:close()
      sim:close()
    end
  end)
end)
