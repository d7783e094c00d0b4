--- A client and a simulator in the same process, which share a clock, so that waiting takes no
-- time.
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"

local M = {}

--- Makes a simulator and a client connected to it.
-- @tparam[opt] table options for rsnapshots.connect, and `api_version` (3), `auth`
-- @tparam[opt] table simulated for simulator.new
-- @return client, simulator
function M.new(options, simulated)
  local sim = assert(simulator.new(simulated or {}))
  return M.to(sim, options), sim
end

--- Connects to a simulator.
function M.to(sim, options)
  return assert(M.try(sim, options))
end

--- The same, but it returns what rsnapshots.connect returned.
function M.try(sim, options)
  options = options or {}
  local merged = sim:credentials { api_version = options.api_version or 3, auth = options.auth }
  for name, value in pairs(options) do
    merged[name] = value
  end
  merged.auth, merged.wait = nil, options.wait or sim.shared_wait
  return rsnapshots.connect(merged)
end

return M
