--- What a program of the benchmark says of itself, in one line that bench/run reads.
local socket = require "socket"

local measured = {}

-- The most memory that this process had, in KiB.
local function peak()
  local file = io.open "/proc/self/status"
  local text = file and file:read "*a" or ""
  if file then
    file:close()
  end
  return tonumber(text:match "VmHWM:%s*(%d+)") or 0
end

--- Runs a function, which gives a count, and prints what it took.
function measured.run(work)
  local wall, cpu = socket.gettime(), os.clock()
  local count = work()
  wall, cpu = socket.gettime() - wall, os.clock() - cpu
  print(("seconds=%.6f cpu=%.6f count=%d peak=%d"):format(wall, cpu, count, peak()))
end

return measured
