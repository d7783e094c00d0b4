--- docs/coming-from-gophercloud.md: each function and type of that package, and ours beside it.
-- What the page says of ours is done here.
local process = require "spec.support.process"
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"

-- Everything that the package exports.
local EXPORTED = { "CreateOptsBuilder", "CreateOpts{", "ToSnapshotCreateMap", "snapshots.Create(",
  "CreateResult.Extract", "snapshots.Delete(", "snapshots.Get(", "GetResult.Extract",
  "snapshots.List(", "UpdateOptsBuilder", "UpdateOpts{", "ToSnapshotUpdateMap",
  "snapshots.Update(", "UpdateResult.Extract", "ExtractSnapshots", "WaitUntilComplete",
  "WaitUntilDeleted", "Snapshot{", "Status`", "`Creating`", "`Available`", "`Deleting`", "`Error`",
  "`DeleteError`" }

local FIELDS = { "ID", "Name", "Description", "VolumeID", "Status", "Size", "Metadata", "Progress",
  "ProjectID", "CreatedAt" }

local page = process.read "docs/coming-from-gophercloud.md"

describe("coming from gophercloud", function()
  local sim, client, volume_id

  before_each(function()
    sim = assert(simulator.new { create_seconds = 0.1, delete_seconds = 0.1 })
    volume_id = sim.volume_id
    client = assert(sim:connect { api_version = 1 })
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function sent(method)
    for i = #sim.requests, 1, -1 do
      local request = sim.requests[i]
      if request.method == method and request.path:find "/snapshots" then
        return require("cjson").decode(request.body)
      end
    end
    return nil
  end

  it("names all that the package exports", function()
    for _, name in ipairs(EXPORTED) do
      assert.is_truthy(page:find(name, 1, true), name)
    end
    local fields = page:match "Snapshot(%b{})"
    for _, field in ipairs(FIELDS) do
      assert.is_truthy(fields:find("%f[%w]" .. field .. "%f[%W]"), field)
    end
  end)

  it("Create, CreateOpts: the same body", function()
    local snapshot = assert(client:create { volume_id = volume_id, name = "n", description = "d",
      force = true })
    assert.same({ snapshot = { volume_id = volume_id, display_name = "n",
      display_description = "d", force = true } }, sent "POST")
    assert.equal("n", snapshot.name)
  end)

  it("CreateOpts: what is empty is left out, and without a volume nothing is sent", function()
    assert(client:create { volume_id = volume_id, name = "", description = "", force = false })
    assert.same({ snapshot = { volume_id = volume_id } }, sent "POST")
    sim:clear_requests()
    assert.has_error(function() client:create { name = "n" } end)
    assert.equal(0, #sim.requests)
  end)

  it("CreateOptsBuilder, UpdateOptsBuilder: any value with the method", function()
    local snapshot = assert(client:create { to_snapshot_create_map = function()
      return { snapshot = { volume_id = volume_id, display_name = "built" } }
    end })
    assert.equal("built", snapshot.name)
    snapshot = assert(snapshot:update { to_snapshot_update_map = function()
      return { snapshot = { display_name = "changed" } }
    end })
    assert.equal("changed", snapshot.name)
  end)

  it("Get and Extract; Delete and ExtractErr", function()
    local id = sim:add_snapshots(1)[1]
    assert.equal(id, assert(client:get(id)).id)
    assert.is_true(client:delete(id))
    local _, err = client:get "11111111-2222-3333-4444-555555555555"
    assert.equal("not_found", err.kind)
    assert.equal(404, err.status)
  end)

  it("List, EachPage, AllPages, ExtractSnapshots", function()
    sim:add_snapshots(7)
    local count = 0
    assert(client:list({ page_size = 3 }):each_page(function(one)
      count = count + #one
      assert.equal("AVAILABLE", one[1].status)
    end))
    assert.equal(7, count)
    assert.equal(7, #assert(client:list():all()))
    assert.equal(1, #assert(rsnapshots.extract_snapshots '{"snapshots": [{"id": "a"}]}'))
  end)

  it("Update, UpdateOpts: the same body, and an empty text clears", function()
    local snapshot = assert(client:get(sim:add_snapshots(1)[1]))
    assert(snapshot:update { name = "n", description = "d" })
    assert.same({ snapshot = { display_name = "n", display_description = "d" } }, sent "PUT")
    snapshot = assert(snapshot:update { description = "" })
    assert.is_truthy(snapshot.description == nil or snapshot.description == "")
    assert.equal("n", snapshot.name)
  end)

  it("WaitUntilComplete, WaitUntilDeleted", function()
    local snapshot = assert(client:create { volume_id = volume_id, name = "n" })
    snapshot = assert(snapshot:wait_until_complete(60))
    assert.equal(rsnapshots.status.AVAILABLE, snapshot.status)
    assert(snapshot:delete())
    assert.is_true(snapshot:wait_until_deleted(60))
  end)

  it("WaitUntilComplete: a progress of 100% is enough", function()
    client:close()
    sim:close()
    sim = assert(simulator.new { create_seconds = 1e6, quirks = { "progress_100" } })
    client = assert(sim:connect { api_version = 1 })
    local snapshot = assert(client:create { volume_id = sim.volume_id, name = "n" })
    snapshot = assert(snapshot:wait_until_complete(60))
    assert.equal("CREATING", snapshot.status)
    assert.equal("100%", snapshot.progress)
  end)

  it("Snapshot: every field", function()
    local snapshot = assert(client:get(sim:add_snapshots(1, { name = "n", description = "d" })[1]))
    for _, field in ipairs { "id", "name", "description", "volume_id", "status", "created_at" } do
      assert.equal("string", type(snapshot[field]), field)
    end
    assert.equal(1, snapshot.size)
    assert.same({}, snapshot.metadata)
    assert.equal("number", type(snapshot.created_time))
    assert.is_truthy(snapshot.progress == nil or type(snapshot.progress) == "string")
    assert.is_truthy(snapshot.project_id == nil or type(snapshot.project_id) == "string")
  end)

  it("Status: the five, by their names and values", function()
    for name, value in pairs { CREATING = "CREATING", AVAILABLE = "AVAILABLE",
      DELETING = "DELETING", ERROR = "ERROR", DELETE_ERROR = "ERROR_DELETING" } do
      assert.equal(value, rsnapshots.status[name])
    end
  end)
end)
