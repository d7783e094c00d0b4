local fault = require "rsnapshots.call.fault"

-- What a finished request looks like to fault.
local function answer(status, body, headers)
  headers = headers or {}
  return {
    status = function() return status end,
    text = function(_, max) return body:sub(1, max) end,
    header = function(_, name) return headers[name:lower()] end,
  }
end

local core = require "rsnapshots.core"

describe("what a service says went wrong", function()
  local function from(status, body, headers)
    return fault.from(answer(status, body, headers))
  end

  it("is read in every shape", function()
    for _, case in ipairs {
      { '{"itemNotFound": {"code": 404, "message": "gone"}}', "itemNotFound", "gone" },
      { '{"item_not_found": {"message": "gone", "code": 404}}', "item_not_found", "gone" },
      { '{"error": {"code": 404, "message": "gone", "title": "Not Found"}}', "Not Found", "gone" },
      { '{"message": "gone<br /><br />\\n\\n\\n", "code": "404 Not Found", "title": "Not Found"}',
        "Not Found", "gone" },
      { "<html><head><title>404 Nothing</title><style>x</style></head></html>", nil,
        "404 Nothing" },
      { "<p>Not here.</p>", nil, "Not here." },
      { "plain words", nil, "plain words" },
      { '{"itemNotFound": "odd"}', nil, "the service answered with HTTP status 404 and no "
        .. "explanation" },
      { "", nil, "the service answered with HTTP status 404 and no explanation" },
      { '{"message": "", "title": ""}', nil, "the service answered with HTTP status 404 and no "
        .. "explanation" },
      { '{"message": "", "title": ["x"]}', nil, "the service answered with HTTP status 404 and "
        .. "no explanation" },
      { "[]", nil, "the service answered with HTTP status 404 and no explanation" },
    } do
      local err = from(404, case[1])
      assert.equal("not_found", err.kind)
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
      local err = from(case[1], case[2], { ["retry-after"] = case[3] })
      assert.equal(case[4], err.kind)
    end
  end)

  describe("on when to come back", function()
    local NOW = "Mon, 23 Nov 2026 08:00:00 GMT"

    it("is seconds or a date", function()
      assert.equal(5, fault.retry_after "5")
      assert.equal(0, fault.retry_after "0")
      assert.equal(90, fault.retry_after("Mon, 23 Nov 2026 08:01:30 GMT", NOW))
      assert.equal(0, fault.retry_after("Mon, 23 Nov 2026 07:00:00 GMT", NOW))
    end)

    it("counts as absent when it is junk", function()
      for _, junk in ipairs { "", "soon", "-5", "5s", "1e9", "99999999999", "Mon, 99 Nov 2026",
        "Mon, 31 Feb 2026 08:00:00 GMT" } do
        assert.is_nil(fault.retry_after(junk, NOW), junk)
      end
      assert.is_nil(fault.retry_after(nil))
    end)
  end)
end)
