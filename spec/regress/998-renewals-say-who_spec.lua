-- Kind: a first login that failed said whose it was, for what and where, whatever the reason. A
-- renewal said so only where the credentials were refused; a 503, a page or a broken connection in
-- the middle of a job had nobody's name.
local small_cloud = require "spec.support.small_cloud"

local LOGIN = "POST /identity/v3/auth/tokens"
local READ = "GET /v3/p/snapshots/" .. small_cloud.ID

local ANSWERS = {
  { 503, "" }, { 500, '{"error": {"code": 500, "message": "Broken."}}' }, "close",
  { 200, "<html>Maintenance</html>" }, { 201, '{"token": {}}' }, { 302, "", { "Location: /x" } },
  { 409, '{"error": {"code": 409, "message": "Busy."}}' }, { 511, "<html>Sign in</html>" },
  { 429, "", { "Retry-After: 3600" } }, { 413, "" },
  small_cloud.refusal(401, "Unauthorized", "No."), small_cloud.refusal(403, "Forbidden", "No."),
  small_cloud.refusal(400, "Bad Request", "No."), { 405, "" },
}

describe("a login that fails says the same, whether it is the first or a renewal:", function()
  for _, answer in ipairs(ANSWERS) do
    it(type(answer) == "table" and answer[1] .. " " .. answer[2] or answer, function()
      local cloud = small_cloud.new()
      local client = assert(cloud:connect { retries = 0 })
      cloud.answers[LOGIN], cloud.answers[READ] = answer, { 401, "{}" }
      local _, later = client:get(small_cloud.ID)
      local _, first = cloud:connect { retries = 0 }
      client:close()
      cloud:close()
      -- a kept connection breaks in other words
      assert.equal((first.message:gsub("cannot reach.*$", "")),
        (later.message:gsub("cannot reach.*$", "")))
      assert.same({ first.kind, first.status, first.method, first.url },
        { later.kind, later.status, later.method, later.url })
      assert.equal("user 'demo'", later.message:match "^user '[^']*'")
      assert.matches("for project 'demo' at " .. cloud.url .. "/identity/v3: ", later.message, 1,
        true)
      assert.is_nil(later.message:find("pass-word", 1, true))
    end)
  end
end)
