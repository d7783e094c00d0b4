--- What is in the simulated storage: managed snapshots, and those removed from management.
-- @module rsnapshots.simulator.storage.manageable

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local listing = require "rsnapshots.simulator.storage.listing"

local manageable = {}

-- The name in the storage, in LVM's form.
local function source_name(kind, id)
  return json.object("source-name", kind .. "-" .. id)
end

local function entry_of(record, is_managed, is_detailed)
  local entry = json.object("reference", source_name("snapshot", record.id), "size", record.size,
    "safe_to_manage", not is_managed)
  if is_detailed then
    entry:set("reason_not_safe", is_managed and "already managed" or nil)
    entry:set("extra_info", nil)
    entry:set("cinder_id", is_managed and record.id or nil)
  end
  entry:set("source_reference", source_name("volume", record.volume_id))
  return entry
end

-- All records, sorted by reference in reverse.
local function records_of(store)
  local records, is_managed = {}, {}
  for _, record in ipairs(store.snapshots) do
    records[#records + 1], is_managed[record] = record, true
  end
  for _, record in pairs(store.unmanaged) do
    records[#records + 1] = record
  end
  table.sort(records, function(a, b) return a.id > b.id end)
  return records, is_managed
end

local function check_host(ctx, query)
  local host, cluster = query:get("host"), query:get("cluster")
  if ctx.micro >= 17 and cluster and cluster ~= "" then
    ctx:fail(404, "Service cinder-volume could not be found.")
  elseif not host or host == "" then
    ctx:fail(400, "Invalid input received: Host field is missing.")
  elseif host:match("^[^#]*") ~= ctx.sim.store.host then
    ctx:fail(404, ("Service cinder-volume could not be found on host %s."):format(host))
  end
end

local function list(ctx, is_detailed)
  ctx:only_admin("snapshot_extension:list_manageable")
  local query = ctx.request.params
  check_host(ctx, query)
  local page = listing.take_page(ctx, query)
  local records, is_managed = records_of(ctx.sim.store)
  local entries = json.array()
  for i = page.offset + 1, math.min(page.offset + page.limit, #records) do
    entries[#entries + 1] = entry_of(records[i], is_managed[records[i]], is_detailed)
  end
  return answer.json(200, json.object("manageable-snapshots", entries))
end

--- GET /manageable_snapshots, /os-snapshot-manage
function manageable.list(ctx)
  return list(ctx, false)
end

--- GET /manageable_snapshots/detail, /os-snapshot-manage/detail
function manageable.list_detail(ctx)
  return list(ctx, true)
end

return manageable
