--- The filters of a listing: what they mean, wherever they are applied.
--
-- A dialect sends those that its service applies; all of them are applied here
-- too, so that the result is the same on every version.
local check = require "rsnapshots.check"
local core = require "rsnapshots.core"

local filter = {}

-- name -> what it must be
local KNOWN = {
  name = "string", status = "string", volume_id = "string", project_id = "string",
  all_projects = "boolean", metadata = "map", name_like = "string",
  created_after = "time", created_before = "time", consumes_quota = "boolean",
  sort = "sort", detailed = "boolean", page_size = "count", max = "limit",
  marker = "string", offset = "limit", extra = "table", token = "token",
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
  local keys = {}
  for item in (text .. ","):gmatch("([^,]*),") do
    local key, direction = item:match("^%s*([%w_]+)%s*:?%s*(%a*)%s*$")
    if not SORT_KEYS[key or ""] or not (direction == "" or direction == "asc"
        or direction == "desc") then
      check.fail(("sort: '%s' is not KEY or KEY:asc or KEY:desc, with KEY one of created_at, "
        .. "description, id, name, size, status, updated_at, volume_id"):format(item))
    end
    keys[#keys + 1] = { key = key, descending = direction == "desc" }
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

--- The test that a snapshot must pass, nil where every one does.
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
        return false
      end
    end
    return true
  end
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

-- nil comes first, as the databases behind the services have it.
local function compare(a, b)
  if a == b then
    return 0
  elseif a == nil or b == nil then
    return a == nil and -1 or 1
  end
  return a < b and -1 or 1
end

--- Sorts snapshots by the keys that filter.read made of `sort`; those that are
-- equal stay in their order.
function filter.sort(snapshots, keys)
  local rows = {}
  for i, snapshot in ipairs(snapshots) do
    local row = { snapshot = snapshot, place = i }
    for k, sort in ipairs(keys) do
      row[k] = snapshot[sort.key]
    end
    rows[i] = row
  end
  table.sort(rows, function(a, b)
    for k, sort in ipairs(keys) do
      local order = compare(a[k], b[k])
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
