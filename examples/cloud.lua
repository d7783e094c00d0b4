--- The cloud that the examples run on: the one in the environment, or the built-in simulator.
local rsnapshots = require "rsnapshots"
local assert = rsnapshots.assert -- the one of 5.1 and 5.2 loses our errors

local cloud = {}

--- Tells whether the environment names a cloud.
function cloud.is_real()
  for _, name in ipairs { "OS_CLOUD", "OS_AUTH_URL", "RS_USERNAME", "RS_API_KEY" } do
    if (os.getenv(name) or "") ~= "" then
      return true
    end
  end
  return false
end

--- Connects.
-- @treturn Client
-- @treturn string the id of a volume, if the cloud is simulated
-- @treturn Simulator nil on a real cloud
function cloud.connect()
  if cloud.is_real() then
    return assert(rsnapshots.connect()), nil, nil
  end
  local simulator = require "rsnapshots.simulator"
  local sim = assert(simulator.new { create_seconds = 1, delete_seconds = 1 })
  local options = sim:credentials { api_version = 3 }
  options.wait = sim.wait -- both run in this process
  return assert(rsnapshots.connect(options)), sim.volume_id, sim
end

return cloud
