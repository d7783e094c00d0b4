-- The commands `openstack` and `cinder`, as other people wrote them, against the simulator.

local json = require "rsnapshots.simulator.text.json"
local process = require "spec.support.process"
local simulated = require "spec.support.simulated"

local function is_installed(command)
  return select(2, process.run("command -v " .. command)) == 0
end

-- Runs a command in the simulator's environment; what it prints.
local function run(server, command)
  local path = os.tmpname()
  process.write(path, server.shell)
  local output, status = process.run((". %s\n%s"):format(path, command))
  os.remove(path)
  assert.equal(0, status, command .. ": " .. output)
  return output
end

describe("the command openstack #slow", function()
  local server

  setup(function()
    server = simulated.start "--quiet --snapshots 2"
  end)

  teardown(function()
    server.stop()
  end)

  local function openstack(arguments)
    return run(server, "openstack " .. arguments)
  end

  -- What it prints, read as JSON, as plain tables.
  local function shown(arguments)
    local value = assert(json.decode(openstack(arguments .. " -f json")))
    if json.type(value) == "object" then
      return value.values
    end
    for i, row in ipairs(value) do
      value[i] = row.values
    end
    return value
  end

  if not is_installed "openstack" then
    pending("is not installed (python3-openstackclient)")
    return
  end

  it("lists snapshots, all or some", function()
    local rows = shown "volume snapshot list --long"
    assert.same({ 2, "snapshot-2", "available", 1, server.volume_id },
      { #rows, rows[1].Name, rows[1].Status, rows[1].Size, rows[1].Volume })
    rows = shown "volume snapshot list --volume volume --name snapshot-1 --status available"
    assert.same({ 1, "snapshot-1" }, { #rows, rows[1].Name })
    assert.equal(1, #shown "volume snapshot list --limit 1")
  end)

  it("creates, shows, sets, unsets and deletes one", function()
    local made = shown "volume snapshot create --volume volume --property a=b made"
    assert.same({ "made", "creating" }, { made.name, made.status })
    openstack "volume snapshot set --name changed --description why --property c=d made"
    local changed = shown "volume snapshot show changed"
    assert.same({ made.id, "available", "why", { a = "b", c = "d" } }, { changed.id,
      changed.status, changed.description, changed.properties.values })
    openstack "volume snapshot unset --property a changed"
    assert.same({ c = "d" }, shown("volume snapshot show " .. made.id).properties.values)
    openstack "volume snapshot delete changed"
    for _, row in ipairs(shown "volume snapshot list") do
      assert.is_true(row.ID ~= made.id or row.Status == "deleting")
    end
  end)

  it("sees volumes, and makes one from a snapshot", function()
    assert.equal("volume", shown("volume list")[1].Name)
    local source = shown "volume snapshot show snapshot-1"
    local copy = shown "volume create --snapshot snapshot-1 --size 1 copy"
    assert.equal(source.id, copy.snapshot_id)
    assert.equal("__DEFAULT__", shown("volume show copy").type)
  end)
end)

describe("the command cinder #slow", function()
  local server

  setup(function()
    server = simulated.start "--quiet --snapshots 3"
  end)

  teardown(function()
    server.stop()
  end)

  if not is_installed "cinder" then
    pending("is not installed (python3-cinderclient)")
    return
  end

  -- Its newest microversion, unless it is told another.
  local function cinder(arguments)
    return run(server, "unset OS_VOLUME_API_VERSION; cinder " .. arguments)
  end

  it("lists snapshots, in an order and with a count", function()
    local output = cinder "snapshot-list --limit 2 --sort name:asc"
    assert.matches("snapshot%-1.*snapshot%-2", output)
    assert.is_nil(output:find("snapshot-3", 1, true))
    assert.matches("Snapshot in total: 3",
      cinder "--os-volume-api-version 3.45 snapshot-list --with-count")
  end)

  it("creates, renames, describes and deletes one", function()
    assert.matches("creating", cinder "snapshot-create --name made volume")
    cinder "snapshot-rename made changed"
    assert.matches("| a +| b +|", cinder "snapshot-metadata changed set a=b")
    assert.matches("| status +| available +|", cinder "snapshot-show changed")
    cinder "snapshot-delete changed"
  end)

  it("sees limits, volumes and messages", function()
    assert.matches("| totalSnapshotsUsed +| %d+ +|", cinder "absolute-limits")
    assert.matches("| volume +|", cinder "list")
    cinder "snapshot-create --name 'rc_create_fail=1' volume"
    cinder "snapshot-list" -- meanwhile it fails
    assert.matches("create snapshot:Snapshot failed to create.",
      cinder "--os-volume-api-version 3.70 message-list")
  end)

  it("as an administrator resets, reverts and takes out of management", function()
    server.shell = server.shell:gsub("=demopw", "=adminpw"):gsub("=demo\n", "=admin\n")
    cinder "create --name mine 1" -- by the next command it is there
    cinder "snapshot-create --name last mine"
    cinder "snapshot-reset-state --state error last"
    assert.matches("| status +| error +|", cinder "snapshot-show last")
    cinder "snapshot-reset-state --state available last"
    cinder "revert-to-snapshot last"
    assert.matches("already managed", cinder "snapshot-manageable-list simulator@nothing")
    cinder "snapshot-unmanage last"
  end)
end)
