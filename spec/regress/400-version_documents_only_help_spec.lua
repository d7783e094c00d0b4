-- A version document that could not be had (closed, hanging, 429, 5xx, hidden, a page of a proxy)
-- ended the connecting, though it only helps: v3 and 3.0 are what there is nearly everywhere.
local small_cloud = require "spec.support.small_cloud"

local OUT_OF_REACH = {
  ["closed"] = "close", ["hanging"] = "hang", ["429"] = { 429, "", { "Retry-After: 30" } },
  ["500"] = { 500, "oops" }, ["503 of a proxy"] = { 503, "<h1>Service Unavailable</h1>" },
  ["hidden"] = { 404, "" }, ["forbidden"] = { 403, "" }, ["unauthorized"] = { 401, "" },
  ["a page"] = { 200, "<html>It works!</html>" }, ["empty"] = { 200, "" },
  ["300 with no versions"] = { 300, '{"versions": []}' },
  ["300 with no range"] = { 300, '{"versions": [{"id": "v3.0"}]}' },
  ["a list"] = { 200, "[]" }, ["null"] = { 200, '{"versions": null}' },
  ["a redirect"] = { 302, "", { "Location: http://127.0.0.1:1/" } },
}

describe("connecting goes on without a version document:", function()
  local cloud

  after_each(function()
    cloud:close()
  end)

  for what, answer in pairs(OUT_OF_REACH) do
    it("block storage's root is " .. what, function()
      cloud = small_cloud.new { ["GET /"] = answer, ["GET /v3/"] = { 404, "" } }
      local client = cloud:works { timeout = 2 }
      assert.equal("3.0", client.microversion)
      -- what only helps is not asked for again, but by libcurl on a connection that was kept
      assert.is_true(cloud:count "GET /" <= (answer == "close" and 2 or 1))
      assert.equal(1, cloud:count "GET /v3/")
    end)

    it("Keystone's root is " .. what, function()
      cloud = small_cloud.new { ["GET /identity/"] = answer }
      cloud:works { auth_url = cloud.url .. "/identity", timeout = 2 }
      assert.equal(1, cloud:count "GET /identity/")
      assert.equal(1, cloud:count "POST /identity/v3/auth/tokens")
    end)
  end

  it("the root and the version's own document both hang", function()
    cloud = small_cloud.new { ["GET /"] = "hang", ["GET /v3/"] = "hang" }
    assert.equal("3.0", cloud:works({ timeout = 2 }).microversion)
  end)

  it("a pinned microversion is believed then", function()
    cloud = small_cloud.new { ["GET /"] = "close", ["GET /v3/"] = "close" }
    assert.equal("3.59", cloud:works({ microversion = "3.59" }).microversion)
  end)

  it("the version's own document is asked where the root fails, with the token", function()
    cloud = small_cloud.new { ["GET /"] = "close", ["GET /v3/"] = small_cloud.versions "3.59" }
    assert.equal("3.59", cloud:works().microversion)
    assert.matches(small_cloud.TOKEN, cloud:last("GET /v3/").head, 1, true)
    assert.is_nil(cloud:last("GET /").head:find(small_cloud.TOKEN, 1, true))
  end)

  it("but not where nobody is there at all", function()
    cloud = small_cloud.new()
    local gone = small_cloud.new()
    gone:close()
    local none, err = cloud:connect { endpoint = gone.url .. "/v3/p", retries = 0 }
    assert.is_nil(none)
    assert.equal("network", err.kind)
    assert.matches("127.0.0.1 port " .. gone.server.port, err.message, 1, true)
  end)
end)
