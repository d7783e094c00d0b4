-- A plan as plain values: what a file says is done, and nothing else.
local cjson = require "cjson"
local client_of = require "spec.support.retention_client"
local model = require "spec.support.retention_model"
local retention = require "rsnapshots.retention"

local NOW = model.at "2026-11-25T12"

local function population()
  local snapshots = {}
  for i = 1, 6 do
    snapshots[i] = { id = string.char(96 + i), name = i ~= 2 and "n" .. i or nil,
      status = "AVAILABLE", size = 10, volume_id = i < 5 and "v" or "w",
      metadata = retention.mark "nightly", created_time = NOW - (6 - i) * 86400 }
  end
  snapshots[1].status = "ERROR"
  return snapshots
end

local function plan_of(client, policy)
  policy = policy or { keep_last = 2 }
  policy.name, policy.now = "nightly", NOW
  return assert(retention.plan(client:listed(), policy))
end

-- Through a file's text.
local function stored(plan, endpoint)
  return cjson.decode(cjson.encode(retention.to_document(plan, endpoint)))
end

local function shown(plan)
  local lines = {}
  for i, entry in ipairs(plan) do
    lines[i] = { entry.snapshot.id, entry.keep, entry.reasons, entry.group }
  end
  return { lines, plan.counts, plan.size, plan.name, plan.now }
end

describe("a plan in a file", function()
  it("is the plan that was written", function()
    local plan = plan_of(client_of(population()), { keep_last = 1 })
    assert.same(shown(plan), shown(assert(retention.from_document(stored(plan)))))
  end)

  it("is applied to what is in it and is still as it was", function()
    local client = client_of(population())
    local document = stored(plan_of(client))
    client.snapshots.b.metadata["rsnapshots:hold"] = "forever"
    client.snapshots.new = { id = "new", status = "AVAILABLE", volume_id = "v",
      metadata = retention.mark "nightly", created_time = 0 }
    local results, failures = retention.apply(client, assert(retention.from_document(document)))
    assert.equal(1, failures)
    assert.same({ "get d", "get a", "delete a", "get b" }, client.calls)
    assert.is_true(results[2].changed)
  end)

  it("keeps its limit", function()
    local client = client_of(population())
    local plan = assert(retention.from_document(stored(plan_of(client, { keep_last = 1,
      max_remove = 1 }))))
    local results, err = retention.apply(client, plan)
    assert.is_nil(results)
    assert.truthy(err.message:find("3 snapshots would go, and the limit is 1", 1, true))
    for given, count in pairs { ["75%"] = 4, unlimited = 4 } do
      plan = assert(retention.from_document(stored(plan_of(client, { keep_last = 1,
        max_remove = given }))))
      assert.equal(count, #assert(retention.apply(client, plan, { dry_run = true })))
    end
  end)

  it("is for the cloud that it was made for", function()
    local document = stored(plan_of(client_of(population())), "https://one/v3/p")
    assert.truthy(retention.from_document(document, "https://one/v3/p"))
    local plan, err = retention.from_document(document, "https://other/v3/p")
    assert.is_nil(plan)
    assert.equal("the plan file cannot be used: it was made for https://one/v3/p, and this is "
      .. "https://other/v3/p", err.message)
  end)

  local function edited(edit)
    local document = stored(plan_of(client_of(population())))
    edit(document)
    local plan, err = retention.from_document(document)
    assert.is_nil(plan)
    assert.equal("invalid", err.kind)
    return err.message
  end

  for what, edit in pairs {
    ["it is not a plan of rsnapshots"] = function(d) d.format = "a cake's recipe" end,
    ["it is of version 2, and this rsnapshots reads version 1"] = function(d) d.version = 2 end,
    ["it has no 'now' that is a number"] = function(d) d.now = nil end,
    ["it has no 'groups' that is a table"] = function(d) d.groups = "all" end,
    ["groups is not a list"] = function(d) d.groups.x = {} end,
    ["groups[1] is not an object"] = function(d) d.groups[1] = true end,
    ["groups[1] has no 'good' that is a number"] = function(d) d.groups[1].good = cjson.null end,
    ["groups[1].good is not a whole number"] = function(d) d.groups[1].good = 1.5 end,
    ["groups[1].remove is not a list"] = function(d) d.groups[1].remove[7] = {} end,
    ["groups[1].remove[1] is not an object"] = function(d) d.groups[1].remove[1] = "a" end,
    ["groups[1].remove[1] has no 'reasons'"] = function(d) d.groups[1].remove[1].reasons = nil end,
    ["groups[1].remove[1].reasons has '1', which is not text"] =
      function(d) d.groups[1].remove[1].reasons[1] = {} end,
    ["groups[1].remove[1].snapshot has no 'id'"] =
      function(d) d.groups[1].remove[1].snapshot.id = nil end,
    ["groups[1].remove[1].snapshot has an empty id"] =
      function(d) d.groups[1].remove[1].snapshot.id = "" end,
    ["groups[1].keep[1].snapshot has no 'status' that is a string"] =
      function(d) d.groups[1].keep[1].snapshot.status = 1 end,
    ["groups[1].remove[1].snapshot has no 'metadata'"] =
      function(d) d.groups[1].remove[1].snapshot.metadata = nil end,
    ["groups[1].remove[1].snapshot.metadata has 'x', which is not text"] =
      function(d) d.groups[1].remove[1].snapshot.metadata.x = 1 end,
    ["snapshot b is in it twice"] = function(d) d.groups[2].keep[1].snapshot.id = "b" end,
    ["max_remove must be a whole number"] = function(d) d.max_remove = "many" end,
  } do
    it("is refused where " .. what, function()
      local message = edited(edit)
      assert.truthy(message:find(what, 1, true), message)
    end)
  end

  it("raises for what is no table", function()
    assert.error_matches(function() retention.from_document "{}" end, "must be a table")
  end)
end)
