-- A redirect's target was cut to 200 bytes, and what is not ASCII became question marks, before
-- secrets were taken out of it. So a part of a token or password that a login page wants back was
-- shown.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

local TOKEN = "gAAAAAB" .. ("token-of-the-service"):rep(12)
local PASSWORD = "p\195\164ss-word-of-demo"

describe("a redirect that repeats a secret", function()
  local server, location

  before_each(function()
    server = raw_server.new(function(request)
      local is_login = request.path:find "/auth/tokens"
      return { ending = "keep", bytes = is_login
        and raw_server.answer(201, '{"token": {"project": {"id": "p"}, "catalog": []}}', nil,
          { "X-Subject-Token: " .. TOKEN })
        or raw_server.answer(302, "", nil, { "Location: " .. location }) }
    end)
  end)

  after_each(function() server:close() end)

  -- The message about that target.
  local function message()
    local client = assert(rsnapshots.connect { auth_url = server.url .. "/v3", username = "demo",
      password = PASSWORD, endpoint = server.url .. "/v2/p", wait = server.wait, retries = 0 })
    local _, err = client:get "x"
    client:close()
    assert.equal("decode", err.kind)
    return err.message
  end

  it("shows no part of it, wherever the text is cut", function()
    for distance = 0, 200, 10 do
      for _, secret in ipairs { TOKEN, PASSWORD } do
        location = "https://sso.example/" .. ("x"):rep(distance) .. "?back=" .. secret
        local text = message()
        assert.is_nil(text:find(secret:sub(1, 7), 1, true), text)
        assert.is_nil(text:find("ss-word", 1, true), text)
      end
    end
  end)

  it("shows no user, however long the target is", function()
    location = "https://somebody:" .. ("x"):rep(250) .. "@sso.example/"
    assert.is_nil(message():find("somebody", 1, true))
  end)

  it("shows the rest", function()
    location = "https://sso.example/login?back=" .. TOKEN .. "&as=demo"
    assert.matches("to https://sso.example/login?back=***&as=demo, which", message(), 1, true)
    location = "https://sso.example/" .. ("x"):rep(300)
    assert.matches("to https://sso.example/" .. ("x"):rep(180) .. ", which", message(), 1, true)
  end)
end)
