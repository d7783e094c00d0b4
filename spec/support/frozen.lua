-- A simulator whose clock stands still until `sim:advance` moves it, and a raw client of it.
--
--   local sim, http = frozen.start { page_limit = 3 }

local rawhttp = require "spec.support.rawhttp"
local simulator = require "rsnapshots.simulator"

local frozen = {}

--- When the clock begins, in Unix seconds: 13 May 2014, 16:53:20.25 UTC.
frozen.BEGINNING = 1400000000.25

function frozen.start(options)
  local all = { now = function() return frozen.BEGINNING end }
  for name, value in pairs(options or {}) do
    all[name] = value
  end
  local sim = assert(simulator.new(all))
  return sim, rawhttp.new(sim)
end

return frozen
