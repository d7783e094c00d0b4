--- Decoding a page of 1000 snapshots: this library against lua-cjson (which
-- checks less) and dkjson, in one run, medians of several.
--
-- usage: scripts/lua bench/decode.lua [RUNS]
local cjson = require "cjson"
local core = require "rsnapshots.core"
local has_dkjson, dkjson = pcall(require, "dkjson")

local RUNS = tonumber(arg[1] or 15)

local ITEM = '{"id": "f57f724d-3f18-422e-8278-%012d", "created_at": "2026-11-23T07:55:52.517150", '
  .. '"updated_at": "2026-11-23T07:55:52.639607", "name": "nightly-%d", "description": "first", '
  .. '"volume_id": "00ff3a53-e345-4a45-a3d5-efe80019b640", "status": "available", "size": 1, '
  .. '"metadata": {"k1": "v1"}, "group_snapshot_id": null, '
  .. '"user_id": "71260c2d798c42ec92e2cbc1c16259c8", "consumes_quota": true, '
  .. '"os-extended-snapshot-attributes:project_id": "fac500a528da4b01b35e42a0e0d8478f", '
  .. '"os-extended-snapshot-attributes:progress": "100%%"}'

local function make_page(count)
  local items = {}
  for i = 1, count do
    items[i] = ITEM:format(i, i)
  end
  return '{"snapshots": [' .. table.concat(items, ", ") .. "]}"
end

local PAGE = make_page(1000)

local CASES = {
  { "lua-cjson, tables", function() return cjson.decode(PAGE) end },
  { "rsnapshots, tables", function() return core.decode(PAGE) end },
  { "rsnapshots, a page", function() return core.page(PAGE) end },
  { "rsnapshots, a page, every id and status", function()
    local page = core.page(PAGE)
    for i = 1, #page do
      local snapshot = page[i]
      assert(snapshot.id and snapshot.status)
    end
  end },
  { "lua-cjson, every id and status", function()
    for _, snapshot in ipairs(cjson.decode(PAGE).snapshots) do
      assert(snapshot.id and snapshot.status)
    end
  end },
}
if has_dkjson then
  table.insert(CASES, 2, { "dkjson, tables", function() return dkjson.decode(PAGE) end })
end

local function median(values)
  table.sort(values)
  return values[math.floor(#values / 2) + 1]
end

local function measure(run)
  local times = {}
  for i = 1, RUNS do
    collectgarbage()
    local began = os.clock()
    run()
    times[i] = os.clock() - began
  end
  return median(times)
end

print(("%d bytes, median of %d runs"):format(#PAGE, RUNS))
local base
for _, case in ipairs(CASES) do
  local seconds = measure(case[2])
  base = base or seconds
  print(("%-42s %8.2f ms  %7.1f MB/s  %5.2f x lua-cjson's time"):format(case[1], seconds * 1000,
    #PAGE / seconds / 1e6, seconds / base))
end
