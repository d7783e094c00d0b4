-- Kind: the first login and a renewal judged a token differently. The first login took one with
-- bytes beyond ASCII, or one too long to be sent; the renewal, an hour later, said that there was
-- no token in the answer, and the job failed.
local rsnapshots = require "rsnapshots"
local small_cloud = require "spec.support.small_cloud"

local ID = small_cloud.ID
local SNAPSHOT = { 200, ('{"snapshot": {"id": "%s", "volume_id": "v"}}'):format(ID) }
local OLD = { 401, '{"unauthorized": {"code": 401, "message": "no such token"}}' }

-- The token in the answers of both versions, as it is written there.
local function v3(token)
  return "v3", "POST /identity/v3/auth/tokens",
    { 201, '{"token": {"project": {"id": "p"}}}', { "X-Subject-Token: " .. token } }
end

local function v2(token)
  return "v2.0", "POST /identity/v2.0/tokens", { 200, ('{"access": {"token": {"id": "%s", '
    .. '"tenant": {"id": "p"}}}}'):format(token) }
end

-- What comes of a first login with such a token, and of a renewal: the token that was sent then, or
-- what is wrong with the answers.
local function both(version, login, odd)
  local path, good = "/v3/p/snapshots/" .. ID, select(3, (version == "v3" and v3 or v2) "good")
  local function outcome(first)
    local cloud = small_cloud.new { [login] = first }
    local client, err = rsnapshots.connect { auth_url = cloud.url .. "/identity/" .. version,
      username = "demo", password = "pass-word", endpoint = cloud.url .. "/v3/p",
      wait = cloud.wait, retries = 0, microversion = "3.0" }
    if client and first ~= odd then
      cloud.answers[login] = odd
      cloud.answers["GET " .. path] = function(request)
        return request.head:find("X-Auth-Token: good", 1, true) and OLD or SNAPSHOT
      end
    end
    local snapshot
    if client then
      snapshot, err = client:get(ID)
      client:close()
    end
    local last = cloud:last("GET " .. path)
    cloud:close()
    return snapshot and last.head:match "X%-Auth%-Token: ([^\r]*)", err
  end
  local first, err = outcome(odd)
  local renewed, problem = outcome(good)
  assert.equal(first, renewed)
  assert.equal(err and err.kind, problem and problem.kind)
  return first, err and err.message:match "cannot be used: (.*)$",
    problem and problem.message:match "cannot be used: (.*)$"
end

describe("a first login and a renewal agree on", function()
  local CANNOT = "the token in it has characters that a header cannot hold"

  for what, case in pairs {
    ["bytes beyond ASCII"] = { "a\195\164", CANNOT },
    ["bytes that are no UTF-8"] = { "\228", CANNOT },
    ["a blank within"] = { "a b", CANNOT },
    ["a control character"] = { "a\127", CANNOT },
    ["no token"] = { "", "there is no token in it" },
    ["one that is too long"] = { ("x"):rep(16001), "the token in it is too long for a header" },
    ["a long one"] = { ("x"):rep(16000) },
    ["blanks around it"] = { " abc ", nil, "abc" },
  } do
    for version, of in pairs { v2 = v2, v3 = v3 } do
      it(what .. ", " .. version, function()
        local token, first, second = both(of(case[1]))
        assert.equal(case[2], first)
        assert.equal(case[2], second)
        assert.equal(not case[2] and (case[3] or case[1]) or nil, token)
      end)
    end
  end

  it("one whose name is spelled with escapes, in version 2", function()
    assert.equal("abc", (both(v2 [[a\u0062c]])))
    assert.equal(CANNOT, select(2, both(v2 [[a\u00e4]])))
  end)
end)
