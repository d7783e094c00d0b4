--- Writes bench/instructions.json, which a spec compares with.
--
-- usage: scripts/lua bench/keep.lua
local instructions = require "bench.instructions"
local process = require "spec.support.process"

local counted = assert(instructions.count "build", "valgrind and nginx are needed")
process.write("bench/instructions.json", ('{"decode": %d, "row": %d, "get": %d}\n'):format(
  counted.decode, counted.row, counted.get))
