local cloud = require "spec.openstack.support"

describe("deleting a snapshot #openstack", function()
  local project, client, volume
  local NOWHERE = "11111111-1111-4111-8111-111111111111"

  lazy_setup(function()
    project = cloud.project()
    client = project:connect()
    volume = project:volume()
  end)

  local function make(name)
    return cloud.ready(client, { volume_id = volume, name = name })
  end

  it("takes an id, and it is gone in the end", function()
    local snapshot = make "by id"
    assert.is_true(client:delete(snapshot.id))
    assert.is_true(client:wait_until_deleted(snapshot.id, cloud.quick))
    local seen, err = client:get(snapshot.id)
    assert.is_nil(seen)
    assert.equal("not_found", err.kind)
  end)

  it("takes a snapshot", function()
    local snapshot = make "by itself"
    assert.is_true(snapshot:delete())
    assert.is_true(snapshot:wait_until_deleted(cloud.quick))
  end)

  it("that is not there is not_found", function()
    for _, id in ipairs { NOWHERE, "not an id", "a/b" } do
      local ok, err = client:delete(id)
      assert.is_nil(ok)
      assert.equal("not_found", err.kind)
    end
  end)

  it("that is not there is fine with missing_ok", function()
    assert.is_true(client:delete(NOWHERE, { missing_ok = true }))
  end)

  it("that was deleted already is not_found", function()
    local snapshot = make "twice"
    assert(snapshot:delete())
    assert(snapshot:wait_until_deleted(cloud.quick))
    assert.equal("not_found", select(2, snapshot:delete()).kind)
    assert.is_true(snapshot:delete { missing_ok = true })
  end)

  it("while it is being created or deleted is invalid, as Cinder has it", function()
    local snapshot = assert(client:create { volume_id = volume,
      name = "rc_create_sleep=0.5 rc_delete_sleep=1" })
    local ok, err = snapshot:delete()
    assert.is_nil(ok)
    assert.equal("invalid", err.kind)
    assert.matches("status", err.message)

    assert(snapshot:wait_until_complete(cloud.quick))
    assert(snapshot:delete())
    ok, err = snapshot:delete()
    assert.is_nil(ok)
    assert.equal("invalid", err.kind)
    assert(snapshot:wait_until_deleted(cloud.quick))
  end)

  it("leaves the others alone", function()
    local first, second = make "first", make "second"
    assert(first:delete())
    assert(first:wait_until_deleted(cloud.quick))
    assert.equal("AVAILABLE", assert(second:refresh()).status)
  end)
end)
