-- Kind: a server closes its connections after every answer and does not say so. Each create that
-- went on a kept one was `uncertain`, although the requests before had shown what the server does.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

describe("a server that closes kept connections when the next request comes", function()
  local server, client, answered

  before_each(function()
    answered = 0
    server = raw_server.new(function()
      if answered == server.accepted then -- it came on a kept connection
        return { bytes = "" }
      end
      answered = answered + 1
      return { bytes = raw_server.answer(200, '{"snapshot": {"id": "a", "status": "available"}}'),
        ending = "keep" }
    end)
    client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", api_version = 2,
      auth_type = "none", wait = server.wait, retries = 0 })
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  it("gets creates on fresh ones once it has shown it", function()
    assert(client:get "a")
    assert(client:get "a") -- libcurl repeats it
    for _ = 1, 5 do
      assert(client:create { volume_id = "v" })
    end
    assert(client:get "a")
    assert(client:update("a", { name = "n" }))
  end)

  it("costs one create where nothing has shown it, and none is sent twice", function()
    assert(client:get "a")
    local snapshot, err = client:create { volume_id = "v" }
    assert.is_nil(snapshot)
    assert.equal("uncertain", err.kind)
    assert.equal(2, #server.requests)
    assert(client:create { volume_id = "v" })
  end)
end)
