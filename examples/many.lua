--- Creates tonight's snapshots of many volumes at once, and removes old ones.
--
-- usage: scripts/lua examples/many.lua [VOLUME_ID...]
local cloud = require "examples.cloud"
local assert = require("rsnapshots").assert

local DAYS = 30

local client, volume_id, sim = cloud.connect()
local volumes = { volume_id }
for i = 1, sim and 0 or #arg do
  volumes[i] = arg[i]
end
if #volumes == 0 then
  io.stderr:write "usage: scripts/lua examples/many.lua VOLUME_ID...\n"
  os.exit(2)
end
if sim then -- more volumes, with an old snapshot each
  for i = 2, 20 do
    volumes[i] = sim:add_volume { name = "volume-" .. i }
    sim:add_snapshots(2, { volume_id = volumes[i], name = "nightly", seconds = (DAYS + 1) * 86400 })
  end
end

local function report(what, results, failures)
  for _, result in ipairs(results) do
    if not result.ok then
      io.stderr:write(what, " failed: ", tostring(result.error), "\n")
    end
  end
  print(("%s: %d of %d"):format(what, #results - failures, #results))
end

-- With `once`, a create whose answer is lost leaves one snapshot, not two.
local orders = {}
for i, volume in ipairs(volumes) do
  orders[i] = { volume_id = volume, name = "nightly", force = true, once = true }
end
local results, failures = client:create_all(orders)
report("created", results, failures)

local made = {}
for _, result in ipairs(results) do
  if result.ok then
    made[#made + 1] = result.value
  end
end
local complete, incomplete = client:wait_all(made, 3600)
report("complete", complete, incomplete)

-- Remove old ones only if tonight's are all there, and leave other volumes alone.
if failures + incomplete == 0 then
  local ours, old = {}, {}
  for _, volume in ipairs(volumes) do
    ours[volume] = true
  end
  for _, snapshot in ipairs(assert(client:list({ name = "nightly", status = "available",
    created_before = os.time() - DAYS * 86400 }):all())) do
    old[#old + 1] = ours[snapshot.volume_id] and snapshot or nil
  end
  local deleted, kept = client:delete_all(old)
  report("deleted", deleted, kept)
  failures = failures + kept
end
client:close()
os.exit(failures + incomplete == 0 and 0 or 1)
