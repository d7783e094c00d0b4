-- Kind: a server closes its connections after every answer and does not say so. Creates went on
-- fresh ones once that was known, and deletes did not: each was lost once, so that of a snapshot
-- that was never there the client said that it had deleted it. A server that had closed a single
-- connection got a fresh one for each create ever after.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

describe("a server that closes kept connections when the next request comes", function()
  local server, client, answered, always

  before_each(function()
    answered, always = 0, true
    server = raw_server.new(function(request)
      if answered == server.accepted and (always or answered == 1) then -- on a kept connection
        return { bytes = "" }
      end
      answered = server.accepted
      local is_delete = request.method == "DELETE"
      return { bytes = raw_server.answer(is_delete and 404 or 200, is_delete
        and '{"itemNotFound": {"code": 404, "message": "Snapshot b could not be found."}}'
        or '{"snapshot": {"id": "a", "status": "available"}}'), ending = "keep" }
    end)
    client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", api_version = 2,
      auth_type = "none", wait = server.wait, retries = 1 })
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  it("gets deletes on fresh ones once it has shown it", function()
    assert(client:get "a")
    assert(client:get "a") -- libcurl repeats it
    for _ = 1, 3 do
      local ok, err = client:delete "b"
      assert.is_nil(ok)
      assert.equal("not_found", err.kind)
      assert.equal(1, err.attempts)
    end
  end)

  it("gets everything on kept ones again if that was once", function()
    always = false
    for _ = 1, 3 do
      assert(client:get "a")
    end
    assert.equal(2, server.accepted)
    assert(client:create { volume_id = "v" })
    assert(client:update("a", { name = "n" }))
    assert.equal("not_found", select(2, client:delete "b").kind)
    assert.equal(2, server.accepted)
  end)
end)
