--- Lists in Cinder's form: filters, order, pages, links, counts.
-- @module rsnapshots.simulator.storage.listing

local answer = require "rsnapshots.simulator.http.answer"
local filter = require "rsnapshots.simulator.storage.filter"
local json = require "rsnapshots.simulator.text.json"
local order = require "rsnapshots.simulator.storage.order"
local python = require "rsnapshots.simulator.text.python"

local listing = {}

local MAX_OFFSET = 2147483647
local COUNT_SINCE = 45

-- Pages -----------------------------------------------------------------------------------

--- Takes `limit`, `marker` and `offset` out of a query.
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

-- Takes the records that belong on the page from an iterator.
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

-- The list is already sorted by time, so a page in that order costs no more than its length.
local function page_by_time(ctx, list, parts, page, matches)
  local step = parts[1][2] == "asc" and 1 or -1
  local at = step > 0 and 0 or #list + 1
  if page.marker then
    at = ctx.sim.store.index_of(list, page.marker)
  end
  return cut(page, matches, function()
    at = at + step
    return list[at]
  end)
end

-- When Cinder looks for what comes after a marker, it treats a missing value as an empty text, as 0
-- or as the year 1900, but it does not sort it like that. So rows get lost if a page ends among
-- such rows.
local DEFAULTS = { name = "", description = "", status = "", volume_id = "", size = 0, updated = 0,
  project_id = "", user_id = "", progress = "", group_snapshot_id = "" }
local NONE = {}

local function page_sorted(list, parts, page, matches)
  local before = order.comes_before(parts, NONE)
  local follows = order.comes_before(parts, DEFAULTS)
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

local function find_page(ctx, list, parts, page, matches)
  if order.is_by_time(parts) then
    return page_by_time(ctx, list, parts, page, matches)
  end
  return page_sorted(list, parts, page, matches)
end

-- The link to the next page, as an Array to put into the answer; nil if there is none.
local function links(ctx, collection, records, count)
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

-- Answers ---------------------------------------------------------------------------------

local function check_utf8(ctx, query)
  for _, item in ipairs(query.items) do
    if not json.is_utf8(item[1] .. item[2]) then
      ctx:fail(400, "Error decoding your request. Either the URL or the request body contained "
        .. "characters that could not be decoded by Cinder.")
    end
  end
end

local function take_count(ctx, query)
  local word = ctx.micro >= COUNT_SINCE and query:take("with_count")
  if not word then
    return false
  end
  local wanted = python.boolean(word)
  if wanted == nil then
    ctx:fail(400, ("Value '%s' for 'with_count' is not a boolean."):format(word))
  end
  return wanted
end

local function count_of(list, matches)
  local count = 0
  for _, record in ipairs(list) do
    count = count + (matches(record) and 1 or 0)
  end
  return count
end

-- Only the first `name` counts as a key.
local function rename_first(parts)
  for _, part in ipairs(parts) do
    if part[1] == "name" then
      part[1] = "display_name"
      return
    end
  end
end

-- The records on the page that a query asks for, and the total if it asks for that.
local function find(ctx, resource, query)
  local list = ctx.sim.store[resource.name]
  local parts = order.take(ctx, query)
  local page = listing.take_page(ctx, query)
  local counted = take_count(ctx, query)
  local matches = filter.of(ctx, query, resource)
  if ctx.micro >= resource.name_key_since then
    rename_first(parts)
  end
  order.complete(ctx, parts, resource.columns)
  if not matches then
    return {}, counted and 0
  end
  if page.marker then
    page.marker = resource.find(ctx, page.marker)
  end
  order.check(ctx, parts)
  return find_page(ctx, list, parts, page, matches), counted and count_of(list, matches)
end

--- The answer to a GET of a list.
-- @param ctx the context
-- @tparam table resource what is listed: `name` (of the store's list and of the answer's), `find`
-- (function(ctx, id)), `columns` (fields of records by sort key), `allowed_filters` (the
-- simulator's field with the filters that are allowed from 3.31 on), `old_filters` (those before
-- that), `metadata_since`, `name_key_since` (microversions)
-- @tparam string collection the path below the base
-- @tparam function show_one function(ctx, record) returns an Object
function listing.answer(ctx, resource, collection, show_one)
  local query = ctx.request.params:copy()
  check_utf8(ctx, query)
  local records, count = find(ctx, resource, query)
  local shown = json.array()
  for i, record in ipairs(records) do
    shown[i] = show_one(ctx, record)
  end
  local body = json.object(resource.name, shown)
  local next_links = links(ctx, collection, records, count)
  if next_links then
    body:set(resource.name .. "_links", next_links)
  end
  if count then
    body:set("count", count)
  end
  return answer.json(200, body)
end

return listing
