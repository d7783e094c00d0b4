--- The benchmark: bench/run builds what it needs and starts it.
local process = require "spec.support.process"
local json = require "rsnapshots.support.json"
local peers = require "bench.peers"
local server_of = require "bench.server"
local statistics = require "bench.statistics"

local BUILD = os.getenv "RS_BENCH_BUILD"
local PARTS = { "list", "fields", "memory", "get", "decode", "require", "rows", "many", "command",
  "cinder" }

local options = { runs = 11, parts = {} }
local figures = {}

local function usage(problem)
  io.stderr:write("bench/run: ", problem, "\n")
  os.exit(2)
end

local function is_part(name)
  for _, part in ipairs(PARTS) do
    if part == name then
      return true
    end
  end
  return false
end

local function read_arguments()
  local i = 1
  while arg[i] do
    local value = arg[i]
    if value == "--million" then
      options.million = true
    elseif value == "--json" or value == "--runs" then
      i = i + 1
      options[value:sub(3)] = arg[i] or usage(value .. " needs a value")
    elseif is_part(value) then
      options.parts[value] = true
    else
      usage(("there is no part '%s': it is one of %s"):format(value, table.concat(PARTS, ", ")))
    end
    i = i + 1
  end
  options.runs = tonumber(options.runs) or usage "--runs needs a number"
end

local function is_wanted(part)
  return options.parts[part] or next(options.parts) == nil and part ~= "cinder"
end

-- ------------------------------------------------------------------ figures

-- Keeps a figure, and prints it as a line of the table.
local function tell(figure)
  figures[#figures + 1] = figure
  local goal = ""
  if figure.goal then
    local kept = figure.least and figure.value >= figure.goal
      or not figure.least and figure.value <= figure.goal
    goal = ("%s %g%s"):format(figure.least and ">=" or "<=", figure.goal, kept and "" or "  MISSED")
  end
  print(("%-46s %-22s %12s  %s"):format(figure.name, figure.who,
    (figure.format or "%.3f"):format(figure.value), goal))
end

local function skip(name, who, why)
  print(("%-46s %-22s %12s  %s"):format(name, who, "-", why))
end

-- Runs programs in turn, the first time to warm up. For each the list of what it says.
local function alternate(programs, runs)
  local said = {}
  for run = 0, runs do
    for i, program in ipairs(programs) do
      said[i] = said[i] or {}
      said[i][run] = peers.run(program.line)
    end
  end
  return said
end

local function medians(runs)
  local found = {}
  for _, name in ipairs { "seconds", "cpu", "peak" } do
    local values = {}
    for i, run in ipairs(runs) do
      values[i] = run[name]
    end
    found[name] = statistics.median(values)
  end
  return found
end

-- Measures all who are there; their medians by name.
local function compare(programs, runs)
  local there = {}
  for _, program in ipairs(programs) do
    if program.missing then
      skip(programs.name, program.who, program.missing)
    else
      there[#there + 1] = program
    end
  end
  local found = {}
  for i, said in ipairs(alternate(there, runs)) do
    found[there[i].who] = medians(said)
    tell { name = programs.name .. ", seconds", who = there[i].who,
      value = found[there[i].who].seconds, format = "%.4f" }
  end
  return found
end

local function ratio(name, one, other, goal)
  tell { name = name, who = "ratio", value = one / other, format = "%.2f", goal = goal }
end

-- -------------------------------------------------------------------- parts

local PAGES, MILLION = 100, 1000

local function list_programs(mode, endpoint)
  local programs = { name = mode == "list" and "100,000 snapshots, id and name"
    or "100,000 snapshots, every field" }
  programs[1] = peers.bare("list", endpoint)
  programs[2] = peers.ours(mode, endpoint)
  programs[3] = peers.by_hand(mode, endpoint)
  programs[4] = peers.library(mode, endpoint)
  return programs
end

local parts = {}

function parts.list(server)
  local endpoint = server.endpoint(PAGES)
  local programs = list_programs("list", endpoint)
  local found = compare(programs, options.runs)
  ratio(programs.name .. ", to bare", found.ours.seconds, found.bare.seconds, 2.5)
  ratio(programs.name .. ", to by hand", found.ours.seconds, found["by hand"].seconds, 0.35)
  ratio(programs.name .. ", in C, to bare", found["ours, in C"].seconds, found.bare.seconds)
  local others = { name = programs.name, peers.cinderclient("list", endpoint),
    peers.gophercloud("list", endpoint) }
  for who, theirs in pairs(compare(others, math.min(options.runs, 3))) do
    ratio(programs.name .. ", to " .. who, found.ours.seconds, theirs.seconds)
  end
end

function parts.fields(server)
  local programs = list_programs("fields", server.endpoint(PAGES))
  local found = compare(programs, options.runs)
  ratio(programs.name .. ", to bare", found.ours.seconds, found.bare.seconds, 4.5)
  ratio(programs.name .. ", to by hand", found.ours.seconds, found["by hand"].seconds)
  ratio(programs.name .. ", in C, to bare", found["ours, in C"].seconds, found.bare.seconds)
end

-- Peaks of memory, and what ten times the pages add.
function parts.memory(server)
  local name = "peak of memory, MB"
  local small, large = server.endpoint(PAGES), server.endpoint(MILLION)
  local programs = { { "bare", peers.bare("list", small) }, { "ours", peers.ours("list", small) },
    { "ours, a million", options.million and peers.ours("list", large) or nil } }
  local found = {}
  for _, program in ipairs(programs) do
    if program[2] then
      local peak = medians(alternate({ program[2] }, 3)[1]).peak / 1024
      found[program[1]] = peak
      tell { name = name, who = program[1], value = peak, format = "%.2f" }
    end
  end
  tell { name = name .. ", above bare", who = "ours", value = found.ours - found.bare,
    format = "%.2f", goal = 3 }
  if options.million then
    tell { name = name .. ", of ten times the pages", who = "ours",
      value = found["ours, a million"] - found.ours, format = "%.2f", goal = 0.5 }
  end
end

local function list_million(server)
  local endpoint = server.endpoint(MILLION)
  local programs = { name = "1,000,000 snapshots, id and name", peers.bare("list", endpoint),
    peers.ours("list", endpoint), peers.by_hand("list", endpoint) }
  local found = compare(programs, 3)
  ratio(programs.name .. ", to bare", found.ours.seconds, found.bare.seconds, 2.5)
  ratio(programs.name .. ", to by hand", found.ours.seconds, found["by hand"].seconds, 0.35)
end

local GETS = 2000

function parts.get(server)
  local endpoint, id = server.endpoint(1), server.id
  local function programs_of(times)
    return peers.bare("get", endpoint, id, times), peers.ours("get", endpoint, id, times),
      peers.by_hand("get", endpoint, id, times), peers.library("get", endpoint, id, times)
  end
  local programs = { name = GETS .. " times one GET", programs_of(GETS) }
  local found = compare(programs, options.runs)
  ratio("one GET, to bare", found.ours.seconds, found.bare.seconds, 1.15)
  ratio("one GET, CPU, to bare", found.ours.cpu, found.bare.cpu, 1.2)
  ratio("one GET, to by hand", found.ours.seconds, found["by hand"].seconds)
  ratio("one GET in C, to bare", found["ours, in C"].seconds, found.bare.seconds)
  ratio("one GET in C, CPU, to bare", found["ours, in C"].cpu, found.bare.cpu)
end

function parts.decode()
  local said = process.run(BUILD .. "/bench_decode")
  tell { name = "reading a page into records, GB/s", who = "ours",
    value = tonumber(said:match "records: ([%d.]+) GB/s"), format = "%.2f", goal = 3, least = true }
  local page = BUILD .. "/page.json"
  process.run(("%s/bench_decode --text > %s"):format(BUILD, page))
  local theirs = process.run("lua5.4 bench/decode_cjson.lua " .. page)
  tell { name = "reading a page into tables, GB/s", who = "lua-cjson",
    value = tonumber(theirs:match "tables:%s+([%d.]+) GB/s"), format = "%.2f" }
end

function parts.require()
  local name = "require, above lua-cjson, ms"
  local programs = { peers.required() }
  local said = alternate(programs, 2 * options.runs)
  local ours, linking = medians(said[1]).seconds * 1000, medians(said[2]).seconds * 1000
  tell { name = name, who = "ours", value = ours, format = "%.2f", goal = 6 }
  tell { name = name, who = programs[2].who, value = linking, format = "%.2f" }
  tell { name = name, who = "above the linking", value = ours - linking, format = "%.2f", goal = 2 }
end

function parts.rows()
  local counted = require("bench.instructions").count(BUILD)
  if not counted then
    return skip("instructions", "ours", "valgrind is not installed")
  end
  tell { name = "instructions, a row of a listing", who = "ours", value = counted.row,
    format = "%.0f", goal = 10000 }
  tell { name = "instructions, one GET", who = "ours", value = counted.get, format = "%.0f" }
  tell { name = "instructions, a page's 1000 records", who = "ours", value = counted.decode,
    format = "%.0f" }
end

function parts.many()
  for _, one in ipairs(require("bench.many").measure(math.min(options.runs, 5))) do
    tell { name = one.name .. ", s", who = "ours", value = one.seconds }
    ratio("  to the service's latency alone", one.seconds, one.ideal)
  end
end

local function tell_commands(list)
  for _, one in ipairs(list) do
    if one.missing then
      skip(one.name, "", one.missing)
    else
      tell { name = one.name, who = "seconds", value = one.seconds }
      tell { name = one.name, who = "CPU seconds", value = one.cpu }
      tell { name = one.name, who = "peak, MB", value = one.peak, format = "%.1f" }
    end
  end
end

function parts.command()
  tell_commands(require("bench.command").measure(math.min(options.runs, 5)))
end

function parts.cinder()
  tell_commands(require("bench.command").measure_cinder(math.min(options.runs, 5)))
end

-- --------------------------------------------------------------------- main

local function write_json()
  local list = {}
  for i, figure in ipairs(figures) do
    list[i] = { name = figure.name, who = figure.who, value = figure.value, goal = figure.goal }
  end
  process.write(options.json, assert(json.encode { runs = options.runs, figures = list }) .. "\n")
end

local function run()
  local counts = { 1, PAGES }
  if options.million then
    counts[#counts + 1] = MILLION
  end
  local server = server_of.start(counts)
  print(("%-46s %-22s %12s  %s"):format("what", "who", "figure", "goal"))
  local ok, problem = xpcall(function()
    for _, part in ipairs(PARTS) do
      if is_wanted(part) then
        parts[part](server)
      end
    end
    if options.million then
      list_million(server)
    end
  end, debug.traceback)
  server.stop()
  if not ok then
    error(problem, 0)
  end
  if options.json then
    write_json()
  end
end

io.stdout:setvbuf "line"
read_arguments()
run()
