--- The verbs for administrators, and those back to volumes, on a real Cinder.
local cloud = require "spec.openstack.support"
local rsnapshots = require "rsnapshots"

local status = rsnapshots.status

for _, microversion in ipairs { "3.0", "3.70" } do
  describe("with microversion " .. microversion .. " #openstack", function()
    local project, member, admin, volume

    setup(function()
      project = cloud.project()
      volume = project:volume()
      member = project:connect { microversion = microversion }
      admin = cloud.connect { username = "admin", password = cloud.env().RC_ADMIN_PASSWORD,
        project_name = "admin", microversion = microversion }
    end)

    teardown(function()
      member:close()
      admin:close()
    end)

    local function ready(options)
      options = options or {}
      options.volume_id = options.volume_id or volume
      return cloud.ready(member, options)
    end

    local function now(snapshot)
      return assert(member:get(snapshot))
    end

    it("an administrator sets a status", function()
      local snapshot = ready()
      for _, wanted in ipairs { status.ERROR, "creating", status.ERROR_DELETING,
        status.BACKING_UP, status.AVAILABLE } do
        assert.is_true(admin:reset_status(snapshot.id, wanted))
        assert.equal(wanted:upper(), now(snapshot).status)
      end
      assert.equal("invalid", select(2, admin:reset_status(snapshot.id, "nonsense")).kind)
      assert.equal("forbidden", select(2, member:reset_status(snapshot, "error")).kind)
    end)

    it("an administrator reports progress", function()
      local snapshot = ready()
      assert(admin:reset_status(snapshot.id, status.CREATING))
      assert.is_true(admin:update_status(snapshot.id, status.CREATING, 50))
      assert.equal("50%", now(snapshot).progress)
      assert.is_true(admin:update_status(snapshot.id, status.AVAILABLE, "100%"))
      assert.equal(status.AVAILABLE, now(snapshot).status)
      assert.equal("invalid",
        select(2, admin:update_status(snapshot.id, status.AVAILABLE)).kind)
    end)

    it("an administrator deletes by force", function()
      local snapshot = ready()
      assert(admin:reset_status(snapshot.id, status.CREATING))
      assert.equal("invalid", select(2, member:delete(snapshot)).kind)
      assert.equal("forbidden", select(2, member:delete(snapshot, { force = true })).kind)
      assert.is_true(admin:delete(snapshot.id, { force = true }))
      assert.is_true(member:wait_until_deleted(snapshot, cloud.quick))
    end)

    it("an administrator manages what a back end has", function()
      local found = {}
      for entry in admin:manageable { host = "rsnapshots@nothing#nothing", page_size = 2 } do
        found[#found + 1] = entry
      end
      assert.equal(5, #found)
      local unsafe = 0
      for _, entry in ipairs(found) do
        assert.matches("^rc%-snapshot%-%d$", entry.reference["source-name"])
        assert.equal("rc-volume", entry.source_reference["source-name"])
        unsafe = unsafe + (entry.safe_to_manage and 0 or 1)
        assert.equal(entry.safe_to_manage, entry.reason_not_safe == nil)
      end
      assert.equal(1, unsafe)
      local few = admin:manageable { host = "rsnapshots@nothing#nothing", detailed = false }
      assert.is_nil(assert(few:next()).extra_info)

      local made = assert(admin:manage { volume_id = volume, ref = found[1].reference,
        name = "found", metadata = { a = "b" } })
      assert.equal("found", made.name)
      made = assert(made:wait_until_complete(cloud.quick))
      assert.equal("b", made.metadata.a)
      assert.is_true(made:unmanage())
      assert.is_true(made:wait_until_deleted(cloud.quick))

      assert.equal("not_found", select(2, admin:manageable({ host = "nowhere" }):next()).kind)
      local listing, err = admin:manageable { cluster = "nowhere" }
      if listing then
        err = select(2, listing:next())
      end
      assert.equal(microversion == "3.0" and "unsupported" or "not_found", err.kind)
      assert.equal("forbidden", select(2, member:manage { volume_id = volume, ref = "x" }).kind)
      assert.equal("forbidden", select(2, member:manageable({ host = "x" }):next()).kind)
    end)

    it("a volume is made from a snapshot", function()
      local snapshot = ready()
      local made = assert(snapshot:restore { name = "back", description = "d", size = 3,
        metadata = { a = "b" }, wait = cloud.quick })
      assert.equal("available", made.status)
      assert.equal(3, made.size)
      assert.equal("back", made.name)
      assert.equal("b", made.metadata.a)
      assert.equal(snapshot.id, made.snapshot_id)
      assert.equal(1, assert(member:restore(snapshot.id)).size)
      local _, err = member:restore "00000000-0000-0000-0000-000000000000"
      assert.equal("not_found", err.kind)
    end)

    it("a volume goes back to its newest snapshot from 3.40 on", function()
      local own = project:volume()
      local older, newest = ready { volume_id = own }, ready { volume_id = own }
      local ok, err = newest:revert { wait = cloud.quick }
      if microversion == "3.0" then
        assert.is_nil(ok)
        assert.equal("unsupported", err.kind)
        return
      end
      assert.is_true(ok)
      assert.equal("AVAILABLE", assert(newest:wait_until_complete(cloud.quick)).status)
      assert.equal("invalid", select(2, older:revert()).kind)
    end)
  end)
end
