--- This library, as its documentation shows it.
--
-- usage: lua5.4 bench/peers/ours.lua list|fields ENDPOINT
--        lua5.4 bench/peers/ours.lua get ENDPOINT ID COUNT
local measured = require "bench.peers.measured"
local rsnapshots = require "rsnapshots"

local mode, endpoint, id, times = arg[1], arg[2], arg[3], tonumber(arg[4])

local client = assert(rsnapshots.connect { endpoint = endpoint, token = "t", api_version = 3,
  microversion = "3.0" })

local works = {}

function works.list()
  local count = 0
  for snapshot in client:list() do
    local _, _ = snapshot.id, snapshot.name
    count = count + 1
  end
  return count
end

function works.fields()
  local count = 0
  for snapshot in client:list() do
    local _, _, _, _ = snapshot.id, snapshot.volume_id, snapshot.name, snapshot.description
    local _, _, _, _ = snapshot.status, snapshot.size, snapshot.progress, snapshot.project_id
    local _, _, _, _ = snapshot.metadata, snapshot.created_at, snapshot.created_time,
      snapshot.updated_at
    local _, _, _, _ = snapshot.updated_time, snapshot.user_id, snapshot.group_snapshot_id,
      snapshot.consumes_quota
    count = count + 1
  end
  return count
end

function works.get()
  for _ = 1, times do
    assert(assert(client:get(id)).id == id)
  end
  return times
end

measured.run(works[mode], require("rsnapshots.core").now)
