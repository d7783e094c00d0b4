-- Kind: "no more" that means "not now". Rate limits whose words are of a quota, or that come
-- without Retry-After, are waited out; quotas that are used up, whatever the status, are not.
local connect = require "spec.support.connect"

-- status, body, Retry-After
local RATES = {
  { 429, '{"overLimit": {"code": 429, "message": "API request quota exceeded, try again in 1 '
    .. 'second", "retryAfter": "1"}}', "1" },
  { 429, '{"message": "rate limit quota exceeded"}' },
  { 429, "" },
  { 429, '{"overLimit": {"code": 429, "message": "slow down", "retryAfter": 0}}' },
  { 413, '{"overLimit": {"code": 413, "message": "This request was rate-limited.", "details": '
    .. '"Only 10 POST request(s) can be made to * every minute."}}' },
  { 413, '{"overLimit": {"code": 413, "message": "no", "retryAfter": "1"}}' },
}

local QUOTAS = {
  { 400, '{"error": {"message": "Quota exceeded for resources: snapshots", "code": "EVS.2042"}}' },
  { 403, '{"forbidden": {"message": "Quota exceeded, cannot create snapshot (10 of 10).", '
    .. '"code": 403}}' },
  { 403, '{"forbidden": {"message": "Requested snapshot exceeds allowed gigabytes quota."}}' },
  { 409, '{"NeutronError": {"type": "OverQuota", "message": "no"}}' },
  { 413, '{"overLimit": {"message": "SnapshotLimitExceeded: Maximum number of snapshots allowed '
    .. '(10) exceeded", "code": 413}}', "0" },
  { 429, '{"overLimit": {"code": 429, "message": "SnapshotQuotaExceeded: Snapshot quota limit has '
    .. 'been reached"}}' },
}

-- What only speaks of quotas.
local NEITHER = {
  { 400, '{"badRequest": {"message": "there is no quota class x"}}', nil, "invalid" },
  { 403, '{"forbidden": {"message": "Policy does not allow limits:quotas"}}', nil, "forbidden" },
  { 413, '{"badRequest": {"message": "Request is too large."}}', nil, "invalid" },
}

describe("a create that is refused", function()
  local client, sim

  before_each(function()
    client, sim = connect.new { timeout = 20 }
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function create(case, times)
    sim:clear_faults()
    sim:clear_requests()
    sim:fault { method = "POST", path = "/snapshots", status = case[1], body = case[2],
      headers = case[3] and { ["Retry-After"] = case[3] }, times = times }
    local snapshot, err = client:create { volume_id = sim.volume_id }
    return snapshot, err, #sim.requests
  end

  it("by a rate limit is sent again", function()
    for _, case in ipairs(RATES) do
      local snapshot, err, requests = create(case, 1)
      assert.equal("CREATING", snapshot and snapshot.status or tostring(err))
      assert.equal(2, requests)
    end
  end)

  it("by a quota is not", function()
    for _, case in ipairs(QUOTAS) do
      local snapshot, err, requests = create(case, 2)
      assert.is_nil(snapshot)
      assert.equal("quota", err.kind, case[2])
      assert.equal(1, requests)
    end
  end)

  it("by neither has the kind of its status", function()
    for _, case in ipairs(NEITHER) do
      local _, err, requests = create(case, 2)
      assert.equal(case[4], err.kind, case[2])
      assert.equal(1, requests)
    end
  end)
end)
