--- The loop that one writes by hand with LuaSocket and lua-cjson: every page, every snapshot.
--
-- usage: lua5.4 bench/peers/byhand.lua list|fields ENDPOINT
--        lua5.4 bench/peers/byhand.lua get ENDPOINT ID COUNT
local cjson = require "cjson"
local http = require "socket.http"
local ltn12 = require "ltn12"
local measured = require "bench.peers.measured"

local mode, endpoint, id, times = arg[1], arg[2], arg[3], tonumber(arg[4])

local function fetch(url)
  local body = {}
  local _, status = http.request { url = url, sink = ltn12.sink.table(body),
    headers = { ["X-Auth-Token"] = "t", ["Accept"] = "application/json" } }
  assert(status == 200, status)
  return cjson.decode(table.concat(body))
end

local reads = {}

function reads.list(snapshot)
  local _, _ = snapshot.id, snapshot.name
end

function reads.fields(snapshot)
  local _, _, _, _ = snapshot.id, snapshot.volume_id, snapshot.name, snapshot.description
  local _, _, _, _ = snapshot.status, snapshot.size, snapshot.metadata, snapshot.created_at
  local _, _, _, _ = snapshot.updated_at, snapshot.user_id, snapshot.group_snapshot_id,
    snapshot.consumes_quota
  local _, _ = snapshot["os-extended-snapshot-attributes:progress"],
    snapshot["os-extended-snapshot-attributes:project_id"]
end

local function list()
  local read, count, url = reads[mode], 0, endpoint .. "/snapshots/detail?limit=1000"
  while url do
    local page = fetch(url)
    for _, snapshot in ipairs(page.snapshots) do
      read(snapshot)
      count = count + 1
    end
    url = nil
    for _, link in ipairs(page.snapshots_links or {}) do
      url = link.rel == "next" and link.href or url
    end
  end
  return count
end

local function get()
  for _ = 1, times do
    assert(fetch(endpoint .. "/snapshots/" .. id).snapshot.id == id)
  end
  return times
end

measured.run(mode == "get" and get or list, require("socket").gettime)
