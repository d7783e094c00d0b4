-- Marks and holds: which snapshots are ours to remove.
local mark = require "rsnapshots.retention.mark"
local model = require "spec.support.retention_model"
local retention = require "rsnapshots.retention"

local NOW = model.at "2026-11-25T12"

local function snapshot(id, fields)
  local whole = { id = id, status = "AVAILABLE", volume_id = "v",
    created_time = model.at "2026-03-01", metadata = retention.mark "nightly" }
  for name, value in pairs(fields or {}) do
    whole[name] = value
  end
  return whole
end

local function reasons_for(odd, policy)
  policy = policy or { name = "nightly" }
  policy.keep_last, policy.now = 1, NOW
  local newer = snapshot("newer", { created_time = model.at "2026-03-02" })
  local plan = assert(retention.plan({ odd, newer }, policy))
  return table.concat(plan[2].reasons, "; "), plan[2].keep, plan
end

describe("a mark", function()
  it("is metadata that names the policy", function()
    assert.same({ ["rsnapshots:policy"] = "nightly" }, retention.mark "nightly")
    assert.equal("nightly", retention.policy_of(snapshot "a"))
    assert.is_nil(retention.policy_of(snapshot("a", { metadata = { team = "x" } })))
    assert.is_nil(retention.policy_of(snapshot("a", { metadata = { ["rsnapshots:policy"] = "" } })))
  end)

  it("is the name's form where there is no metadata", function()
    local name = retention.name_for("my nightly", model.at "2026-03-01T02:03:59")
    assert.equal("my nightly.rsnapshots.2026-03-01T02:03Z", name)
    assert.equal("my nightly", retention.policy_of { name = name, metadata = {} })
    assert.equal("my nightly", retention.policy_of { name = name })
    assert.is_nil(retention.policy_of { name = name .. "x", metadata = {} })
    assert.is_nil(retention.policy_of { name = "x" .. name:sub(11), metadata = { a = "b" } })
    assert.is_nil(retention.policy_of { metadata = {} })
  end)

  it("is not the name where the metadata has something else to say", function()
    local name = retention.name_for("nightly", 0)
    assert.is_nil(retention.policy_of { name = name, metadata = { a = "b" } })
    assert.equal("weekly", retention.policy_of { name = name, metadata = retention.mark "weekly" })
  end)

  it("raises for what is no name or no time", function()
    assert.error_matches(function() retention.mark() end, "the policy's name must be a string")
    assert.error_matches(function() retention.mark "" end, "it is empty")
    assert.error_matches(function() retention.name_for("x", "now") end, "time must be a number")
  end)

  it("of another policy keeps a snapshot, and is counted", function()
    local odd = snapshot("odd", { metadata = retention.mark "weekly" })
    local reasons, keep, plan = reasons_for(odd)
    assert.equal('of policy "weekly"', reasons)
    assert.is_true(keep)
    assert.same({ weekly = 1 }, plan.others)
    reasons, keep = reasons_for(odd, { name = "nightly", all = true })
    assert.equal('of policy "weekly"', reasons)
    assert.is_true(keep)
  end)

  it("of any policy will do for a policy without a name", function()
    local _, keep, plan = reasons_for(snapshot("odd", { metadata = retention.mark "weekly" }), {})
    assert.is_false(keep)
    assert.same({}, plan.others)
  end)

  it("is not needed where all are asked for", function()
    local _, keep = reasons_for(snapshot("odd", { metadata = {} }), { all = true })
    assert.is_false(keep)
    local reasons
    reasons, keep = reasons_for(snapshot("odd", { metadata = {}, status = "ERROR" }),
      { all = true })
    assert.equal("not available: error", reasons)
    assert.is_true(keep)
  end)

  it("is not what `once` leaves in the metadata", function()
    local _, keep = reasons_for(snapshot("odd", { metadata = { ["rsnapshots:once"] = "1f" } }))
    assert.is_true(keep)
  end)
end)

describe("a hold", function()
  local function held(value, offset)
    return mark.holds({ ["rsnapshots:hold"] = value }, NOW, offset or 0)
  end

  it("holds for ever, or until a date or time has come", function()
    assert.is_false(mark.holds({}, NOW, 0))
    assert.is_true(held "forever")
    assert.is_true(held "Forever")
    assert.is_true(held "2026-11-26")
    assert.is_false(held "2026-11-25")
    assert.is_true(held "2026-11-25T12:01:00Z")
    assert.is_false(held "2026-11-25T12:00:00Z")
  end)

  it("takes a date in the policy's offset", function()
    assert.is_true(held("2026-11-26", 11 * 3600))
    assert.is_false(held("2026-11-26", 12 * 3600))
  end)

  it("holds where nobody can read it", function()
    for _, value in ipairs { "", "no", "26.11.2026", "2026-02-30", "never", true, 0 } do
      assert.is_true(held(value), tostring(value))
    end
  end)

  it("holds whatever else is asked for, and failed ones too", function()
    local metadata = retention.mark "nightly"
    metadata["rsnapshots:hold"] = "forever"
    assert.equal("held", (reasons_for(snapshot("odd", { metadata = metadata }), { all = true })))
    assert.equal("held; not available: error",
      (reasons_for(snapshot("odd", { metadata = metadata, status = "ERROR" }))))
  end)
end)
