local cloud = require "spec.openstack.support"

describe("creating a snapshot #openstack", function()
  local project, client, volume

  lazy_setup(function()
    project = cloud.project()
    client = project:connect()
    volume = project:volume { size = 2 }
  end)

  it("passes every option on", function()
    local made = assert(client:create {
      volume_id = volume, name = "nightly", description = "before the upgrade", force = true,
      metadata = { tier = "gold", ["kept.until"] = "2027" },
    })
    assert.equal("CREATING", made.status)
    local snapshot = assert(made:wait_until_complete(cloud.quick))
    for _, seen in ipairs { made, snapshot } do
      assert.equal("nightly", seen.name)
      assert.equal("before the upgrade", seen.description)
      assert.equal(volume, seen.volume_id)
      assert.equal(2, seen.size)
      assert.same({ tier = "gold", ["kept.until"] = "2027" }, seen.metadata)
    end
    assert.equal(made.id, snapshot.id)
    assert.equal("AVAILABLE", snapshot.status)
    assert.equal("100%", snapshot.progress)
    assert.equal(project.id, snapshot.project_id)
    assert.equal(project.user_id, snapshot.user_id)
    assert.is_true(math.abs(snapshot.created_time - os.time()) < 60)
    assert.is_true(snapshot.updated_time >= snapshot.created_time)
  end)

  it("needs no more than a volume", function()
    local snapshot = cloud.ready(client, { volume_id = volume })
    assert.is_nil(snapshot.name)
    assert.is_nil(snapshot.description)
    assert.same({}, snapshot.metadata)
  end)

  it("leaves out what is empty or false", function()
    local snapshot = cloud.ready(client,
      { volume_id = volume, name = "", description = "", force = false, metadata = {} })
    assert.is_nil(snapshot.name)
    assert.is_nil(snapshot.description)
    assert.same({}, snapshot.metadata)
  end)

  it("takes a body that the caller made", function()
    local options = { to_snapshot_create_map = function()
      return { snapshot = { volume_id = volume, name = "by hand" } }
    end }
    assert.equal("by hand", cloud.ready(client, options).name)
  end)

  it("without a volume raises", function()
    assert.error_matches(function() client:create { name = "of nothing" } end, "volume_id")
  end)

  it("of a volume that is not there is not_found", function()
    local snapshot, err = client:create { volume_id = "11111111-1111-4111-8111-111111111111" }
    assert.is_nil(snapshot)
    assert.equal("not_found", err.kind)
    assert.equal("itemNotFound", err.code)
    assert.matches("^req%-", err.request_id)
    assert.equal(1, err.attempts)
  end)

  it("of something that is no volume's id is invalid", function()
    local snapshot, err = client:create { volume_id = "my volume" }
    assert.is_nil(snapshot)
    assert.equal("invalid", err.kind)
    assert.matches("volume_id", err.message)
  end)

  it("of another project's volume is not_found", function()
    local foreign = cloud.project():volume()
    local snapshot, err = client:create { volume_id = foreign }
    assert.is_nil(snapshot)
    assert.equal("not_found", err.kind)
  end)

  it("with an attribute that the service does not know is invalid", function()
    local snapshot, err = client:create { volume_id = volume, extra = { colour = "blue" } }
    assert.is_nil(snapshot)
    assert.equal("invalid", err.kind)
    assert.matches("colour", err.message)
  end)

  it("with a metadata value of more than 255 characters is invalid", function()
    local snapshot, err = client:create { volume_id = volume, metadata = { k = ("v"):rep(256) } }
    assert.is_nil(snapshot)
    assert.equal("invalid", err.kind)
  end)

  describe("of a volume in use", function()
    local busy

    lazy_setup(function()
      busy = project:volume_in_use()
    end)

    it("is refused before 3.66", function()
      local snapshot, err = project:connect({ microversion = "3.65" }):create { volume_id = busy }
      assert.is_nil(snapshot)
      assert.equal("invalid", err.kind)
      assert.matches("in.use", err.message)
    end)

    it("takes force before 3.66", function()
      for _, microversion in ipairs { "3.0", "3.65" } do
        local older = project:connect { microversion = microversion }
        assert.equal("AVAILABLE", cloud.ready(older, { volume_id = busy, force = true }).status)
      end
    end)

    it("takes no force from 3.66 on, and minds none", function()
      for _, microversion in ipairs { "3.66", "3.70" } do
        local newer = project:connect { microversion = microversion }
        for _, force in ipairs { true, false } do
          assert.equal("AVAILABLE", cloud.ready(newer, { volume_id = busy, force = force }).status)
        end
      end
    end)
  end)
end)
