-- Rackspace gives the same token again as long as it is valid. After the second renewal it was
-- taken for an old one, and was no longer kept out of messages.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local TOKEN = "the-same/token-as:before"

describe("a token that renewals give again", function()
  local server, client, logins, refusals

  before_each(function()
    logins, refusals = 0, 0
    server = raw_server.new(function(request)
      local bytes
      if request.path:find "/tokens" then
        logins = logins + 1
        bytes = raw_server.answer(200, ('{"access": {"token": {"id": "%s"}}}'):format(TOKEN))
      elseif refusals > 0 then
        refusals = refusals - 1
        bytes = raw_server.answer(401, '{"unauthorized": {"code": 401, "message": "no"}}')
      else
        bytes = raw_server.answer(400, ('{"badRequest": {"message": "%s, %s"}}'):format(TOKEN,
          TOKEN:gsub("/", "%%2F"):gsub(":", "%%3A")))
      end
      return { bytes = bytes, ending = "keep" }
    end)
    client = assert(rsnapshots.connect { auth_url = server.url .. "/v2.0", username = "u",
      password = "secret-password", endpoint = server.url .. "/v2/p", wait = server.wait })
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  it("stays hidden", function()
    for renewals = 0, 6 do
      refusals = renewals > 0 and 1 or 0
      local _, err = client:get "x"
      assert.equal("***, ***", err.message)
      assert.equal(renewals + 1, logins)
    end
  end)
end)
