-- A login that failed when the token was renewed, because the password was changed meanwhile, said
-- only what Keystone says: "The request you have made requires authentication."
local connect = require "spec.support.connect"
local rsnapshots = require "rsnapshots"
local small_cloud = require "spec.support.small_cloud"

local LOGIN = "POST /identity/v3/auth/tokens"
local NO = { 401, '{"unauthorized": {"code": 401, "message": "no such token"}}' }
local READ = "GET /v3/p/snapshots/" .. small_cloud.ID

describe("a renewal that fails", function()
  local cloud, client

  before_each(function()
    cloud = small_cloud.new { [READ] = NO }
    client = assert(rsnapshots.connect { auth_url = cloud.url .. "/identity/v3",
      username = "demo", password = "s3cret-word", user_domain_name = "D", project_name = "demo",
      wait = cloud.wait, retries = 0 })
  end)

  after_each(function()
    client:close()
    cloud:close()
  end)

  -- The error of a call after the login began to answer so.
  local function error_of(call, answer)
    cloud.answers[LOGIN] = answer
    local _, err = call()
    assert.equal(cloud.url .. "/identity/v3/auth/tokens", err.url)
    assert.is_nil(tostring(err):find("s3cret-word", 1, true))
    return err
  end

  local function get()
    return client:get(small_cloud.ID)
  end

  local WHO = "user 'demo' (domain 'D') was refused for project 'demo' at %s/identity/v3: "

  for kind, status in pairs { auth = 401, forbidden = 403, invalid = 400 } do
    it("says who was refused, for what and where: " .. status, function()
      local err = error_of(get, small_cloud.refusal(status, "Title", "It says no."))
      assert.equal(kind, err.kind)
      assert.equal(WHO:format(cloud.url) .. "It says no.", err.message)
    end)
  end

  it("says so in a listing", function()
    cloud.answers["GET /v3/p/snapshots/detail"] = NO
    local err = error_of(function() return client:list():all() end,
      small_cloud.refusal(401, "Unauthorized", "It says no."))
    assert.equal(WHO:format(cloud.url) .. "It says no.", err.message)
  end)

  it("says nothing of it where nobody was refused", function()
    for _, answer in ipairs { "close", { 503, "" } } do
      local err = error_of(get, answer)
      assert.is_nil(err.message:find("refused for", 1, true), err.message)
    end
  end)

  it("says it of every way to log in", function()
    for auth, words in pairs { v2password = "user 'demo' was refused for project 'demo' at ",
      rackspace_apikey = "user 'demo' with an API key was refused at ",
      v3applicationcredential = "application credential '" } do
      local other, sim = connect.new { auth = auth, api_version = 2 }
      sim:revoke_tokens()
      sim:fault { method = "POST", path = "/tokens", status = 401 }
      local _, err = other:get "x"
      assert.equal(words, err.message:sub(1, #words))
      other:close()
      sim:close()
    end
  end)
end)
