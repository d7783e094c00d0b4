-- Kind: one odd answer ended what a broken connection would not have ended. If a token is renewed
-- in the middle of a job, a maintenance page, half an answer or nothing from the identity service
-- failed all the calls that waited for the token; a 503 or a cut connection did not.
local small_cloud = require "spec.support.small_cloud"

local LOGIN = "POST /identity/v3/auth/tokens"
local READ = "GET /v3/p/snapshots/s"
local SNAPSHOT = { 200, '{"snapshot": {"id": "s", "status": "available"}}' }
local NO = { 401, '{"unauthorized": {"code": 401, "message": "no such token"}}' }

describe("a renewal that gets an odd answer", function()
  for what, odd in pairs {
    ["a page"] = { 200, "<html>We are back soon</html>" },
    ["nothing"] = { 200, "" },
    ["half an answer"] = { 201, '{"token": {"user": {"id"' },
  } do
    it("is tried again: " .. what, function()
      local cloud = small_cloud.new()
      local client = assert(cloud:connect { retries = 1 })
      finally(function()
        client:close()
        cloud:close()
      end)
      local logins, reads = 0, 0
      cloud.answers[LOGIN] = function()
        logins = logins + 1
        return logins == 1 and odd or cloud.defaults[LOGIN]()
      end
      cloud.answers[READ] = function()
        reads = reads + 1
        return reads == 1 and NO or SNAPSHOT
      end
      assert.equal("s", assert(client:get "s").id)
      assert.same({ 2, 2 }, { logins, reads })
    end)
  end
end)
