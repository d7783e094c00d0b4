local cloud = require "spec.openstack.support"

describe("looking up a snapshot #openstack", function()
  local project, client, volume
  local NOWHERE = "11111111-1111-4111-8111-111111111111"

  lazy_setup(function()
    project = cloud.project()
    client = project:connect()
    volume = project:volume()
    project:fill(volume, {
      { name = "only", description = "one of its kind", metadata = { a = "b" } },
      { name = "twin", created_at = "2026-01-01 00:00:00.000000" },
      { name = "twin", created_at = "2026-01-03 00:00:00.000000" },
      { name = "twin", created_at = "2026-01-02 00:00:00.000000" },
      { name = "cafe" }, { name = NOWHERE },
    })
  end)

  lazy_teardown(function()
    project:forget()
  end)

  local function fails(kind, snapshot, err)
    assert.is_nil(snapshot)
    assert.equal(kind, err.kind)
    return err
  end

  it("by its id, with get and find", function()
    local id = assert(client:find("only")).id
    for _, verb in ipairs { "get", "find" } do
      local snapshot = assert(client[verb](client, id))
      assert.equal(id, snapshot.id)
      assert.equal("only", snapshot.name)
      assert.equal("one of its kind", snapshot.description)
      assert.equal("AVAILABLE", snapshot.status)
      assert.equal("100%", snapshot.progress)
      assert.equal(project.id, snapshot.project_id)
      assert.same({ a = "b" }, snapshot.metadata)
    end
  end)

  it("takes a snapshot for its id", function()
    local snapshot = assert(client:find("only"))
    assert.is_true(snapshot == assert(client:get(snapshot)))
    assert.is_true(snapshot == assert(snapshot:refresh()))
  end)

  it("by a name that looks like an id", function()
    assert.equal("cafe", assert(client:find("cafe")).name)
    assert.equal(NOWHERE, assert(client:find(NOWHERE)).name)
  end)

  it("by a name of several is ambiguous, and the error lists their ids", function()
    local err = fails("ambiguous", client:find("twin"))
    local ids = cloud.ids(assert(client:list({ name = "twin" }):all()))
    table.sort(ids)
    table.sort(err.matches)
    assert.equal(3, #err.matches)
    assert.same(ids, err.matches)
  end)

  it("by a name of several can mean the most recent", function()
    local snapshot = assert(client:find("twin", { most_recent = true }))
    assert.equal("2026-01-03T00:00:00.000000", snapshot.created_at)
  end)

  it("by a name that nobody has is not_found", function()
    fails("not_found", client:find("nobody"))
    fails("not_found", client:find("twi"))
    fails("not_found", client:find("TWIN"))
    fails("not_found", client:find("22222222-2222-4222-8222-222222222222"))
  end)

  it("by an id that is not there is not_found", function()
    local err = fails("not_found", client:get(NOWHERE))
    assert.equal(404, err.status)
    assert.equal("itemNotFound", err.code)
    assert.matches(NOWHERE, err.message, 1, true)
    assert.equal("GET", err.method)
    assert.equal(client.endpoint .. "/snapshots/" .. NOWHERE, err.url)
    assert.matches("^not_found: .+ %(HTTP 404 itemNotFound, request req%-", tostring(err))
  end)

  it("by an id that is none is not_found, whatever bytes it holds", function()
    for _, id in ipairs { "x", "a b", "é", "%", "../volumes", "a/b", "?", "#", "detail/", "..." } do
      fails("not_found", client:get(id))
    end
  end)

  it("of another project is not_found for every verb", function()
    local foreign = assert(client:find("only")).id
    local stranger = cloud.project():connect()
    fails("not_found", stranger:get(foreign))
    fails("not_found", stranger:find(foreign))
    fails("not_found", stranger:find("only"))
    fails("not_found", stranger:update(foreign, { name = "mine" }))
    fails("not_found", stranger:delete(foreign))
    fails("not_found", stranger:get_metadata(foreign))
    fails("not_found", stranger:set_metadata(foreign, { a = "mine" }))
    fails("not_found", stranger:delete_metadata(foreign, "a"))
    assert.same({ a = "b" }, assert(client:get(foreign)).metadata)
  end)
end)
