-- The simulator's process: a new world whenever the other side names a scenario, served until
-- the next one. `control` comes from torture/common.c.
-- luacheck: read_globals control

local simulator = require "rsnapshots.simulator"

local DEFAULTS = { create_seconds = 0.03, delete_seconds = 0.03, record = false }

-- A value as a Lua expression on one line.
local function show(value)
  if type(value) ~= "table" then
    return (("%q"):format(value):gsub("\\\n", "\\n"))
  end
  local parts = {}
  for key, item in pairs(value) do
    parts[#parts + 1] = ("[%s]=%s"):format(show(key), show(item))
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function make_world(scenario)
  local options = {}
  for name, value in pairs(DEFAULTS) do
    options[name] = value
  end
  for name, value in pairs(scenario.simulator or {}) do
    options[name] = value
  end
  local sim = assert(simulator.new(options))
  local world = scenario.world and scenario.world(sim) or {}
  world.connect = sim:credentials(scenario.credentials or { api_version = 3 })
  world.connect.wait = nil -- that of another process
  for name, value in pairs(scenario.connect or {}) do
    world.connect[name] = value
  end
  return sim, world
end

local function serve()
  local sim
  while true do
    if not sim or sim.wait(control.fd, "r", 3600) then
      local file = control.read()
      if not file then
        return
      end
      local scenario = dofile(file)
      if sim then
        sim:close()
      end
      local world
      sim, world = make_world(scenario)
      control.write(show(world))
    end
  end
end

serve()
