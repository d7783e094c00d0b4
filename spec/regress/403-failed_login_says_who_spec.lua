-- A login that failed said "The request you have made requires authentication." and nothing of
-- whose login it was, for what and where; one whose application credential Keystone does not know
-- (a 404 with a code) was taken for a wrong auth_url; and Keystone's 500 was final at once.
local small_cloud = require "spec.support.small_cloud"

local LOGIN, LOGIN_2 = "POST /identity/v3/auth/tokens", "POST /identity/v2.0/tokens"
local SECRET = "s3cret-word"

describe("a login that fails", function()
  local cloud

  after_each(function()
    cloud:close()
  end)

  local function start(answer)
    cloud = small_cloud.new { [LOGIN] = answer, [LOGIN_2] = answer,
      ["GET /identity/v3/auth/tokens"] = answer }
  end

  local function message_of(kind, options)
    options.auth_url, options.wait = options.auth_url or cloud.url .. "/identity/v3", cloud.wait
    options.retries = 0
    local none, err = require("rsnapshots").connect(options)
    assert.is_nil(none)
    assert.equal(kind, err.kind)
    assert.is_nil(tostring(err):find(SECRET, 1, true))
    return (err.message:gsub(cloud.url, "@", 1))
  end

  local NO = ": The request you have made requires authentication."

  for text, options in pairs {
    ["user 'demo' (domain 'D') was refused for project 'x' (domain 'P') at @/identity/v3"] =
      { username = "demo", password = SECRET, user_domain_name = "D", project_name = "x",
        project_domain_name = "P" },
    ["user 'u-1' was refused for project 'p-1' at @/identity/v3"] = { user_id = "u-1",
      password = SECRET, project_id = "p-1", project_domain_name = "P" },
    ["user 'demo' (domain 'd') was refused for domain 'D' at @/identity/v3"] =
      { username = "demo", password = SECRET, user_domain_id = "d", domain_name = "D" },
    ["user 'demo' was refused for the system at @/identity/v3"] = { username = "demo",
      password = SECRET, system_scope = "all" },
    ["user 'demo' was refused at @/identity/v3"] = { username = "demo", password = SECRET },
    ["application credential 'i' was refused at @/identity/v3"] =
      { application_credential_id = "i", application_credential_secret = SECRET,
      project_name = "x" },
    ["application credential 'n' of user 'demo' (domain 'D') was refused at @/identity/v3"] =
      { application_credential_name = "n", application_credential_secret = SECRET,
        username = "demo", user_domain_name = "D" },
    ["the token was refused for project 'x' at @/identity/v3"] = { token = SECRET,
      project_name = "x" },
  } do
    it("says: " .. text, function()
      start(small_cloud.refusal(401, "Unauthorized"))
      assert.equal(text .. NO, message_of("auth", options))
    end)
  end

  for text, options in pairs {
    ["user 'demo' was refused for project 't'"] = { auth_type = "v2password", username = "demo",
      password = SECRET, tenant_name = "t" },
    ["user 'demo' with an API key was refused"] = { username = "demo", api_key = SECRET },
  } do
    it("says, of identity v2: " .. text, function()
      start(small_cloud.refusal(401, "Unauthorized"))
      assert.equal(text .. " at @/identity/v2.0" .. NO, message_of("auth", options))
    end)
  end

  it("keeps names that are long or have line breaks to themselves", function()
    start(small_cloud.refusal(401, "Unauthorized"))
    local text = message_of("auth", { username = "a\r\nb" .. ("x"):rep(1000), password = SECRET })
    assert.is_true(#text < 250)
    assert.matches("^user 'a  bx", text)
  end)

  it("is forbidden or invalid as the service has it, and says who, too", function()
    for kind, status in pairs { forbidden = 403, invalid = 400 } do
      start(small_cloud.refusal(status, "No", "no"))
      assert.equal("user 'demo' was refused at @/identity/v3: no",
        message_of(kind, { username = "demo", password = SECRET }))
      cloud:close()
    end
  end)

  for what, options in pairs {
    ["an application credential's id"] = { application_credential_id = "i",
      application_credential_secret = SECRET },
    ["an application credential's name"] = { application_credential_name = "n",
      application_credential_secret = SECRET, username = "demo" },
  } do
    it("over " .. what .. " that Keystone does not know is auth", function()
      start(small_cloud.refusal(404, "Not Found", "Could not find Application Credential: i."))
      local text = message_of("auth", options)
      assert.matches("Could not find Application Credential", text, 1, true)
      assert.matches("^application credential", text)
    end)
  end

  it("where there is no Keystone is config, whoever it is", function()
    start { 404, "<html><title>404 Not Found</title>" }
    for _, options in ipairs { { username = "u", password = SECRET },
      { application_credential_id = "i", application_credential_secret = SECRET } } do
      assert.equal("there is no identity service of version 3 at @/identity/v3: is auth_url right?",
        message_of("config", options))
    end
  end)

  it("with a 500 of Keystone's is tried again, as often as may be", function()
    local failures = 1
    start(function()
      failures = failures - 1
      return failures >= 0 and { 500, "" } or small_cloud.token(cloud.services)
    end)
    cloud:works()
    assert.equal(2, cloud:count(LOGIN))
    failures, cloud.seen = 1, {}
    local none, err = cloud:connect { retries = 0 }
    assert.is_nil(none)
    assert.equal("server", err.kind)
    assert.equal(1, cloud:count(LOGIN))
  end)
end)
