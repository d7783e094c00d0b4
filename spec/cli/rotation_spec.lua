--- What rotate decides before it sends anything: slots, names, and whether there is room.
local model = require "spec.support.retention_model"
local policy_file = require "rsnapshots.cli.policy.file"
local quota = require "rsnapshots.cli.rotation.quota"
local retention = require "rsnapshots.retention"
local slot = require "rsnapshots.cli.rotation.slot"

local function policy(more)
  return assert(policy_file.read(('return { name = "nightly", volumes = { "web" }, keep_last = 1, '
    .. "%s }"):format(more or ""), "policy.lua"))[1]
end

local VOLUME = { id = "v-1", name = "web", size = 10 }
local NOW = model.at "2026-03-01T02:59:59"

describe("a slot", function()
  it("is the hour, or the day, on the policy's clock", function()
    assert.same({ name = "2026-03-01T02", start = model.at "2026-03-01T02" },
      slot.at(policy(), NOW))
    assert.same({ name = "2026-03-01T03", start = NOW + 1 }, slot.at(policy(), NOW + 1))
    assert.same({ name = "2026-03-01", start = model.at "2026-03-01" },
      slot.at(policy "slot = 'day'", NOW))
    local early = policy "slot = 'day', utc_offset = '-03:00'"
    assert.same({ name = "2026-02-28", start = model.at "2026-02-28T03" }, slot.at(early, NOW - 1))
    assert.equal("2026-02-28T23", slot.at(policy "utc_offset = '-03:00'", NOW).name)
  end)

  it("is in the metadata of its snapshot, with the policy", function()
    local options = slot.options(policy "property = { team = 'x', ['rsnapshots:policy'] = 'y' }",
      VOLUME, slot.at(policy(), NOW), true)
    assert.same({ volume_id = "v-1", name = "nightly-2026-03-01T02", once = true, metadata = {
      team = "x", ["rsnapshots:policy"] = "nightly", ["rsnapshots:slot"] = "2026-03-01T02" } },
      options)
  end)

  it("is in the name where the service keeps no metadata", function()
    local when = slot.at(policy(), NOW)
    local options = slot.options(policy "description = 'd', force = true", VOLUME, when, false)
    assert.same({ volume_id = "v-1", name = "nightly.rsnapshots.2026-03-01T02:00Z", once = true,
      description = "d", force = true }, options)
    assert.equal("nightly", retention.policy_of { name = options.name, metadata = {} })
  end)

  it("names its snapshot as the policy says", function()
    local function name(format, volume)
      return slot.options(policy("name_format = '" .. format .. "'"), volume or VOLUME,
        slot.at(policy(), NOW), true).name
    end
    assert.equal("web of nightly at 2026-03-01T02", name "{volume} of {policy} at {slot}")
    assert.equal("v-1 v-1", name("{volume} {volume_id}", { id = "v-1" }))
    local long = name("{volume}", { id = "v", name = ("ä"):rep(200) })
    assert.equal(254, #long)
    assert.equal(("ä"):rep(127), long)
  end)

  local function made(id, fields)
    local options = slot.options(policy(), VOLUME, slot.at(policy(), NOW), true)
    local whole = { id = id, status = "AVAILABLE", name = options.name,
      metadata = options.metadata }
    for name, value in pairs(fields or {}) do
      whole[name] = value
    end
    return whole
  end

  local function found(...)
    local ids = {}
    for i, snapshot in ipairs(slot.found({ ... }, policy(), slot.at(policy(), NOW))) do
      ids[i] = snapshot.id
    end
    return table.concat(ids, " ")
  end

  it("is found again by a run that is repeated, the least id first", function()
    assert.equal("a b", found(made "b", made "a"))
    assert.equal("a", found(made("a", { status = "CREATING" })))
    assert.equal("", found(made("a", { status = "ERROR" }), made("b", { status = "DELETING" }),
      made("c", { metadata = { ["rsnapshots:policy"] = "weekly",
        ["rsnapshots:slot"] = "2026-03-01T02" } }),
      made("d", { metadata = { ["rsnapshots:policy"] = "nightly",
        ["rsnapshots:slot"] = "2026-03-01T01" } })))
    local function named(id, time)
      return made(id, { name = "nightly.rsnapshots.2026-03-01T" .. time, metadata = {} })
    end
    assert.equal("a", found(named("a", "02:00Z"), named("b", "01:00Z")))
  end)
end)

describe("the quota's forecast", function()
  local volumes = { { size = 10 }, { size = 20 }, { size = 5 } }

  it("is empty where there is room, or nobody knows", function()
    assert.same({}, quota.shortages({ snapshots = { used = 7, max = 10 },
      gigabytes = { used = 65, max = 100 } }, volumes))
    assert.same({}, quota.shortages({}, volumes))
    assert.same({}, quota.shortages({ snapshots = { used = 1e6, max = math.huge } }, volumes))
    assert.same({}, quota.shortages({ snapshots = { used = 10, max = 10 } }, {}))
  end)

  it("says what is missing", function()
    assert.same({ "the quota of snapshots has room for 2, and 3 are needed (8 of 10 are used)",
      "the quota of gigabytes has room for 34, and 35 are needed (66 of 100 are used); a cloud may "
        .. "leave snapshots out of it" },
      quota.shortages({ snapshots = { used = 8, max = 10 }, gigabytes = { used = 66, max = 100 } },
        volumes))
    assert.same({ "the quota of snapshots has room for 0, and 1 is needed (12 of 10 are used)" },
      quota.shortages({ snapshots = { used = 12, max = 10 } }, { { size = 1 } }))
  end)
end)
