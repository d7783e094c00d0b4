--- What a program of the benchmark says of itself, in one line that bench/run reads.
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
-- @tparam function now seconds on a clock that the program has anyway: what is measured loads no
-- library for it
function measured.run(work, now)
  local wall, cpu = now(), os.clock()
  local count = work()
  wall, cpu = now() - wall, os.clock() - cpu
  print(("seconds=%.6f cpu=%.6f count=%d peak=%d"):format(wall, cpu, count, peak()))
end

return measured
