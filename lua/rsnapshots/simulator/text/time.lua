--- Times as the services write them.
-- @module rsnapshots.simulator.text.time

local time = {}

--- A moment as the service writes it: "2026-11-23T07:55:52.517150".
-- @tparam number moment Unix seconds
-- @tparam[opt] boolean whole true for a fraction of zeros, as Rackspace has it
function time.iso(moment, whole)
  local seconds = math.floor(moment)
  local micros = whole and 0 or math.floor((moment - seconds) * 1e6)
  return os.date("!%Y-%m-%dT%H:%M:%S", seconds) .. string.format(".%06d", micros)
end

return time
