--- Many at once, against a simulated cloud with latency: what it takes, beside what it would take
-- if nothing but the service's latency counted, and beside one at a time.
local core = require "rsnapshots.core"
local rsnapshots = require "rsnapshots"
local simulated = require "spec.support.simulated"
local statistics = require "bench.statistics"

local CLOUD = "--latency 0.02 --volumes 100 --snapshots 10"
local SMALL = "--latency 0.02 --volumes 10 --snapshots 10"
local PAGES = "--latency 0.05 --snapshots 1000"

-- Runs `work` on a fresh cloud; its seconds.
local function once(arguments, work)
  local server = simulated.start("--quiet " .. arguments)
  local client = assert(rsnapshots.connect(server.credentials()))
  local prepared = work.before and work.before(client)
  local began = core.now()
  work.run(client, prepared)
  local seconds = core.now() - began
  client:close()
  server.stop()
  return seconds
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

local function listing(prefetch)
  return { run = function(client)
    local pages = 0
    for page in client:list({ page_size = 25, prefetch = prefetch }):pages() do
      core.poll(nil, "r", 0.05) -- the work on a page
      pages = pages + 1
      assert(#page == 25)
    end
    assert(pages == 40)
  end }
end

local WORKS = {
  { "1000 deletes, 20 ms each, 32 at a time", CLOUD, deletes(32), ideal = 1000 * 0.02 / 32 },
  { "100 deletes, 20 ms each, one at a time", SMALL, deletes(1), ideal = 100 * 0.02 },
  { "40 pages, 50 ms each, 50 ms of work on each", PAGES, listing(), ideal = 41 * 0.05 },
  { "the same with prefetch = false", PAGES, listing(false), ideal = 80 * 0.05 },
}

local many = {}

--- A list of `name`, `seconds` (the median) and `ideal`.
function many.measure(runs)
  local found = {}
  for i, work in ipairs(WORKS) do
    local times = {}
    for run = 1, runs do
      times[run] = once(work[2], work[3])
    end
    found[i] = { name = work[1], seconds = statistics.median(times), ideal = work.ideal }
  end
  return found
end

return many
