-- Applying a plan: one look at the newest that stays, one before each delete, and never more than
-- was meant.
local client_of = require "spec.support.retention_client"
local errors = require "rsnapshots.error"
local model = require "spec.support.retention_model"
local retention = require "rsnapshots.retention"

local NOW = model.at "2026-11-25T12"

-- One a night, the last one last; ids are letters.
local function nights(count, volume)
  local snapshots = {}
  for i = 1, count do
    snapshots[i] = { id = string.char(96 + i), name = "n" .. i, status = "AVAILABLE", size = 10,
      volume_id = volume or "v", metadata = retention.mark "nightly",
      created_time = NOW - (count - i) * 86400 }
  end
  return snapshots
end

local function plan_of(client, policy)
  policy.name, policy.now = "nightly", NOW
  return assert(retention.plan(client:listed(), policy))
end

describe("applying a plan", function()
  it("looks at the newest, and at each before it deletes it, the oldest first", function()
    local client = client_of(nights(5))
    local results, failures = retention.apply(client, plan_of(client, { keep_last = 3 }))
    assert.equal(0, failures)
    assert.same({ "get e", "get a", "delete a", "get b", "delete b" }, client.calls)
    assert.equal("deleted", results[1].value)
    assert.equal("a", results[1].item.id)
    assert.same({ 1, 2 }, { results[1].index, results[2].index })
    assert.truthy(client.snapshots.c and client.snapshots.d and client.snapshots.e)
  end)

  it("removes nothing more the second time", function()
    local client = client_of(nights(5))
    retention.apply(client, plan_of(client, { keep_last = 3 }))
    client.calls = {}
    local results = retention.apply(client, plan_of(client, { keep_last = 3 }))
    assert.same({}, results)
    assert.same({}, client.calls)
  end)

  it("sends nothing in a dry run, and says what would go", function()
    local client = client_of(nights(5))
    local seen = {}
    local results, failures = retention.apply(client, plan_of(client, { keep_last = 3 }), {
      dry_run = true,
      on_progress = function(done, total) seen[#seen + 1] = done .. "/" .. total end,
    })
    assert.equal(0, failures)
    assert.same({}, client.calls)
    assert.same({ "planned", "planned" }, { results[1].value, results[2].value })
    assert.same({ "1/2", "2/2" }, seen)
  end)

  for what, change in pairs {
    status = function(snapshot) snapshot.status = "BACKING-UP" end,
    name = function(snapshot) snapshot.name = "precious" end,
    ["name, taken away"] = function(snapshot) snapshot.name = nil end,
    mark = function(snapshot) snapshot.metadata["rsnapshots:policy"] = nil end,
    policy = function(snapshot) snapshot.metadata["rsnapshots:policy"] = "weekly" end,
    hold = function(snapshot) snapshot.metadata["rsnapshots:hold"] = "forever" end,
    metadata = function(snapshot) snapshot.metadata.ticket = "4711" end,
    group = function(snapshot) snapshot.group_snapshot_id = "g" end,
    volume = function(snapshot) snapshot.volume_id = "w" end,
  } do
    it("leaves one whose " .. what .. " changed since it was listed, and says so", function()
      local client = client_of(nights(5))
      local plan = plan_of(client, { keep_last = 3 })
      change(client.snapshots.a)
      local results, failures = retention.apply(client, plan)
      assert.equal(1, failures)
      assert.same({ "get e", "get a", "get b", "delete b" }, client.calls)
      assert.is_false(results[1].ok)
      assert.is_true(results[1].changed)
      assert.equal("conflict", results[1].error.kind)
      assert.truthy(results[1].error.message:find("a changed since it was listed", 1, true))
      assert.is_false(results[2].changed)
    end)
  end

  it("is content with what is gone already, before the look or after it", function()
    local client = client_of(nights(5))
    local plan = plan_of(client, { keep_last = 3 })
    client.snapshots.a = nil
    client.on_delete = function() client.snapshots.b = nil end
    local results, failures = retention.apply(client, plan)
    assert.equal(0, failures)
    assert.same({ "gone", "gone" }, { results[1].value, results[2].value })
    assert.same({ "get e", "get a", "get b", "delete b" }, client.calls)
  end)

  it("does not take a URL that nobody serves for a snapshot that is gone", function()
    local client = client_of(nights(5))
    client.on_get = function()
      return errors.new("not_found", "no such resource", { status = 404, unrouted = true })
    end
    local results, failures = retention.apply(client, plan_of(client, { keep_last = 3 }))
    assert.equal(2, failures)
    assert.equal("not_found", results[1].error.kind)
    assert.same({ "get e" }, client.calls)
  end)

  it("does not take a failed look for a snapshot that is gone, and goes on with the others",
    function()
      local client = client_of(nights(5))
      client.on_get = function(id)
        return id == "a" and errors.new("server", "the service is down", { status = 503 }) or nil
      end
      local results, failures = retention.apply(client, plan_of(client, { keep_last = 3 }))
      assert.equal(1, failures)
      assert.equal("server", results[1].error.kind)
      assert.is_false(results[1].changed)
      assert.same({ "get e", "get a", "get b", "delete b" }, client.calls)
    end)

  it("begins no more once it is to stop", function()
    local client = client_of(nights(6))
    local results, failures = retention.apply(client, plan_of(client, { keep_last = 3 }),
      { stop = function() return #client.calls >= 3 end })
    assert.equal(2, failures)
    assert.same({ "get f", "get a", "delete a" }, client.calls)
    assert.same({ false, true, true }, { results[1].left, results[2].left, results[3].left })
    assert.is_nil(results[2].error)
  end)

  it("gives why a delete was refused", function()
    local client = client_of(nights(5))
    client.on_delete = function(id)
      return id == "b" and errors.new("invalid", "it has dependents", { status = 400 }) or nil
    end
    local results, failures = retention.apply(client, plan_of(client, { keep_last = 3 }))
    assert.equal(1, failures)
    assert.equal("it has dependents", results[2].error.message)
    assert.truthy(client.snapshots.b)
  end)

  it("deletes those of one volume one after another, and passes the concurrency on", function()
    local snapshots = nights(4)
    snapshots[2].volume_id = "w"
    for i, snapshot in ipairs(nights(2, "w")) do
      snapshot.id = "w" .. i
      snapshots[#snapshots + 1] = snapshot
    end
    local client = client_of(snapshots)
    retention.apply(client, plan_of(client, { keep_last = 1 }), { concurrency = 3 })
    assert.equal(3, client.groups[1].options.concurrency)
    table.sort(client.groups[1].keys)
    assert.same({ "v", "v", "w", "w" }, client.groups[1].keys)
  end)

  it("removes a failed one that is still in error, and leaves one that recovered", function()
    local snapshots = nights(6)
    snapshots[1].status, snapshots[2].status = "ERROR", "ERROR"
    local client = client_of(snapshots)
    local plan = plan_of(client, { keep_last = 4 })
    client.snapshots.b.status = "AVAILABLE"
    local results, failures = retention.apply(client, plan)
    assert.equal(1, failures)
    assert.same({ "get f", "get a", "delete a", "get b" }, client.calls)
    assert.is_true(results[2].changed)
  end)

  it("raises for options that are none", function()
    local client = client_of(nights(2))
    local plan = plan_of(client, { keep_last = 1 })
    for name, value in pairs { dryrun = true, dry_run = 1, on_progress = true } do
      assert.error_matches(function() retention.apply(client, plan, { [name] = value }) end, name)
    end
    assert.same({}, client.calls)
  end)
end)

describe("the limit of a plan", function()
  -- What `apply` says about removing so many of so many.
  local function try(removed, of, options, policy)
    local client = client_of(nights(of))
    policy = policy or {}
    policy.keep_last = of - removed
    local results, err = retention.apply(client, plan_of(client, policy), options)
    assert.equal(results and 1 + 2 * removed or 0, #client.calls)
    return results and #results, type(err) == "table" and err or nil
  end

  it("is half of a group of more than three", function()
    assert.equal(2, (try(2, 3)))
    assert.equal(2, (try(2, 4)))
    assert.equal(5, (try(5, 10)))
    local results, err = try(3, 4)
    assert.is_nil(results)
    assert.equal("invalid", err.kind)
    assert.truthy(err.message:find("3 of 4 snapshots of v would go, and the limit is 50%", 1, true))
    assert.is_nil((try(6, 10)))
  end)

  it("is what is asked for: a number in all, a percentage of each group, none", function()
    assert.equal(9, (try(9, 10, { max_remove = 9 })))
    assert.is_nil((try(9, 10, { max_remove = 8 })))
    assert.equal(9, (try(9, 10, { max_remove = "90%" })))
    assert.is_nil((try(9, 10, { max_remove = "89%" })))
    assert.is_nil((try(2, 3, { max_remove = "50%" })))
    assert.is_nil((try(1, 3, { max_remove = 0 })))
    assert.equal(9, (try(9, 10, { max_remove = "unlimited" })))
    assert.equal(9, (try(9, 10, { max_remove = math.huge })))
  end)

  it("says both counts of a number, too", function()
    local _, err = try(9, 10, { max_remove = 8 })
    assert.truthy(err.message:find("9 snapshots would go, and the limit is 8", 1, true))
  end)

  it("is the policy's where apply is given none", function()
    assert.equal(9, (try(9, 10, nil, { max_remove = "100%" })))
    assert.is_nil((try(3, 10, nil, { max_remove = 2 })))
    assert.equal(3, (try(3, 10, { max_remove = 3 }, { max_remove = 2 })))
  end)

  it("refuses a limit that is none", function()
    local results, err = try(1, 10, { max_remove = "many" })
    assert.is_nil(results)
    assert.truthy(err.message:find("max_remove must be a whole number", 1, true))
  end)

  it("holds in a dry run, too", function()
    assert.is_nil((retention.apply(client_of {}, plan_of(client_of(nights(10)), { keep_last = 1 }),
      { dry_run = true })))
  end)

  it("counts good ones only: failed ones hold nothing that could be lost", function()
    local snapshots = nights(10)
    for i = 1, 8 do
      snapshots[i].status = "ERROR"
    end
    local client = client_of(snapshots)
    local results = assert(retention.apply(client, plan_of(client, { keep_last = 2 })))
    assert.equal(8, #results)
  end)

  it("holds for each group by itself", function()
    local snapshots = nights(10)
    for i, snapshot in ipairs(nights(4, "w")) do
      snapshot.id = "w" .. i
      snapshots[#snapshots + 1] = snapshot
    end
    local client = client_of(snapshots)
    local _, err = retention.apply(client, plan_of(client, { keep_last = 1 }))
    assert.truthy(err.message:find("9 of 10 snapshots of v", 1, true))
    assert.same({}, client.calls)
    assert.is_true(retention.check_limit(plan_of(client, { keep_last = 5 })))
  end)
end)
