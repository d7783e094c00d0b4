-- Kind: a wait that the service asks for, and that was not kept. A Retry-After with a fraction, or
-- with more than nine digits, counted as none: the request came again at once, and a limit of the
-- rate could be taken for a quota.
local raw_server = require "spec.support.raw_server"
local rsnapshots = require "rsnapshots"

describe("a Retry-After", function()
  local function fails(status, header, body)
    local server = raw_server.new(function()
      return raw_server.answer(status, body or '{"overLimit": {"message": "This is too much."}}',
        nil, header and { "Retry-After: " .. header })
    end)
    local client = assert(rsnapshots.connect { endpoint = server.url .. "/v2/p", api_version = 2,
      auth_type = "none", wait = server.wait, retries = 1, timeout = 5 })
    finally(function()
      client:close()
      server:close()
    end)
    local snapshot, err = client:create { volume_id = "v" }
    assert.is_nil(snapshot)
    return err, #server.requests
  end

  it("may have a fraction", function()
    local err, count = fails(413, "7.5")
    assert.same({ "rate_limited", 7.5, 1 }, { err.kind, err.retry_after, count })
  end)

  it("may have a fraction in the body", function()
    local err, count = fails(413, nil, '{"overLimit": {"message": "Too much.", "retryAfter": 7.5}}')
    assert.same({ "rate_limited", 7.5, 1 }, { err.kind, err.retry_after, count })
  end)

  it("may be further away than any wait", function()
    local err, count = fails(429, "12345678901")
    assert.same({ "rate_limited", 1e9, 1 }, { err.kind, err.retry_after, count })
  end)
end)
