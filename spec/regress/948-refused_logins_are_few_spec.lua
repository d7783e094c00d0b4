-- A password was changed in the middle of a job. Each group of waiting calls tried the old one
-- again: 25 logins for 200 creates, after which clouds lock the account.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"
local skipping = require "rsnapshots.loop.skipping"

local TOKEN = '{"access": {"token": {"id": "a-token-of-keystone"}}}'
local SNAPSHOT = '{"snapshot": {"id": "s", "status": "available"}}'
local REFUSED = '{"unauthorized": {"code": 401, "message": "no"}}'

describe("a login that is refused in the middle of a job", function()
  local server, client, logins, is_changed, is_fresh

  before_each(function()
    logins, is_changed, is_fresh = 0, false, true
    server = raw_server.new(function(request)
      local status, text = 200, SNAPSHOT
      if request.path:find "/tokens" then
        logins = logins + 1
        status, text = is_changed and 401 or 200, is_changed and REFUSED or TOKEN
        is_fresh = not is_changed
      elseif not is_fresh then
        status, text = 401, REFUSED
      end
      return { bytes = raw_server.answer(status, text), ending = "keep" }
    end)
    skipping[server.wait] = {}
    client = assert(rsnapshots.connect { auth_url = server.url .. "/v2.0", username = "u",
      password = "secret-password", endpoint = server.url .. "/v2/p", wait = server.wait })
    is_changed, is_fresh = true, false
  end)

  after_each(function()
    client:close()
    server:close()
  end)

  local function creates(count)
    local list = {}
    for i = 1, count do
      list[i] = { volume_id = "v", name = "nightly-" .. i }
    end
    return list
  end

  it("is not tried again for each of the calls that follow", function()
    local results, failures = client:create_all(creates(200))
    assert.equal(200, failures)
    for _, result in ipairs(results) do
      assert.equal("auth", result.error.kind)
      assert.matches("u", result.error.message, 1, true)
      assert.matches("/tokens$", result.error.url)
    end
    assert.equal(2, logins)
  end)

  it("says the same to each call, and that nothing was created", function()
    local _, first = client:get "s"
    local _, second = client:create { volume_id = "v" }
    assert.equal(first.message, second.message)
    assert.equal(first.status, second.status)
    assert.equal("auth", second.kind)
    assert.equal(2, logins)
  end)

  it("is tried again some seconds later", function()
    assert.is_nil(client:get "s")
    is_changed = false
    assert.is_nil(client:get "s")
    for session in pairs(skipping[server.wait]) do
      session:skip(6)
    end
    assert.equal("s", assert(client:get "s").id)
    assert.equal(3, logins)
  end)
end)
