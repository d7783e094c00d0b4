-- Simulated volumes, quotas and messages, as a real Cinder answers; and the states in which
-- snapshots are refused.

local frozen = require "spec.support.frozen"
local rawhttp = require "spec.support.rawhttp"

local decoded, message_of = rawhttp.decode, rawhttp.message

local sim, http

local function start(options)
  sim, http = frozen.start(options)
end

before_each(function()
  start()
end)

after_each(function()
  sim:close()
end)

local function ask(method, path, options)
  return http:ask(method, path, options)
end

local function admin(method, path, body)
  return http:ask(method, path, { user = "admin", body = body })
end

-- The names on a page, its links, and its volumes.
local function list(query, options)
  local reply = ask("GET", "volumes" .. query, options)
  assert.equal(200, reply.status, reply.body)
  local names, body = {}, decoded(reply)
  for i, volume in ipairs(body.volumes) do
    local name = volume.name or volume.display_name
    names[i] = type(name) == "string" and name or "null"
  end
  return table.concat(names, " "), body.volumes_links, body.volumes, body
end

local function create_snapshot(volume_id, options)
  options = options or {}
  options.body = ('{"snapshot": {"volume_id": "%s"%s}}'):format(volume_id or sim.volume_id,
    options.force and ', "force": true' or "")
  return ask("POST", "snapshots", options)
end

local function volume_of(id)
  return sim:find_volume(id or sim.volume_id)
end

describe("simulated volumes", function()
  describe("in a list", function()
    before_each(function()
      for i = 1, 3 do
        sim:add_volume { name = "v" .. i, status = i == 2 and "error" or "available", size = 4 - i,
          created_at = frozen.BEGINNING + i,
          metadata = i ~= 3 and { tier = "gold", n = tostring(i) } or {} }
      end
      sim:add_volume { name = "foreign", project = "other", created_at = frozen.BEGINNING + 4 }
    end)

    it("come page by page", function()
      local names, links, volumes = list "?limit=2"
      assert.equal("v3 v2", names)
      assert.equal("v1 volume", (list(links[1].href:match("/volumes(%?.*)$"))))
      assert.equal("v1", (list("/detail?limit=1&marker=" .. volumes[2].id)))
      assert.equal("v1", (list "?limit=1&offset=2"))
      local reply = ask("GET", "volumes?marker=nothing")
      assert.equal(404, reply.status)
      assert.equal("Volume nothing could not be found.", message_of(reply))
    end)

    it("come by name, status, size and metadata, on every version", function()
      for _, options in ipairs { { version = 0 }, { version = 70 }, { api = 2 } } do
        assert.equal("v2", (list("/detail?status=error", options)))
        assert.equal("", (list("?status=ERROR", options)))
        assert.equal("v1", (list("?name=v1&status=available", options)))
        assert.equal("", (list("?name=v1&status=error", options)))
        assert.equal("v1", (list("?size=3", options)))
        assert.equal("v2 v1", (list("?metadata={'tier':'gold'}", options)))
        assert.equal("v2", (list("?metadata={'tier':'gold','n':'2'}", options)))
        assert.equal("", (list("?metadata={'tier':'silver'}", options)))
        assert.equal("", (list("?metadata=junk", options)))
        assert.equal("v3 v2 v1 volume", (list("?bootable=false&availability_zone=nova", options)))
        assert.equal("", (list("?availability_zone=mars", options)))
      end
    end)

    it("come in any order", function()
      assert.equal("v1 v2 v3 volume", (list "?sort=name:asc"))
      assert.equal("v3 v2 v1 volume", (list "?sort_key=created_at"))
      assert.equal("v3 volume v2 v1", (list "?sort=size:asc,created_at:desc"))
      local reply = ask("GET", "volumes?sort=banana")
      assert.equal("Invalid input received: Invalid sort key", message_of(reply))
    end)

    it("know no other filters, which only newer services say", function()
      assert.equal("v3 v2 v1 volume", (list "?banana=1"))
      for _, query in ipairs { "banana=1", "user_id=x", "name~=v", "display_name=v1" } do
        local reply = ask("GET", "volumes?" .. query, { version = 70 })
        assert.equal(("Invalid filters %s are found in query options."):format(
          query:match "^[^=]+"), message_of(reply))
      end
    end)

    it("come with a count from 3.45 on", function()
      assert.is_nil(select(4, list "?with_count=1&limit=1").count)
      assert.equal(4, select(4, list("?with_count=1&limit=1", { version = 45 })).count)
    end)

    it("are those of all projects for administrators alone", function()
      assert.equal("v3 v2 v1 volume", (list "?all_tenants=1"))
      local as_admin = { user = "admin", version = 70 }
      assert.equal("", (list("", as_admin)))
      assert.equal("foreign v3 v2 v1 volume", (list("?all_tenants=1", as_admin)))
      assert.equal("foreign", (list("?all_tenants=1&project_id="
        .. sim.accounts:project("other").id, as_admin)))
      assert.equal("", (list("?all_tenants=1&banana=1", as_admin)))
    end)

    it("are paged by limit and offset in version 1", function()
      local v1 = { api = 1 }
      assert.equal("v3 v2 v1 volume", (list("", v1)))
      assert.equal("v2 v1", (list("/detail?limit=2&offset=1", v1)))
      assert.equal("", (list("?offset=9", v1)))
      local volume = select(3, list("/detail?limit=1&offset=2", v1))[1]
      assert.same({ "v1", 3, "available", { tier = "gold", n = "1" } },
        { volume.display_name, volume.size, volume.status, volume.metadata })
    end)
  end)

  it("say from which snapshot they were made", function()
    local id = sim:add_snapshots(1)[1]
    local made = decoded(ask("POST", "volumes",
      { body = ('{"volume": {"snapshot_id": "%s"}}'):format(id) })).volume
    local dependents = {}
    for _, volume in ipairs(select(3, list "/detail")) do
      if volume.snapshot_id == id then
        dependents[#dependents + 1] = volume.id
      end
    end
    assert.same({ made.id }, dependents)
  end)

  it("show more from version to version", function()
    local function keys(version)
      local volume = decoded(ask("GET", "volumes/" .. sim.volume_id, { version = version })).volume
      local found = {}
      for _, key in ipairs { "group_id", "shared_targets", "service_uuid", "volume_type_id",
          "consumes_quota" } do
        found[#found + 1] = volume[key] ~= nil and key or nil
      end
      return table.concat(found, " ")
    end
    assert.equal("", keys(0))
    assert.equal("group_id shared_targets service_uuid", keys(62))
    assert.equal("group_id shared_targets service_uuid volume_type_id consumes_quota", keys(70))
  end)

  it("show what they are attached to", function()
    local path = "volumes/" .. sim.volume_id
    assert.same({}, decoded(ask("GET", path)).volume.attachments)
    ask("POST", path .. "/action", { body = '{"os-reserve": null}' })
    ask("POST", path .. "/action",
      { body = '{"os-attach": {"instance_uuid": "i", "mountpoint": "/dev/vdb"}}' })
    local volume = decoded(ask("GET", path)).volume
    assert.equal("in-use", volume.status)
    local one = volume.attachments[1]
    assert.same({ sim.volume_id, "i", "/dev/vdb", "2014-05-13T16:53:20.250000" },
      { one.volume_id, one.server_id, one.device, one.attached_at })
  end)

  it("get metadata beside what they have", function()
    local id = sim:add_volume { metadata = { a = "1" } }
    local reply = ask("POST", "volumes/" .. id .. "/metadata",
      { body = '{"metadata": {"backup": "nightly"}}' })
    assert.equal(200, reply.status, reply.body)
    local volume = decoded(ask("GET", "volumes/" .. id)).volume
    assert.same({ a = "1", backup = "nightly" }, volume.metadata)
    assert.equal(404, ask("POST", "volumes/none/metadata", { body = '{"metadata": {}}' }).status)
  end)

  it("are deleted when they have no snapshots", function()
    local volume = sim:add_volume()
    assert.equal(202, ask("DELETE", "volumes/" .. volume).status)
    sim:advance(1)
    assert.equal(404, ask("GET", "volumes/" .. volume).status)
    assert.equal("volume", (list ""))
  end)

  it("are set to a status by administrators", function()
    local path = "volumes/" .. sim.volume_id .. "/action"
    local function reset(inside, user)
      return ask("POST", path, { user = user, project = user and sim.accounts:project(user).id,
        body = ('{"os-reset_status": {%s}}'):format(inside) })
    end
    assert.equal("Policy doesn't allow volume_extension:volume_admin_actions:reset_status to be "
      .. "performed.", message_of(reset '"status": "error"'))
    assert.equal(202, reset('"status": "backing-up"', "admin").status)
    assert.equal("backing-up", volume_of().status)
    for inside, message in pairs {
      ['"status": "deleting"'] = "Cannot reset-state to deleting",
      ['"status": "in-use"'] = "Cannot reset-state to in-use because volume does not have any "
        .. "attachments.",
      [""] = "Must specify 'status', 'attach_status' or 'migration_status' for update.",
      ['"status": "banana"'] = "Volume status: banana is invalid, valid statuses are: "
        .. "('creating', 'available', 'deleting', 'error', 'error_deleting', 'error_managing', "
        .. "'managing', 'attaching', 'in-use', 'detaching', 'maintenance', 'restoring-backup', "
        .. "'error_restoring', 'reserved', 'awaiting-transfer', 'backing-up', "
        .. "'error_backing-up', 'error_extending', 'downloading', 'uploading', 'retyping', "
        .. "'extending').",
    } do
      assert.equal(message, message_of(reset(inside, "admin")))
    end
  end)
end)

describe("a snapshot of a volume", function()
  it("is refused, with the state, where there is nothing to take one of", function()
    local function refusal(status, options)
      volume_of().status = status
      local reply = create_snapshot(nil, options)
      assert.equal(400, reply.status)
      return (message_of(reply):gsub(sim.volume_id:gsub("%-", "%%-"), "V"))
    end
    for _, status in ipairs { "backing-up", "restoring-backup", "creating", "error_deleting" } do
      assert.equal("Invalid volume: Volume V status must be available, but current status is: "
        .. status .. ".", refusal(status))
      for _, options in ipairs { { version = 70 }, { force = true } } do
        assert.equal("Invalid volume: Volume V status must be available, in-use, but current "
          .. "status is: " .. status .. ".", refusal(status, options))
      end
    end
    assert.equal("Invalid volume: The snapshot cannot be created when the volume is in error "
      .. "status.", refusal("error", { version = 70 }))
    assert.equal("Invalid volume: The snapshot cannot be created when the volume is in "
      .. "maintenance mode.", refusal("maintenance", { force = true }))
  end)

  it("in a group cannot be deleted or unmanaged, not even by force", function()
    local id = sim:add_snapshots(1, { group_snapshot_id = "g" })[1]
    local refused = "Invalid snapshot: Snapshot status must be available or error and must not be "
      .. "part of a group."
    assert.equal(refused, message_of(ask("DELETE", "snapshots/" .. id)))
    assert.equal(refused, message_of(admin("POST", "snapshots/" .. id .. "/action",
      '{"os-unmanage": {}}')))
    local reply = admin("POST", "snapshots/" .. id .. "/action", '{"os-force_delete": {}}')
    assert.equal(400, reply.status)
    assert.equal("Invalid snapshot: Snapshot  must not be part of a group.", message_of(reply))
    assert.equal("g", decoded(ask("GET", "snapshots/" .. id, { version = 14 })).snapshot
      .group_snapshot_id)
  end)
end)

describe("reverting a volume", function()
  local function revert(id)
    return ask("POST", "volumes/" .. sim.volume_id .. "/action", { version = 40,
      body = ('{"revert": {"snapshot_id": "%s"}}'):format(id) })
  end

  it("is to its newest snapshot alone", function()
    local ids = sim:add_snapshots(2)
    assert.equal(("Specified snapshot %s is None or not the latest one of volume %s.")
      :format(ids[1], sim.volume_id), message_of(revert(ids[1])))
    assert.equal(202, revert(ids[2]).status)
    assert.equal("reverting", volume_of().status)
    assert.equal("restoring", sim:find_snapshot(ids[2]).status)
    sim:advance(1)
    assert.equal("available", volume_of().status)
  end)

  it("wants both to be available", function()
    local id = sim:add_snapshots(1, { status = "backing-up" })[1]
    local reply = revert(id)
    assert.equal(409, reply.status)
    assert.equal(("Invalid snapshot: Can't revert volume %s to its latest snapshot %s. Snapshot's "
      .. "status must be 'available'."):format(sim.volume_id, id), message_of(reply))
    volume_of().status = "in-use"
    assert.equal(("Invalid volume: Can't revert volume %s to its latest snapshot %s. Volume's "
      .. "status must be 'available'."):format(sim.volume_id, id), message_of(revert(id)))
  end)
end)

describe("quotas", function()
  local function limits(options)
    return decoded(ask("GET", "limits", options)).limits.absolute
  end

  it("are shown with what is used of them", function()
    sim:close()
    start { quota_snapshots = 10, quota_volumes = 5, quota_gigabytes = 100 }
    sim:add_snapshots(2, { volume_id = sim:add_volume { size = 3 } })
    local shown = limits()
    assert.same({ 10, 2, 5, 2, 100, 1 + 3 + 2 * 3 }, { shown.maxTotalSnapshots,
      shown.totalSnapshotsUsed, shown.maxTotalVolumes, shown.totalVolumesUsed,
      shown.maxTotalVolumeGigabytes, shown.totalGigabytesUsed })
    assert.equal(0, limits { user = "other" }.totalSnapshotsUsed)
  end)

  it("are -1 where there is none", function()
    local shown = limits()
    assert.same({ -1, -1, -1 }, { shown.maxTotalSnapshots, shown.maxTotalVolumes,
      shown.maxTotalVolumeGigabytes })
    assert.equal(1, limits({ user = "small" }).maxTotalSnapshots)
  end)

  it("of another project are shown to administrators", function()
    sim:add_snapshots(3)
    local id = sim.accounts:project("demo").id
    for _, name in ipairs { "project_id", "tenant_id" } do
      local path = "limits?" .. name .. "=" .. id
      assert.equal(3, decoded(admin("GET", path)).limits.absolute.totalSnapshotsUsed)
      assert.equal(0, decoded(ask("GET", path, { user = "other" })).limits.absolute
        .totalSnapshotsUsed)
    end
  end)

  it("follow what comes and goes", function()
    local id = decoded(create_snapshot()).snapshot.id
    assert.same({ 1, 2 }, { limits().totalSnapshotsUsed, limits().totalGigabytesUsed })
    sim:advance(1)
    ask("DELETE", "snapshots/" .. id)
    sim:advance(1)
    ask("DELETE", "volumes/" .. sim.volume_id)
    sim:advance(1)
    local shown = limits()
    assert.same({ 0, 0, 0 }, { shown.totalSnapshotsUsed, shown.totalVolumesUsed,
      shown.totalGigabytesUsed })
  end)

  it("of gigabytes are for volumes and snapshots together", function()
    sim:close()
    start { quota_gigabytes = 4 }
    local volume = sim:add_volume { size = 2 }
    local reply = create_snapshot(volume)
    assert.same({ 413, "0" }, { reply.status, reply.headers["retry-after"] })
    local message = "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds "
      .. "allowed gigabytes quota. Requested 2G, quota is 4G and 3G has been consumed."
    assert.equal(message, message_of(reply))
    assert.equal(message, message_of(ask("POST", "volumes", { body = '{"volume": {"size": 2}}' })))
    assert.equal(202, ask("POST", "volumes", { body = '{"volume": {"size": 1}}' }).status)
  end)

  it("of volumes name themselves", function()
    sim:close()
    start { quota_volumes = 1 }
    assert.equal("VolumeLimitExceeded: Maximum number of volumes allowed (1) exceeded for quota "
      .. "'volumes'.", message_of(ask("POST", "volumes", { body = '{"volume": {"size": 1}}' })))
  end)

  it("are set by administrators", function()
    local id = sim.accounts:project("small").id
    local path = "os-quota-sets/" .. id
    local function set(inside)
      return admin("PUT", path, ('{"quota_set": {%s}}'):format(inside))
    end
    assert.equal(5, decoded(set '"snapshots": 5').quota_set.snapshots)
    local used = decoded(ask("GET", path .. "?usage=true", { user = "small" })).quota_set
    assert.same({ limit = 5, in_use = 0, reserved = 0 }, used.snapshots)
    assert.equal(id, used.id)
    assert.equal(5, limits({ user = "small" }).maxTotalSnapshots)
    for inside, message in pairs {
      ['"banana": 1'] = "Invalid input received: Bad key(s) in quota set: banana",
      ['"snapshots": "x"'] = "snapshots must be an integer",
      ['"snapshots": -2'] = "snapshots must be >= -1",
    } do
      assert.equal(message, message_of(set(inside)))
    end
    assert.equal("'quota_set' is a required property", message_of(admin("PUT", path, "{}")))
    assert.equal("Policy doesn't allow volume_extension:quotas:update to be performed.",
      message_of(ask("PUT", path, { user = "small", body = '{"quota_set": {}}' })))
    assert.equal("Policy doesn't allow volume_extension:quotas:show to be performed.",
      message_of(ask("GET", path)))
  end)
end)

describe("messages", function()
  local function fail_one()
    sim:fail_snapshots_of(sim.volume_id, 1)
    local reply = create_snapshot()
    sim:advance(0.5)
    return decoded(reply).snapshot.id, reply.headers["x-openstack-request-id"]
  end

  local function messages(query, version)
    return decoded(ask("GET", "messages" .. query, { version = version or 5 }))
  end

  it("tell why a create failed", function()
    local id, request_id = fail_one()
    local one = messages("?resource_uuid=" .. id).messages[1]
    assert.same({ "VOLUME_VOLUME_SNAPSHOT_009_013", "create snapshot:Snapshot failed to create.",
      "ERROR", "VOLUME_SNAPSHOT", id, request_id, "2014-05-13T16:53:20.450000",
      "2014-06-12T16:53:20.450000" }, { one.event_id, one.user_message, one.message_level,
      one.resource_type, one.resource_uuid, one.request_id, one.created_at, one.guaranteed_until })
    assert.matches("/v3/%x+/messages/" .. one.id:gsub("%-", "%%-") .. "$", one.links[1].href)
  end)

  it("tell why a delete failed, or was undone", function()
    for word, expected in pairs {
      rc_delete_busy = { "VOLUME_VOLUME_SNAPSHOT_010_015", "delete snapshot:Snapshot is busy." },
      rc_delete_fail = { "VOLUME_VOLUME_SNAPSHOT_010_016",
        "delete snapshot:Snapshot failed to delete." },
    } do
      local id = sim:add_snapshots(1, { name = word .. "=1" })[1]
      local request_id = ask("DELETE", "snapshots/" .. id).headers["x-openstack-request-id"]
      sim:advance(0.5)
      local one = messages("?resource_uuid=" .. id).messages[1]
      assert.same({ expected[1], expected[2], request_id },
        { one.event_id, one.user_message, one.request_id })
    end
  end)

  it("are there from 3.3 on, with filters and pages from 3.5 on", function()
    local first, second = fail_one(), fail_one()
    assert.equal(404, ask("GET", "messages", { version = 2 }).status)
    assert.equal(2, #messages("?resource_uuid=" .. first, 3).messages)
    assert.equal(2, #messages("?limit=1", 4).messages)
    local page = messages("?limit=1", 5)
    assert.equal(second, page.messages[1].resource_uuid)
    assert.matches("marker=", page.messages_links[1].href)
    assert.equal(first, messages(page.messages_links[1].href:match "%?.*$").messages[1]
      .resource_uuid)
    assert.equal(2, #messages("?message_level=ERROR").messages)
    assert.equal(0, #messages("?resource_type=VOLUME").messages)
    assert.equal("Invalid filters banana are found in query options.",
      message_of(ask("GET", "messages?banana=x", { version = 70 })))
  end)

  it("are those of the own project, one by one, until they are deleted", function()
    fail_one()
    assert.equal(0, #decoded(ask("GET", "messages", { version = 5, user = "other" })).messages)
    local one = messages("").messages[1]
    local path = "messages/" .. one.id
    assert.same(one, decoded(ask("GET", path, { version = 3 })).message)
    assert.equal(404, ask("GET", path, { version = 3, user = "other" }).status)
    assert.equal(204, ask("DELETE", path, { version = 3 }).status)
    assert.equal("Message " .. one.id .. " could not be found.",
      message_of(ask("GET", path, { version = 3 })))
    assert.equal(0, #messages("").messages)
  end)
end)
