--- The annotations for editors against the module itself: nothing is missing, nothing is there
-- besides. What the source knows of options is read from its own tables.
local process = require "spec.support.process"
local versions = require "spec.support.versions"

local FILES = { "library/rsnapshots.lua", "library/rsnapshots/retention.lua",
  "library/rsnapshots/simulator.lua" }

-- ------------------------------------------------------------- what is annotated

local classes, functions, kinds = {}, {}, {}

-- The names after `---@param`, and those that a function has.
local function assert_parameters(path, name, annotated, own)
  own = own:gsub("%s", "")
  assert.equal(own, table.concat(annotated, ","), path .. ": " .. name)
end

local function read_line(state, line)
  local class = line:match "^%-%-%-@class ([%w_.]+)"
  if class then
    classes[class], state.class = {}, class
  end
  local field = line:match "^%-%-%-@field ([%w_]+)"
  if field then
    classes[state.class][field] = true
  end
  local parameter = line:match "^%-%-%-@param ([%w_.]+)"
  if parameter then
    state.parameters[#state.parameters + 1] = parameter
  end
  local owner, name, own = line:match "^function ([%w_]+)[.:]([%w_]+)%((.-)%) end$"
  if owner then
    functions[owner] = functions[owner] or {}
    functions[owner][name] = true
    assert_parameters(state.path, name, state.parameters, own)
  end
  if line == "" or owner then
    state.parameters = {}
  end
  local kind = line:match '^%-%-%-| "([a-z_]+)"%s+#'
  kinds[kind or ""] = kind and true
end

for _, path in ipairs(FILES) do
  local state = { path = path, parameters = {} }
  for line in (process.read(path)):gmatch "([^\n]*)\n" do
    read_line(state, line)
  end
end

-- ------------------------------------------------------------- what there is

local function set(list, into)
  local found = into or {}
  for _, name in ipairs(list) do
    found[name] = true
  end
  return found
end

local function keys(map, into)
  local found = into or {}
  for name in pairs(map) do
    found[name] = true
  end
  return found
end

local function methods_of(map)
  local found = {}
  for name, value in pairs(map) do
    if type(value) == "function" and not name:find "^__" then
      found[name] = true
    end
  end
  return found
end

-- A snapshot with every field.
local WHOLE = [[{"snapshot": {"id": "1", "volume_id": "v", "name": "n", "description": "d",
  "status": "available", "size": 1, "metadata": {}, "created_at": "2026-01-01T00:00:00",
  "updated_at": "2026-01-01T00:00:00", "user_id": "u", "group_snapshot_id": "g",
  "consumes_quota": true, "os-extended-snapshot-attributes:progress": "100%",
  "os-extended-snapshot-attributes:project_id": "p"}}]]

-- A table that a file has as `local NAME = { ... }`, of plain values.
local function table_in(path, name)
  local text = process.read("lua/rsnapshots/" .. path):match("local " .. name .. " = (%b{})")
  return assert(versions.load("return " .. assert(text, path .. " has no " .. name)))()
end

local function upvalue(body, wanted)
  for i = 1, math.huge do
    local name, value = debug.getupvalue(body, i)
    assert(name, wanted)
    if name == wanted then
      return value
    end
  end
end

-- Without names that are documented as internal.
local function without(map, ...)
  local found = keys(map)
  for _, name in ipairs { ... } do
    assert.is_true(found[name], name)
    found[name] = nil
  end
  return found
end

describe("the annotations", function()
  local core, rsnapshots, simulator
  local client, sim

  setup(function()
    core, rsnapshots = require "rsnapshots.core", require "rsnapshots"
    simulator = require "rsnapshots.simulator"
    sim = simulator.new()
    client = rsnapshots.assert(sim:connect())
  end)

  teardown(function()
    client:close()
    sim:close()
  end)

  it("parse on every Lua, and name their modules", function()
    for path in process.run("find library -name '*.lua'"):gmatch "[^\n]+" do
      local text = process.read(path)
      assert(versions.load(text, "@" .. path))
      local name = path:gsub("^library/", ""):gsub("%.lua$", ""):gsub("/", ".")
      assert.equal("---@meta " .. name, text:match "^[^\n]*")
      assert.is_true(process.exists("lua/" .. name:gsub("%.", "/") .. ".lua")
        or process.exists("lua/" .. name:gsub("%.", "/") .. "/init.lua"), name)
    end
  end)

  it("have the module's functions and fields", function()
    local found = keys(functions.rsnapshots, keys(classes["rsnapshots"]))
    assert.same(keys(rsnapshots), found)
    assert.same(keys(rsnapshots.status), classes["rsnapshots.StatusNames"])
  end)

  it("have the client's methods and fields", function()
    local public = debug.getmetatable(client).__index
    assert.same(without(methods_of(debug.getmetatable(public).__index), "new"), functions.Client)
    assert.same(keys(upvalue(debug.getmetatable(client).__newindex, "FIELDS")),
      classes["rsnapshots.Client"])
  end)

  it("have a snapshot's fields and methods", function()
    assert.same(methods_of(core.snapshot_methods), functions.Snapshot)
    assert.same(keys(core.snapshot(WHOLE):to_table()), classes["rsnapshots.Snapshot"])
  end)

  it("have the methods of listings, pages of them, and groups", function()
    assert.same(methods_of(core.pager_methods), functions.Pager)
    local rows = client:volumes()
    for name in pairs(functions.Rows) do
      assert.is_function(rows[name], name)
    end
    assert.is_nil(functions.Page)
    local group = client:group()
    assert.same(without(methods_of(debug.getmetatable(group).__index), "new", "each"),
      functions.Group)
    group:cancel()
  end)

  it("have an error's fields, and every kind", function()
    local found = {}
    for name in process.read("lua/rsnapshots/error.lua"):gmatch "%-%- @tfield %S+ ([%w_]+)" do
      found[name] = true
    end
    assert.same(found, classes["rsnapshots.Error"])
    found = {}
    for name in process.read("csrc/parse/kind.c"):gmatch '%] = "([%w_ ]+)"' do
      found[name] = true
    end
    found.ok, found["no memory"] = nil, nil -- which no error of Lua has
    local made = process.run [[grep -rhoE 'errors\.(new|fail)\("[a-z_]+"' lua]]
    for name in made:gmatch '"([%w_]+)"' do
      found[name] = true
    end
    found.catalog = process.read("lua/rsnapshots/connect/endpoint.lua"):find '"catalog"' ~= nil
    kinds[""] = nil
    assert.same(found, kinds)
  end)

  it("have the options of connect", function()
    local options = require "rsnapshots.connect.options"
    local found = {}
    for _, option in ipairs(options.list) do
      found[option.name] = true
      set(option.aliases or {}, found)
    end
    assert.same(found, classes["rsnapshots.ConnectOptions"])
  end)

  for class, where in pairs {
    CreateOptions = { "client/dialect.lua", "CREATE_KEYS" },
    UpdateOptions = { "client/dialect.lua", "UPDATE_KEYS" },
    ManageOptions = { "client/dialect.lua", "MANAGE_KEYS" },
    RestoreOptions = { "client/dialect.lua", "RESTORE_KEYS" },
    RevertOptions = { "client/volumes.lua", "REVERT_KEYS" },
    DeleteOptions = { "client/init.lua", "DELETE_KEYS" },
    FindOptions = { "client/init.lua", "FIND_KEYS" },
    ListFilters = { "client/listing.lua", "KNOWN" },
    VolumeFilters = { "client/rows.lua", "FILTERS" },
    ManageableOptions = { "client/admin.lua", "MANAGEABLE_KEYS" },
    CreateAllOptions = { "client/bulk.lua", "CREATE" },
    DeleteAllOptions = { "client/bulk.lua", "DELETE" },
    WaitAllOptions = { "client/bulk.lua", "WAIT" },
    WaitOptions = { "client/wait.lua", "KEYS" },
    GroupOptions = { "tasks/group.lua", "KEYS" },
    ApplyOptions = { "retention/apply.lua", "OPTIONS" },
    SimulatorCredentials = { "simulator/credentials.lua", "TYPES" },
    SimulatorVolume = { "simulator/population.lua", "VOLUME" },
    SimulatorFault = { "simulator/http/fault.lua", "FIELDS" },
  } do
    it("have the keys of " .. class, function()
      assert.same(keys(table_in(where[1], where[2])), classes["rsnapshots." .. class])
    end)
  end

  it("have the keys of a simulated snapshot, and of the simulator", function()
    local population, options = "simulator/population.lua", "simulator/options.lua"
    assert.same(keys(table_in(population, "MANY"), keys(table_in(population, "SNAPSHOT"))),
      classes["rsnapshots.SimulatorSnapshot"])
    assert.same(keys(table_in(options, "TYPES"), keys(table_in(options, "DEFAULTS"))),
      classes["rsnapshots.SimulatorOptions"])
  end)

  it("have what retention has", function()
    local retention = require "rsnapshots.retention"
    assert.same(keys(retention), keys(functions.retention, keys(classes["rsnapshots.retention"])))
    assert.same(set(retention.POLICY_KEYS), classes["rsnapshots.Policy"])
    local plan = retention.plan({}, { keep_last = 1 })
    assert.same(methods_of(debug.getmetatable(plan).__index), functions.Plan)
    local fields = keys(plan, { name = true, max_remove = true, others = true })
    assert.same(fields, classes["rsnapshots.Plan"])
  end)

  it("have what the simulator has", function()
    assert.same(keys(simulator), functions.simulator)
    assert.same(without(methods_of(debug.getmetatable(sim).__index), "route", "serve", "handle",
      "find_fault", "remember", "note"), functions.Simulator)
    for name in pairs(classes["rsnapshots.Simulator"]) do
      assert.is_not_nil(sim[name], name)
    end
  end)

  it("have what on_request hears", function()
    local heard = {}
    local other = rsnapshots.assert(sim:connect { on_request = function(request)
      keys(request, heard)
    end, retries = 0 })
    sim:fault { path = "/snapshots", status = 500, times = 1 }
    other:count()
    other:close()
    assert.same(heard, classes["rsnapshots.Request"])
  end)
end)
