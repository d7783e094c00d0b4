--- Instructions, counted by callgrind: of reading a page, of a row of a listing, of one GET. Each
-- is the difference of a long run and a short one, so that what happens once does not count.
local process = require "spec.support.process"
local server_of = require "bench.server"

local instructions = {}

-- The same routines of the C library, whatever the processor has.
local TUNABLES = "glibc.cpu.hwcaps=-AVX2,-AVX512VL,-AVX512BW,-ERMS,-FSRM"

local PATH = "./lua/?.lua;./lua/?/init.lua;./?.lua;;"

local function count(build, line)
  local output, status = process.run(("export GLIBC_TUNABLES=%s LUA_PATH='%s' LUA_CPATH='%s'\n"
    .. "valgrind --tool=callgrind --callgrind-out-file=/dev/null %s"):format(TUNABLES, PATH,
    build .. "/lib/?.so;;", line))
  local found = tonumber(output:match "Collected : (%d+)")
  if status ~= 0 or not found then
    error("bench: callgrind failed: " .. output, 0)
  end
  return found
end

-- Instructions per unit of a program that is given how many units to do.
local function per_unit(build, line, few, many)
  local less = count(build, line:format(few))
  return math.floor((count(build, line:format(many)) - less) / (many - few))
end

local SHORT, LONG = 2, 12 -- pages

local function listing_line(server)
  return "lua5.4 bench/peers/ours.lua list " .. server.endpoint "%d"
end

--- Is callgrind here, and nginx?
function instructions.is_there()
  local _, valgrind = process.run "command -v valgrind"
  local _, nginx = process.run "command -v nginx"
  return valgrind == 0 and nginx == 0
end

--- `decode` (a page of 1000), `row` and `get`; nil where callgrind is missing.
-- @string build the folder that the core and bench_decode were built in
function instructions.count(build)
  if not instructions.is_there() then
    return nil
  end
  local server = server_of.start { 1, SHORT, LONG }
  local ok, found = pcall(function()
    return {
      decode = per_unit(build, build .. "/bench_decode --reads %d", 1, 5),
      row = math.floor(per_unit(build, listing_line(server), SHORT, LONG) / 1000),
      get = per_unit(build, ("lua5.4 bench/peers/ours.lua get %s %s %%d"):format(server.endpoint(1),
        server.id), 50, 250),
    }
  end)
  server.stop()
  if not ok then
    error(found, 0)
  end
  return found
end

return instructions
