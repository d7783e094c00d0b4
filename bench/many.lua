--- Many at once, against a simulated cloud with latency: what it takes, beside what
-- it would take if nothing but the service's latency counted, and beside one at a
-- time. Medians of several runs.
--
-- usage: scripts/lua bench/many.lua [RUNS]
local core = require "rsnapshots.core"
local rsnapshots = require "rsnapshots"
local simulated = require "spec.support.simulated"

local RUNS = tonumber(arg[1] or 5)

local function median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

local function report(name, seconds, ideal)
  print(("%-58s %6.3f s  %5.2f times the ideal %.3f s"):format(name, seconds, seconds / ideal,
    ideal))
end

-- Runs `operate(client, server)` against a fresh cloud each time; the median of its seconds.
local function measure(arguments, operate, options)
  local times = {}
  for i = 1, RUNS do
    local server = simulated.start("--quiet " .. arguments)
    local client = assert(rsnapshots.connect(server.credentials(options)))
    local prepared = operate.before and operate.before(client, server)
    local began = core.now()
    operate.run(client, prepared, server)
    times[i] = core.now() - began
    client:close()
    server.stop()
  end
  return median(times)
end

local function deletes(concurrency)
  return {
    before = function(client) return assert(client:list():all()) end,
    run = function(client, snapshots)
      local _, failures = client:delete_all(snapshots, { concurrency = concurrency })
      assert(failures == 0)
    end,
  }
end

local CLOUD = "--latency 0.02 --volumes 100 --snapshots 10"
report("1000 deletes, 20 ms each, concurrency 32",
  measure(CLOUD, deletes(32)), 1000 * 0.02 / 32)
report("  one at a time", measure("--latency 0.02 --volumes 10 --snapshots 10", deletes(1)) * 10,
  1000 * 0.02)

local function work(seconds)
  core.poll(nil, "r", seconds)
end

local function listing(prefetch)
  return { run = function(client)
    local pages = 0
    for page in client:list({ page_size = 25, prefetch = prefetch }):pages() do
      work(0.05)
      pages = pages + 1
      assert(#page == 25)
    end
    assert(pages == 40)
  end }
end

local PAGES = "--latency 0.05 --snapshots 1000"
report("a listing of 40 pages, 50 ms each, 50 ms of work on each", measure(PAGES, listing()),
  41 * 0.05)
report("  prefetch = false", measure(PAGES, listing(false)), 80 * 0.05)

-- Requests that wait_all takes.
do
  local requests = 0
  local server = simulated.start "--quiet --volumes 500 --snapshots 2 --latency 0.005"
  local client = assert(rsnapshots.connect(server.credentials { on_request = function()
    requests = requests + 1
  end }))
  local orders, volumes = {}, {}
  for snapshot in client:list() do
    volumes[snapshot.volume_id] = true
  end
  for volume in pairs(volumes) do
    orders[#orders + 1] = { volume_id = volume }
  end
  local made = {}
  for i, result in ipairs((client:create_all(orders, { concurrency = 32 }))) do
    made[i] = assert(result.value)
  end
  requests = 0
  local began = core.now()
  local _, failures = client:wait_all(made)
  assert(failures == 0)
  print(("wait_all of %d snapshots among %d: %d requests, %.2f s"):format(#made, client:count(),
    requests, core.now() - began))
  client:close()
  server.stop()
end
