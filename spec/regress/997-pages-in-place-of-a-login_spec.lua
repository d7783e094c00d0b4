-- Kind: one odd answer ended what a broken connection would not have ended. A page, an empty body
-- or half a body was asked for again below the endpoint, but not where a login or a renewal got it:
-- one page of a proxy, while Keystone was restarted, cost the whole night.
local small_cloud = require "spec.support.small_cloud"

local READ = "GET /v3/p/snapshots/" .. small_cloud.ID
local OLD = { 401, '{"unauthorized": {"code": 401, "message": "no such token"}}' }
local V3, V2 = "POST /identity/v3/auth/tokens", "POST /identity/v2.0/tokens"

local GRANTS = {
  [V3] = { 201, '{"token": {"project": {"id": "p"}}}', { "X-Subject-Token: new" } },
  [V2] = { 200, '{"access": {"token": {"id": "new", "tenant": {"id": "p"}}}}' },
}

local ODD = {
  ["a page"] = { 200, "<html><title>Maintenance</title></html>" },
  ["nothing"] = { 204, "" }, ["an empty body"] = { 200, "" },
  ["half a body"] = { 201, '{"token": {"pro' }, ["a text"] = { 200, "starting" },
}

describe("a login that is answered with", function()
  local cloud

  before_each(function()
    cloud = small_cloud.new()
  end)

  after_each(function()
    cloud:close()
  end)

  local function connect(login, retries)
    return cloud:connect { auth_url = cloud.url .. login:match " (/identity/v[^/]+)",
      endpoint = cloud.url .. "/v3/p", retries = retries }
  end

  -- Lets the service answer so once, then as it should.
  local function begin(login, answer)
    local count = 0
    cloud.answers[login] = function()
      count = count + 1
      return count == 1 and answer or GRANTS[login]
    end
  end

  for what, answer in pairs(ODD) do
    for _, login in ipairs { V3, V2 } do
      it(("%s is repeated, first and later: %s"):format(what, login), function()
        begin(login, answer)
        local client = assert(connect(login, 1))
        assert.equal(2, cloud:count(login))
        cloud.answers[READ] = function(request)
          return cloud:count(READ) == 1 and OLD
            or { 200, ('{"snapshot": {"id": "%s"}}'):format(request.path:match "[^/]+$") }
        end
        begin(login, answer)
        assert(client:get(small_cloud.ID))
        assert.equal(4, cloud:count(login))
        client:close()
      end)
    end
  end

  it("a page every time fails", function()
    cloud.answers[V3] = ODD["a page"]
    local client, err = connect(V3, 2)
    assert.is_nil(client)
    assert.equal("decode", err.kind)
    assert.equal(3, cloud:count(V3))
    assert.equal("user 'demo' could not log in for project 'demo' at " .. cloud.url
      .. "/identity/v3: the service's answer cannot be used: it is not a JSON object", err.message)
  end)

  it("an object without a token is not repeated", function()
    cloud.answers[V3] = { 201, '{"token": {}}' }
    local _, err = connect(V3, 2)
    assert.equal("decode", err.kind)
    assert.equal(1, cloud:count(V3))
  end)
end)
