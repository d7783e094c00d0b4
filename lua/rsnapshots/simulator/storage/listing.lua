--- Lists as Cinder gives them: filters, order, pages, links.
-- @module rsnapshots.simulator.storage.listing

local json = require "rsnapshots.simulator.text.json"
local python = require "rsnapshots.simulator.text.python"

local listing = {}

local MAX_OFFSET = 2147483647

-- The columns by which snapshots can be sorted and, by administrators, filtered.
local COLUMNS = {
  id = "id", created_at = "created", updated_at = "updated", status = "status",
  display_name = "name", display_description = "description", volume_id = "volume_id",
  volume_size = "size", project_id = "project_id", user_id = "user_id", progress = "progress",
  group_snapshot_id = "group_snapshot_id", use_quota = "consumes_quota",
}

-- Order -----------------------------------------------------------------------------------

--- The sort keys and directions a query asks for, taken out of it.
-- @return a list of `{key, direction}`
function listing.take_order(ctx, query)
  if query:get("sort") and (query:get("sort_key") or query:get("sort_dir")) then
    ctx:fail(400, "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used "
      .. "with the 'sort' parameter.")
  end
  local order = {}
  local sort = query:take("sort")
  if not sort then
    local key = query:take("sort_key") or "created_at"
    return { { python.strip(key), python.strip(query:take("sort_dir") or "desc") } }
  end
  for part in (python.strip(sort) .. ","):gmatch("([^,]*),") do
    local key, direction = part:match("^([^:]*):?(.*)$")
    order[#order + 1] = { python.strip(key), direction == "" and "desc" or python.strip(direction) }
  end
  return order
end

--- Checks the directions, and adds the keys that make the order total.
function listing.complete_order(ctx, order)
  local seen = {}
  for _, part in ipairs(order) do
    if part[2] ~= "asc" and part[2] ~= "desc" then
      ctx:fail(400, "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'.")
    end
    seen[part[1]] = true
  end
  local default = order[1][2]
  for _, key in ipairs { "created_at", "id" } do
    if not seen[key] then
      order[#order + 1] = { key, default }
    end
  end
end

--- Replaces the keys by the fields they stand for.
function listing.resolve_order(ctx, order)
  for _, part in ipairs(order) do
    if not COLUMNS[part[1]] then
      ctx:fail(400, "Invalid input received: Invalid sort key")
    end
    part.field = COLUMNS[part[1]]
  end
end

-- -1, 0 or 1; nothing comes before something, as in SQLite.
local function compare(a, b)
  if a == b then
    return 0
  end
  if a == nil or b == nil then
    return a == nil and -1 or 1
  end
  if type(a) == "boolean" then
    a, b = a and 1 or 0, b and 1 or 0
  end
  return a < b and -1 or 1
end

-- Looking for what comes after a marker, Cinder takes nothing for an empty text, a number of 0 or
-- the year 1900, though it does not sort it so. Rows get lost where a page ends among those.
local DEFAULTS = { name = "", description = "", status = "", volume_id = "", size = 0, updated = 0,
  project_id = "", user_id = "", progress = "", group_snapshot_id = "" }
local NONE = {}

local function comes_before(order, defaults)
  return function(a, b)
    for _, part in ipairs(order) do
      local field = part.field
      local default = defaults[field]
      local left, right = a[field], b[field]
      if left == nil then
        left = default
      end
      if right == nil then
        right = default
      end
      local result = compare(left, right)
      if result ~= 0 then
        return (result < 0) == (part[2] == "asc")
      end
    end
    return false
  end
end

-- Pages -----------------------------------------------------------------------------------

--- `limit`, `marker` and `offset`, taken out of a query.
function listing.take_page(ctx, query)
  local limit = query:take("limit")
  local page = { limit = ctx.sim.page_limit }
  if limit then
    page.limit = python.integer(limit) or ctx:fail(400, "limit param must be an integer")
  end
  if page.limit < 0 then
    ctx:fail(400, "limit param must be positive")
  end
  page.limit = math.min(page.limit, ctx.sim.page_limit)
  page.marker = query:take("marker")
  page.offset = python.integer(query:take("offset") or "0")
    or ctx:fail(400, "offset must be an integer")
  if page.offset < 0 then
    ctx:fail(400, "offset must be >= 0")
  end
  if page.offset > MAX_OFFSET then
    ctx:fail(400, "offset must be <= 2147483647")
  end
  return page
end

-- Takes from an iterator what belongs on the page.
local function cut(page, matches, next_record)
  local found, skipped = {}, 0
  while #found < page.limit do
    local record = next_record()
    if not record then
      break
    end
    if matches(record) then
      if skipped < page.offset then
        skipped = skipped + 1
      else
        found[#found + 1] = record
      end
    end
  end
  return found
end

-- By time the list is sorted already, so that a page costs no more than its length.
local function page_by_time(list, index_of, order, page, matches)
  local step = order[1][2] == "asc" and 1 or -1
  local at = step > 0 and 0 or #list + 1
  if page.marker then
    at = index_of(page.marker)
  end
  return cut(page, matches, function()
    at = at + step
    return list[at]
  end)
end

local function page_sorted(list, order, page, matches)
  local before, follows = comes_before(order, NONE), comes_before(order, DEFAULTS)
  local chosen = {}
  for _, record in ipairs(list) do
    if matches(record) and (not page.marker or follows(page.marker, record)) then
      chosen[#chosen + 1] = record
    end
  end
  table.sort(chosen, before)
  local at = 0
  return cut(page, function() return true end, function()
    at = at + 1
    return chosen[at]
  end)
end

local function is_by_time(order)
  return #order == 2 and order[1][1] == "created_at" and order[2][1] == "id"
    and order[1][2] == order[2][2]
end

--- The records on a page.
-- @tparam table list all records, sorted by time
-- @tparam function index_of where a record is in it
-- @tparam table order resolved
-- @tparam table page `limit`, `offset`, `marker` (a record)
-- @tparam function matches whether a record passes the filters
function listing.page(list, index_of, order, page, matches)
  if is_by_time(order) then
    return page_by_time(list, index_of, order, page, matches)
  end
  return page_sorted(list, order, page, matches)
end

--- How many records pass.
function listing.count(list, matches)
  local count = 0
  for _, record in ipairs(list) do
    count = count + (matches(record) and 1 or 0)
  end
  return count
end

--- The link to the next page, as an Array to put into the answer; nil when there is none.
-- @param ctx the request's context
-- @tparam string collection the path below the base
-- @tparam table records those on this page
-- @tparam ?int count the total, where it was asked for
function listing.links(ctx, collection, records, count)
  local limit = python.integer(ctx.request.params:get("limit") or "")
  limit = math.min(limit or ctx.sim.page_limit, ctx.sim.page_limit)
  local items = count and count > 0 and count or #records
  if #records == 0 or limit > items then
    return nil
  end
  local query = ctx.request.params:with("marker", records[#records].id)
  return json.array { json.object("rel", "next",
    "href", ("%s/%s?%s"):format(ctx:base_url(), collection, query:encode())) }
end

-- Filters ---------------------------------------------------------------------------------

local function invalid_filters(ctx, query, allowed)
  local found = {}
  for _, item in ipairs(query.items) do
    local name = item[1]
    local fits = allowed[name] or allowed[name .. "~"]
    if name:find("~$") and ctx.micro < 34 then
      fits = false
    end
    if not fits and name ~= "all_tenants" then
      found[#found + 1] = name
    end
  end
  return found
end

local function reject_filters(ctx, query)
  local found = invalid_filters(ctx, query, ctx.sim.snapshot_filters)
  if not ctx.is_admin and #found > 0 then
    ctx:fail(400, ("Invalid filters %s are found in query options.")
      :format(table.concat(found, ",")))
  end
  local quota = query:take("consumes_quota")
  if quota then
    query.items[#query.items + 1] = { "use_quota", quota }
  end
end

local OLD_FILTERS = { status = true, volume_id = true, name = true, metadata = true }

local function drop_filters(ctx, query)
  if ctx.micro < 22 then
    query:take("metadata")
  end
  query:take("use_quota")
  if ctx.is_admin then
    return
  end
  for i = #query.items, 1, -1 do
    if not OLD_FILTERS[query.items[i][1]] then
      table.remove(query.items, i)
    end
  end
end

local function metadata_matcher(value)
  local wanted = python.dict(value)
  return wanted and function(record)
    for key, part in pairs(wanted) do
      if record.metadata:get(key) ~= part then
        return false
      end
    end
    return true
  end
end

-- SQL's LIKE with wildcards on both sides does not look at case.
local function like_matcher(name, value)
  local field = COLUMNS[name == "name" and "display_name" or name]
  value = value:lower()
  return field and function(record)
    local actual = record[field]
    return actual ~= nil and tostring(actual):lower():find(value, 1, true) ~= nil
  end
end

local function quota_matcher(ctx, value)
  local wanted = python.boolean(value)
  if wanted == nil then
    ctx:fail(400, ("Value '%s' for 'use_quota' is not a boolean."):format(value))
  end
  return function(record) return record.consumes_quota == wanted end
end

-- The test for one filter; nil or false when no record can pass.
local function matcher(ctx, name, value)
  if name == "metadata" then
    return metadata_matcher(value)
  end
  if name == "use_quota" then
    return quota_matcher(ctx, value)
  end
  if name == "availability_zone" then
    return function() return value == "nova" end
  end
  if name:find("~$") then
    return like_matcher(name:sub(1, -2), value)
  end
  local field = COLUMNS[name == "name" and "display_name" or name]
  return field and function(record)
    return tostring(record[field]) == value and record[field] ~= nil
  end
end

--- The test a query's remaining parameters make.
-- @return a function(record), or nil when no record can pass
function listing.filter(ctx, query)
  if ctx.micro >= 31 then
    reject_filters(ctx, query)
  else
    drop_filters(ctx, query)
  end
  local all = ctx.is_admin and python.boolean(query:get("all_tenants") or "false")
  query:take("all_tenants")
  local tests = {}
  for i, item in ipairs(query.items) do
    tests[i] = matcher(ctx, item[1], item[2])
    if not tests[i] then
      return nil
    end
  end
  return function(record)
    if not all and record.project_id ~= ctx.project.id then
      return false
    end
    for _, test in ipairs(tests) do
      if not test(record) then
        return false
      end
    end
    return true
  end
end

return listing
