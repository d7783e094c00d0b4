-- Kind: the message of a login that failed did not say whose it was, and where, if Keystone did not
-- refuse it: a 503, an answer that is none, a connection that broke. An unusable answer had no URL
-- at all.
local small_cloud = require "spec.support.small_cloud"

local LOGIN = "POST /identity/v3/auth/tokens"
local WHO = "user 'demo' could not log in for project 'demo' at "

describe("a login that is not refused, and fails", function()
  local cloud

  local function fail(answer)
    cloud = small_cloud.new { [LOGIN] = answer }
    local client, err = cloud:connect { retries = 0 }
    assert.is_nil(client)
    assert.equal(WHO .. cloud.url .. "/identity/v3: ", err.message:match "^.-/v3: ")
    assert.equal("POST", err.method)
    assert.equal(cloud.url .. "/identity/v3/auth/tokens", err.url)
    assert.is_nil(tostring(err):find("pass-word", 1, true))
    cloud:close()
    return err
  end

  it("says whose it is, and where", function()
    assert.equal("server", fail({ 503, "" }).kind)
    assert.equal("network", fail("close").kind)
    assert.equal("rate_limited", fail({ 429, "" }).kind)
    for _, body in ipairs { "<html>", "{}", '{"token": {}}' } do
      local err = fail { 201, body }
      assert.equal("decode", err.kind)
      assert.equal(201, err.status)
    end
  end)
end)
