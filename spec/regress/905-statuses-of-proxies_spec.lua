-- Kind: proxies have statuses of their own for "no answer from the service" (520 to 530, 509), and
-- for a rate limit (403). One of them ended a listing or a delete.
local connect = require "spec.support.connect"

describe("a proxy's status", function()
  local client, sim, id

  before_each(function()
    client, sim = connect.new()
    id = assert(client:create { volume_id = sim.volume_id, wait = 60 }).id
    sim:clear_requests()
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function once(method, status, body)
    sim:fault { method = method, path = "/snapshots", times = 1, status = status, body = body }
  end

  for _, status in ipairs { 509, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530 } do
    it(("of %d is tried again, unless it is a create's"):format(status), function()
      once("GET", status, "<html>origin is unreachable</html>")
      assert.equal(1, #assert(client:list():all()))
      once("PUT", status, "")
      assert(client:update(id, { name = "new" }))
      once("POST", status, "error code: " .. status)
      local _, err = client:create { volume_id = sim.volume_id }
      assert.equal("uncertain", err.kind)
      assert.equal(1, err.attempts)
      once("DELETE", status, "")
      assert.is_true(client:delete(id))
    end)
  end

  it("of 403 is waited out where it speaks of a rate", function()
    for _, body in ipairs { '{"message": "API rate limit exceeded"}', "<h1>Too many requests</h1>" }
    do
      once("GET", 403, body)
      assert.equal(1, #assert(client:list():all()))
      once("POST", 403, body) -- it was refused: this is safe
      assert(client:set_metadata(id, { a = "1" }))
    end
    sim:fault { method = "GET", path = "/snapshots", status = 403,
      body = '{"message": "throttled"}' }
    local _, err = client:get(id)
    assert.equal("rate_limited", err.kind)
    sim:clear_faults()
    sim:fault { method = "GET", path = "/snapshots", status = 403, body = '{"message": "policy"}' }
    _, err = client:get(id)
    assert.equal("forbidden", err.kind)
  end)
end)
