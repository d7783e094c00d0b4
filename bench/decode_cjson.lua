--- lua-cjson's figure for bench/decode: a page into tables, the median of several.
local cjson = require "cjson"

local RUNS = 31

local file = assert(io.open(arg[1]))
local page = file:read "*a"
file:close()

local times = {}
for i = 1, RUNS do
  collectgarbage()
  local began = os.clock()
  cjson.decode(page)
  times[i] = os.clock() - began
end
table.sort(times)
local seconds = times[math.floor(RUNS / 2) + 1]
print(("lua-cjson, tables:   %.2f GB/s (best %.2f), %.0f us"):format(#page / seconds / 1e9,
  #page / times[1] / 1e9, seconds * 1e6))
