--- A client and a simulator in the same process, which share a clock, so that waiting takes no
-- time.
local rsnapshots = require "rsnapshots"
local simulator = require "rsnapshots.simulator"
local socket = require "socket"

local M = {}

--- A simulator's clock that stands still but for what is skipped: what a busy machine takes for a
-- test is no time in which snapshots become complete.
function M.still()
  local moment = socket.gettime()
  return function() return moment end
end

--- Makes a simulator and a client connected to it, on a clock that stands still but for what they
-- wait for.
-- @tparam[opt] table options for rsnapshots.connect, and `api_version` (3), `auth`,
-- `user`
-- @tparam[opt] table simulated for simulator.new
-- @return client, simulator
function M.new(options, simulated)
  local all = { now = not (options and options.wait) and M.still() or nil }
  for name, value in pairs(simulated or {}) do
    all[name] = value
  end
  local sim = assert(simulator.new(all))
  return M.to(sim, options), sim
end

--- Connects to a simulator.
function M.to(sim, options)
  return assert(M.try(sim, options))
end

--- The same, but it returns what rsnapshots.connect returned.
function M.try(sim, options)
  options = options or {}
  local merged = sim:credentials { api_version = options.api_version or 3, auth = options.auth,
    user = options.user }
  for name, value in pairs(options) do
    merged[name] = value
  end
  merged.auth, merged.user, merged.wait = nil, nil, options.wait or sim.shared_wait
  return rsnapshots.connect(merged)
end

return M
