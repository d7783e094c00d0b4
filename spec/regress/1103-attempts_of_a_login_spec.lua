-- Kind: a count that is another request's. The error of a call that could not be sent because the
-- login failed named the login's method and URL, but how often the call itself was sent: 0 or 1.
local rsnapshots = require "rsnapshots"
local small_cloud = require "spec.support.small_cloud"

local LOGIN = "POST /identity/v3/auth/tokens"
local NO = { 401, '{"unauthorized": {"code": 401, "message": "no such token"}}' }
local READ = "GET /v3/p/snapshots/" .. small_cloud.ID

describe("the attempts of a login that failed", function()
  for status, times in pairs { [503] = 3, [401] = 1 } do
    it("are told: of " .. status, function()
      local cloud = small_cloud.new { [READ] = NO }
      local client = assert(rsnapshots.connect { auth_url = cloud.url .. "/identity/v3",
        username = "demo", password = "s3cret-word", user_domain_name = "D", project_name = "demo",
        wait = cloud.wait, retries = 2 })
      finally(function()
        client:close()
        cloud:close()
      end)
      cloud.answers[LOGIN] = small_cloud.refusal(status, "Title", "It says no.")
      for _ = 1, 2 do -- a login that was refused is not sent again at once
        local _, err = client:get(small_cloud.ID)
        assert.same({ "POST", status, times }, { err.method, err.status, err.attempts })
      end
    end)
  end
end)
