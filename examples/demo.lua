--- A tour of the main operations: create three snapshots, watch them complete, list
-- them, update one, delete one and wait until it is gone.
--
-- usage: scripts/demo [VOLUME_ID]
--
-- It runs on the simulator, or on the cloud that OS_* or RS_* variables name. It removes the
-- snapshots that it made, even if something fails.
local cloud = require "examples.cloud"
local assert = require("rsnapshots").assert

local client, volume_id = cloud.connect()
local where = volume_id and "the built-in simulator" or "your cloud"
print(("Connected to %s: %s (API version %s)"):format(where, client.endpoint,
  client.microversion or client.api_version))

if not volume_id then
  volume_id = arg[1]
  if not volume_id then
    io.write "The id of the volume to take snapshots of: "
    io.flush()
    volume_id = io.read()
  end
  if not volume_id or volume_id == "" then
    io.stderr:write "A volume is needed: scripts/demo VOLUME_ID\n"
    os.exit(2)
  end
end

local made = {} -- ids, to be removed at the end

local function step(text)
  print("\n" .. text)
end

local function show_progress(snapshot)
  print(("  %-14s %-10s %s"):format(snapshot.name or "-", snapshot.status,
    snapshot.progress or ""))
end

local function create_three()
  step "1. Creating three snapshots"
  local snapshots = {}
  for i = 1, 3 do
    local snapshot = assert(client:create {
      volume_id = volume_id, name = "demo-" .. i, description = "made by rsnapshots",
      force = true, -- the volume may be in use
    })
    made[#made + 1] = snapshot.id
    snapshots[i] = snapshot
    print("  " .. tostring(snapshot))
  end
  return snapshots
end

local function watch(snapshots)
  step "2. Watching them complete"
  for i, snapshot in ipairs(snapshots) do
    snapshots[i] = assert(snapshot:wait_until_complete { timeout = 600,
      on_progress = show_progress })
  end
end

local function list()
  step "3. Listing the volume's snapshots"
  print(("  %-36s  %-14s %-10s %4s  %s"):format("ID", "NAME", "STATUS", "GiB", "CREATED"))
  for snapshot in client:list { volume_id = volume_id, sort = "created_at:asc" } do
    print(("  %-36s  %-14s %-10s %4s  %s"):format(snapshot.id, snapshot.name or "-",
      snapshot.status, snapshot.size or "?", snapshot.created_at or "-"))
  end
end

local function update(snapshot)
  step "4. Renaming the first"
  print("  " .. tostring(assert(snapshot:update { name = "demo-renamed" })))
end

local function remove(snapshot)
  step "5. Deleting the second, and waiting until it is gone"
  assert(snapshot:delete())
  assert(snapshot:wait_until_deleted(600))
  local _, err = client:get(snapshot)
  print("  reading it now gives: " .. tostring(err))
end

local function clean_up()
  step "6. Removing the others"
  local failed = false
  for _, id in ipairs(made) do
    local ok, err = client:delete(id, { missing_ok = true })
    if ok then
      ok, err = client:wait_until_deleted(id, 600)
    end
    if not ok then
      failed = true
      io.stderr:write(("  %s could not be removed: %s\n"):format(id, tostring(err)))
    end
  end
  return not failed
end

local ok, problem = pcall(function()
  local snapshots = create_three()
  watch(snapshots)
  list()
  update(snapshots[1])
  remove(snapshots[2])
end)
if not ok then
  io.stderr:write("\nThat failed: " .. tostring(problem) .. "\n")
end
local clean = clean_up()
client:close()
if not ok or not clean then
  os.exit(1)
end
print "\nDone."
