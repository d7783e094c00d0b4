local connect = require "spec.support.connect"
local core = require "rsnapshots.core"

describe("what a service says went wrong", function()
  local client, sim

  before_each(function()
    client, sim = connect.new { retries = 0 }
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function from(status, body, headers)
    sim:fault { path = "/snapshots", status = status, body = body, headers = headers, times = 1 }
    return select(2, client:get "x")
  end

  it("is read in every shape", function()
    local NONE = "the service answered with HTTP status 404 and no explanation"
    for _, case in ipairs {
      { '{"itemNotFound": {"code": 404, "message": "gone"}}', "itemNotFound", "gone", true },
      { '{"item_not_found": {"message": "gone", "code": 404}}', "item_not_found", "gone", true },
      { '{"error": {"code": 404, "message": "gone", "title": "Not Found"}}', "Not Found", "gone",
        true },
      { '{"message": "gone<br /><br />\\n\\n\\n", "code": "404 Not Found", "title": "Not Found"}',
        "Not Found", "gone", true },
      -- these are no service's own
      { "<html><head><title>404 Nothing</title><style>x</style></head></html>", nil,
        "404 Nothing" },
      { "<p>Not here.</p>", nil, "Not here." },
      { "plain words", nil, "plain words" },
      { "", nil, NONE }, { '{"message": "", "title": ""}', nil, NONE }, { "[]", nil, NONE },
    } do
      local err = from(404, case[1])
      assert.equal(case[4] and "not_found" or "server", err.kind, case[1])
      assert.equal(case[2], err.code)
      assert.equal(case[3], err.message)
    end
  end)

  it("is shortened for people, between characters", function()
    local err = from(400, '{"badRequest": {"message": "' .. ("é"):rep(5000) .. '"}}')
    assert.is_true(#err.message <= 303)
    assert.is_not_nil(core.decode('"' .. err.message .. '"'))
    assert.matches("%.%.%.$", err.message)
  end)

  it("tells quotas from rate limits and from large bodies", function()
    local over = '{"overLimit": {"code": 413, "message": "%s", "retryAfter": "%s"}}'
    for _, case in ipairs {
      { 413, over:format("Snapshot limit exceeded, quota is 2", "0"), nil, "quota" },
      { 413, over:format("slow down", "5"), nil, "rate_limited" },
      { 413, '{"overLimit": {"message": "slow down"}}', "7", "rate_limited" },
      { 413, '{"message": "Request is too large.", "title": "x"}', nil, "invalid" },
      { 429, "", nil, "rate_limited" }, { 429, "", "9", "rate_limited" },
      { 429, '{"SnapshotQuotaExceeded": {"message": "limit of 500"}}', nil, "quota" },
    } do
      local err = from(case[1], case[2], { ["Retry-After"] = case[3] })
      assert.equal(case[4], err.kind)
    end
  end)

  describe("on when to come back", function()
    local NOW = "Mon, 23 Nov 2026 08:00:00 GMT"

    local function retry_after(value, date)
      return from(429, "", { ["Retry-After"] = value, Date = date }).retry_after
    end

    it("is seconds or a date", function()
      assert.equal(5, retry_after "5")
      assert.equal(0, retry_after "0")
      assert.equal(90, retry_after("Mon, 23 Nov 2026 08:01:30 GMT", NOW))
      assert.equal(0, retry_after("Mon, 23 Nov 2026 07:00:00 GMT", NOW))
    end)

    it("counts as absent when it is junk", function()
      for _, junk in ipairs { "", "soon", "-5", "5s", "1e9", "Mon, 99 Nov 2026",
        "Mon, 31 Feb 2026 08:00:00 GMT" } do
        assert.is_nil(retry_after(junk, NOW), junk)
      end
      assert.is_nil(retry_after(nil))
    end)
  end)
end)
