--- The cloud of the documentation: volumes "web" and "db", beside the simulator's own
-- "volume", and whatever the examples take for granted.
local simulator = require "rsnapshots.simulator"

local cloud = {}

local HOUR, DAY = 3600, 86400

local MARK = { ["rsnapshots:policy"] = "nightly" }

local function add_snapshots(sim, web, db)
  local function add(volume, name, age, metadata, status)
    return sim:add_snapshots { { volume_id = volume, name = name, age = age, metadata = metadata,
      status = status } }[1]
  end
  add(web, "nightly-1", 40 * DAY)
  add(web, "nightly-2", 41 * DAY)
  add(db, "before-upgrade", 12 * HOUR)
  add(db, "broken", 3 * DAY, nil, "error")
  sim:add_snapshots(3, { volume_id = db, prefix = "load-", age = 40 * DAY,
    metadata = { ["backup.example"] = "load-test" } })
  for night = 10, 1, -1 do
    add(db, "nightly-db-" .. night, night * DAY - HOUR, MARK)
    add(web, "nightly-web-" .. night, night * DAY - HOUR, MARK)
  end
  return add(web, "nightly", HOUR, { owner = "demo" })
end

--- Starts one: the simulator, and the ids of `web`, `db` and of the snapshot `nightly` of web.
function cloud.start()
  local sim = assert(simulator.new { create_seconds = 0, delete_seconds = 0 })
  local web = sim:add_volume { name = "web", size = 10, metadata = { backup = "nightly" } }
  local db = sim:add_volume { name = "db", size = 20, metadata = { backup = "nightly" } }
  return { sim = sim, web = web, db = db, nightly = add_snapshots(sim, web, db) }
end

return cloud
