local cloud = require "spec.openstack.support"

describe("updating a snapshot #openstack", function()
  local project, client, volume, snapshot

  lazy_setup(function()
    project = cloud.project()
    client = project:connect()
    volume = project:volume()
  end)

  before_each(function()
    snapshot = cloud.ready(client, { volume_id = volume, name = "old", description = "as it was" })
  end)

  local function assert_is(name, description)
    local seen = assert(snapshot:refresh())
    assert.equal(name, seen.name)
    assert.equal(description, seen.description)
  end

  it("changes the name and leaves the description", function()
    local updated = assert(client:update(snapshot.id, { name = "new" }))
    assert.equal("new", updated.name)
    assert.equal(snapshot.id, updated.id)
    assert_is("new", "as it was")
  end)

  it("changes the description and leaves the name", function()
    assert.equal("as it is", assert(snapshot:update { description = "as it is" }).description)
    assert_is("old", "as it is")
  end)

  it("changes both, at the oldest version and at the newest", function()
    for _, microversion in ipairs { "3.0", "3.70" } do
      local at = project:connect { microversion = microversion }
      local name = "new at " .. microversion
      assert(at:update(snapshot, { name = name, description = "also" }))
      assert_is(name, "also")
    end
  end)

  it("clears with an empty text", function()
    assert(client:update(snapshot, { name = "" }))
    assert_is("", "as it was")
    assert(client:update(snapshot, { description = "" }))
    assert_is("", "")
  end)

  it("leaves the snapshot at hand as it was", function()
    assert(snapshot:update { name = "new" })
    assert.equal("old", snapshot.name)
  end)

  it("with nothing to change raises", function()
    assert.error_matches(function() client:update(snapshot, {}) end, "nothing to change")
  end)

  it("to more than 255 characters is invalid and changes nothing", function()
    local updated, err = snapshot:update { name = ("x"):rep(256) }
    assert.is_nil(updated)
    assert.equal("invalid", err.kind)
    assert.is_true(#err.message <= 310, err.message)
    assert_is("old", "as it was")
  end)

  it("works while it is still CREATING", function()
    local slow = assert(client:create { volume_id = volume, name = "slow rc_create_sleep=1" })
    assert.equal("renamed", assert(slow:update { name = "renamed" }).name)
    assert.equal("CREATING", assert(slow:refresh()).status)
    assert.equal("renamed", assert(slow:wait_until_complete(cloud.quick)).name)
  end)

  it("that is not there is not_found", function()
    local updated, err = client:update("11111111-1111-4111-8111-111111111111", { name = "x" })
    assert.is_nil(updated)
    assert.equal("not_found", err.kind)
  end)
end)
