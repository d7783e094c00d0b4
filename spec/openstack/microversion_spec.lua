local cloud = require "spec.openstack.support"

describe("a microversion #openstack", function()
  local project, snapshot
  local GROUP = "22222222-2222-4222-8222-222222222222"

  lazy_setup(function()
    project = cloud.project()
    project:fill(project:volume(), { { name = "one", group_snapshot_id = GROUP } })
    snapshot = assert(project:connect():find("one"))
  end)

  lazy_teardown(function()
    project:forget()
  end)

  local function seen_at(microversion)
    local client = project:connect { microversion = microversion }
    assert.equal(microversion, client.microversion)
    return assert(client:get(snapshot.id))
  end

  local function assert_fields(seen, user_id, group, quota)
    assert.equal(user_id, seen.user_id)
    assert.equal(group, seen.group_snapshot_id)
    assert.equal(quota, seen.consumes_quota)
    assert.equal("one", seen.name)
    assert.equal("100%", seen.progress)
    assert.equal(project.id, seen.project_id)
  end

  it("3.0 has the plain fields only", function()
    assert_fields(seen_at("3.0"), nil, nil, nil)
  end)

  it("3.14 adds group_snapshot_id", function()
    assert_fields(seen_at("3.14"), nil, GROUP, nil)
  end)

  it("3.41 adds user_id", function()
    assert_fields(seen_at("3.41"), project.user_id, GROUP, nil)
  end)

  it("3.64 has no consumes_quota yet, 3.65 has", function()
    assert_fields(seen_at("3.64"), project.user_id, GROUP, nil)
    assert_fields(seen_at("3.65"), project.user_id, GROUP, true)
  end)

  it("3.70 has all of them", function()
    assert_fields(seen_at("3.70"), project.user_id, GROUP, true)
  end)

  it("latest is the newest that the service has", function()
    local client = project:connect { microversion = "latest" }
    assert.equal("3.70", client.microversion)
    assert_fields(assert(client:get(snapshot.id)), project.user_id, GROUP, true)
  end)

  it("is the newest that both know when none is asked for", function()
    assert.equal("3.70", project:connect().microversion)
  end)

  it("in api_version is a pinned one", function()
    assert.equal("3.41", project:connect({ api_version = "3.41" }).microversion)
  end)

  it("that is too new is unsupported, and the message says what is offered", function()
    local client, err = project:try { microversion = "3.99" }
    assert.is_nil(client)
    assert.equal("unsupported", err.kind)
    assert.matches("3.99", err.message, 1, true)
    assert.matches("3.0 to 3.70", err.message, 1, true)
  end)

  it("that is none is a mistake in the configuration", function()
    local client, err = project:try { microversion = "newest" }
    assert.is_nil(client)
    assert.equal("config", err.kind)
  end)

  it("reads the same snapshot at every version, as the same snapshot", function()
    assert.equal(snapshot.id, seen_at("3.0").id)
    assert.is_true(snapshot == seen_at("3.0"))
  end)
end)
