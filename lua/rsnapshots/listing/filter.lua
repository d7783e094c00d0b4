--- The filters of a listing: what they mean, wherever they are applied.
--
-- A dialect sends those that its service applies; all of them are applied here
-- too, so that the result is the same on every version.
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"

local filter = {}

-- name -> what it must be
local KNOWN = {
  name = "string", status = "string", volume_id = "string", project_id = "string",
  all_projects = "boolean", metadata = "map", name_like = "string",
  created_after = "time", created_before = "time", consumes_quota = "boolean",
  sort = "sort", detailed = "boolean", page_size = "count", max = "limit",
  marker = "string", offset = "limit", extra = "table", token = "token",
  prefetch = "boolean",
}

-- What a listing can be sorted by: the snapshot's field.
local SORT_KEYS = { id = true, name = true, status = true, size = true, volume_id = true,
  created_at = true, updated_at = true, description = true }

--- A point in time as Unix seconds: a number, or a text as services send it.
local function to_time(value, name)
  local seconds = type(value) == "number" and value
    or type(value) == "string" and core.timestamp(value)
  if not seconds then
    check.fail(name .. " must be a time: Unix seconds, or text such as 2026-11-23T08:00:00Z")
  end
  return seconds
end

local function to_sort(text)
  check.type(text, "string", "sort")
  local keys, seen = {}, {}
  for item in (text .. ","):gmatch("([^,]*),") do
    local key, direction = item:match("^%s*([%w_]+)%s*:?%s*(%a*)%s*$")
    if not SORT_KEYS[key or ""] or not (direction == "" or direction == "asc"
        or direction == "desc") then
      check.fail(("sort: '%s' is not KEY or KEY:asc or KEY:desc, with KEY one of created_at, "
        .. "description, id, name, size, status, updated_at, volume_id"):format(item))
    end
    if not seen[key] then -- a second time it would change nothing
      keys[#keys + 1] = { key = key, descending = direction == "desc" }
    end
    seen[key] = true
  end
  return keys
end

-- What pager:token gives: where to go on.
local function to_position(text)
  local kind, value = check.type(text, "string", "token"):match("^(%a+):(.*)$")
  if kind == "marker" and value ~= "" then
    return { marker = value }
  elseif kind == "offset" and value:match("^%d+$") and #value < 10 then
    return { offset = tonumber(value) }
  elseif kind == "skip" and value:match("^%d+:") then
    local count, marker = value:match("^(%d+):(.*)$")
    return { skip = tonumber(count), marker = marker ~= "" and marker or nil }
  elseif kind == "end" then
    return { finished = true }
  end
  check.fail("token is none that pager:token() gave")
end

local READ = {
  map = check.string_map,
  time = to_time,
  sort = to_sort,
  count = function(value, name) return check.count(value, 1, name) end,
  limit = function(value, name) return check.count(value, 0, name) end,
  token = to_position,
}

--- Checks a caller's filters; a wrong one raises.
-- @treturn table the same, with times in seconds, the sort keys as a list and
-- the status in the wire's case
function filter.read(filters)
  check.optional(filters, "table", "filters")
  local known = {}
  for name, value in pairs(filters or {}) do
    local kind = KNOWN[name]
    if not kind then
      check.fail(("list: there is no filter '%s'"):format(tostring(name)))
    end
    local read = READ[kind]
    known[name] = read and read(value, name) or check.type(value, kind, name)
  end
  known.status = known.status and known.status:lower()
  return known
end

-- ------------------------------------------------------------- one snapshot

local function has_metadata(snapshot, wanted)
  local metadata = snapshot.metadata
  for key, value in pairs(wanted) do
    if metadata[key] ~= value then
      return false
    end
  end
  return true
end

local TESTS = {
  name = function(snapshot, wanted) return snapshot.name == wanted end,
  status = function(snapshot, wanted) return snapshot.status == wanted:upper() end,
  volume_id = function(snapshot, wanted) return snapshot.volume_id == wanted end,
  project_id = function(snapshot, wanted) return snapshot.project_id == wanted end,
  metadata = has_metadata,
  name_like = function(snapshot, wanted)
    return (snapshot.name or ""):find(wanted, 1, true) ~= nil
  end,
  created_after = function(snapshot, wanted)
    return snapshot.created_time ~= nil and snapshot.created_time > wanted
  end,
  created_before = function(snapshot, wanted)
    return snapshot.created_time ~= nil and snapshot.created_time < wanted
  end,
  -- a service without the attribute counts every snapshot
  consumes_quota = function(snapshot, wanted)
    return (snapshot.consumes_quota ~= false) == wanted
  end,
}

--- The test that a snapshot must pass, nil where every one does. What has the id
-- `besides` passes any.
function filter.predicate(filters)
  local tests = {}
  for name, test in pairs(TESTS) do
    if filters[name] ~= nil then
      tests[#tests + 1] = { test, filters[name] }
    end
  end
  if #tests == 0 then
    return nil
  end
  return function(snapshot)
    for _, pair in ipairs(tests) do
      if not pair[1](snapshot, pair[2]) then
        return snapshot.id == filters.besides
      end
    end
    return true
  end
end

--- The filters of a listing of everything that a sorted one, or a part of it, is made of.
-- Where it begins has to be in it, whatever else is asked for.
function filter.whole(filters)
  local whole = {}
  for name, value in pairs(filters) do
    whole[name] = value
  end
  whole.besides = (filters.token or filters).marker
  whole.sort, whole.max, whole.marker, whole.offset, whole.token = nil, nil, nil, nil, nil
  return whole
end

--- Are all of a listing's content filters among these names?
function filter.only(filters, names)
  for name in pairs(TESTS) do
    if filters[name] ~= nil and not names[name] then
      return false
    end
  end
  return true
end

-- ------------------------------------------------------------------ sorting

-- Bytes, where `<` would follow the host's locale.
local function less_by_bytes(a, b)
  for i = 1, math.min(#a, #b) do
    local one, other = a:byte(i), b:byte(i)
    if one ~= other then
      return one < other
    end
  end
  return #a < #b
end

local function less_of()
  local locale = os.setlocale(nil, "collate")
  if locale == "C" or locale == "POSIX" then
    return function(a, b) return a < b end
  end
  return function(a, b)
    if type(a) == "string" then
      return less_by_bytes(a, b)
    end
    return a < b
  end
end

-- nil comes first, as the databases behind the services have it.
local function compare(a, b, less)
  if a == b then
    return 0
  elseif a == nil or b == nil then
    return a == nil and -1 or 1
  end
  return less(a, b) and -1 or 1
end

-- What the services, too, put in order what is equal by.
local function complete(keys)
  local all, seen = {}, {}
  for i, sort in ipairs(keys) do
    all[i], seen[sort.key] = sort, true
  end
  for _, key in ipairs { "created_at", "id" } do
    if not seen[key] then
      all[#all + 1] = { key = key, descending = keys[1].descending }
    end
  end
  return all
end

local TIMES = { created_at = "created_time", updated_at = "updated_time" } -- not as written

local function sort_value(snapshot, key)
  local value = snapshot[TIMES[key] or key]
  return key == "status" and value and value:lower() or value -- as it is kept there
end

--- Sorts snapshots by the keys that filter.read made of `sort`. What is equal by them is
-- sorted by the time it was made and its id, in the first key's direction.
function filter.sort(snapshots, keys)
  keys = complete(keys)
  local rows, less = {}, less_of()
  for i, snapshot in ipairs(snapshots) do
    local row = { snapshot = snapshot, place = i }
    for k, sort in ipairs(keys) do
      row[k] = sort_value(snapshot, sort.key)
    end
    rows[i] = row
  end
  table.sort(rows, function(a, b)
    for k, sort in ipairs(keys) do
      local order = compare(a[k], b[k], less)
      if order ~= 0 then
        return (order < 0) ~= sort.descending
      end
    end
    return a.place < b.place
  end)
  for i, row in ipairs(rows) do
    snapshots[i] = row.snapshot
  end
  return snapshots
end

return filter
