--- A model of a listing's filters in plain Lua, independent of the library; and populations and
-- filters to compare with it.
--
-- A row is a snapshot: id, name, description, status, size, volume_id, project_id, metadata,
-- created and updated (whole seconds), consumes_quota.
local ids_of = require "spec.support.ids"
local random = require "spec.support.random"

local model = {}

-- ------------------------------------------------------------------ populations

local NAMES = { "night", "Night", "NIGHT", "night ", " night", "nightly", "a", "B", "a b", "a,b",
  "it's", 'say "hi"', [[\back\slash]], "100%", "100", "50%off", "a_b", "axb", "*", "?", "~",
  "na~me", "été", "ete", "Été", "e\204\129te\204\129", "名前", "🚀", "None", "null", "true",
  "0", "beef", "x=y&z",
  "a+b", "a;b", "#", "<>", "{'a': 'b'}", "[]", "two\nlines", "tab\there", ("long"):rep(60) }
local STATUSES = { "available", "available", "available", "error", "creating", "deleting",
  "error_deleting", "backing-up", "restoring", "unmanaging" }
local TEXTS = { "", "", "gold", "Gold", "gold ", "it's", 'a "quoted" \\ \'thing\'',
  "one\ntwo\r\tthree", "été 🚀", "100%", "_", "\127\1", "None", "{}",
  "nel\194\133ls\226\128\168", "a:b,c" }
local KEYS = { "tier", "Tier", "it's", 'q"q', "clé", "a b", "new\nline", "back\\slash" }

local EPOCH = 1767225600 -- 2026-01-01T00:00:00Z

local function one_of(pick, list)
  return list[pick(#list)]
end

local function uuid(pick, tail)
  local out = {}
  for i = 1, 24 do
    out[i] = ("%x"):format(pick(16) - 1)
  end
  local h = table.concat(out)
  return ("%s-%s-4%s-8%s-%s%s"):format(h:sub(1, 8), h:sub(9, 12), h:sub(13, 15), h:sub(16, 18),
    h:sub(19, 22), tail)
end

local function some_metadata(pick)
  local metadata = {}
  for _ = 1, pick(5) - 2 do
    metadata[one_of(pick, KEYS)] = one_of(pick, TEXTS)
  end
  return metadata
end

--- A generator of numbers: a seed's, or that of RS_SEED.
-- @return the generator and the seed
function model.random(seed)
  seed = tonumber(os.getenv "RS_SEED") or seed
  return random(seed), seed
end

--- Random rows.
-- @tparam function pick a generator
-- @tparam int count
-- @tparam table world `volumes`: a list of {id, project_id}
-- @tparam string tail what ids end in: eight hexadecimal digits
function model.population(pick, count, world, tail)
  local rows, names = {}, {}
  for i = 1, 4 + pick(8) do
    names[i] = one_of(pick, NAMES)
  end
  for i = 1, count do
    local volume = one_of(pick, world.volumes)
    local created = EPOCH + pick(math.max(2, math.floor(count / 2)))
    local kind = pick(8)
    rows[i] = {
      id = uuid(pick, tail), name = kind == 1 and "" or kind > 2 and one_of(pick, names) or nil,
      description = pick(3) > 1 and one_of(pick, TEXTS) or nil, status = one_of(pick, STATUSES),
      size = pick(4), volume_id = volume[1], project_id = volume[2],
      metadata = some_metadata(pick), created = created,
      updated = pick(3) > 1 and created + pick(5) or nil, consumes_quota = pick(4) > 1,
    }
  end
  return rows
end

-- --------------------------------------------------------------------- filters

local BAD_TEXTS = { "\255", "\195", "\237\160\128", "\195\226\130\172\160", ("x"):rep(1025),
  ("é"):rep(5000), "nul\0nul", "nobody" }

local function some_name(pick, rows)
  local kind = pick(10)
  if kind == 1 then
    return one_of(pick, BAD_TEXTS)
  elseif kind == 2 then
    return one_of(pick, NAMES)
  end
  return one_of(pick, rows).name or ""
end

local function some_part(pick, rows)
  local name = some_name(pick, rows)
  if pick(6) == 1 then
    return one_of(pick, { "%", "_", "*", "", "\\", "'", "N", "ight", "\204", "~", "." })
  end
  local from = pick(#name + 1)
  return name:sub(from, from + pick(4) - 1)
end

local function some_status(pick)
  local status = one_of(pick, STATUSES)
  local kind = pick(8)
  return kind == 1 and one_of(pick, { "", "None", "nobody", "error ", "\255" })
    or kind < 4 and status:upper() or kind < 6 and status:gsub("^%l", string.upper) or status
end

local function some_pairs(pick, rows)
  local wanted, kind = {}, pick(8)
  if kind == 1 then
    return some_metadata(pick)
  elseif kind == 2 then
    return { tier = one_of(pick, BAD_TEXTS) }
  end
  local metadata = one_of(pick, rows).metadata
  local keys = {}
  for key in pairs(metadata) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for _, key in ipairs(keys) do
    if pick(3) > 1 then
      wanted[key] = metadata[key]
    end
  end
  return wanted
end

local SORT_KEYS = { "id", "name", "name", "description", "status", "size", "volume_id",
  "created_at", "updated_at" }

local function some_sort(pick)
  local parts = {}
  for i = 1, pick(3) do
    parts[i] = one_of(pick, SORT_KEYS) .. one_of(pick, { "", ":asc", ":desc" })
  end
  return table.concat(parts, ",")
end

local function some_time(pick, rows)
  local time = one_of(pick, rows).created + pick(3) - 2
  local kind = pick(3)
  return kind == 1 and time or os.date(kind == 2 and "!%Y-%m-%dT%H:%M:%SZ" or "!%Y-%m-%d %H:%M:%S",
    time)
end

local NOWHERE = { "None", "", "00000000-0000-4000-8000-000000000000", "\255" }

local MAKE = {
  { "name", 5, some_name }, { "name_like", 6, some_part }, { "status", 5, some_status },
  { "metadata", 5, some_pairs }, { "created_after", 8, some_time },
  { "created_before", 8, some_time },
  { "volume_id", 6, function(pick, rows)
    local id = one_of(pick, rows).volume_id
    local kind = pick(8)
    return kind == 1 and one_of(pick, NOWHERE) or kind == 2 and id:upper() or id
  end },
  { "project_id", 9, function(pick, rows)
    return pick(5) == 1 and one_of(pick, NOWHERE) or one_of(pick, rows).project_id
  end },
  { "consumes_quota", 8, function(pick) return pick(2) == 1 end },
  { "all_projects", 5, function(pick) return pick(4) > 1 end },
  { "sort", 2, some_sort },
  { "max", 5, function(pick, rows) return pick(#rows) - 1 end },
  { "offset", 5, function(pick, rows) return pick(math.ceil(#rows / 2)) - 1 end },
  { "page_size", 2, function(pick) return pick(13) end },
  { "detailed", 4, function(pick) return pick(3) == 1 end },
  { "prefetch", 4, function() return false end },
}

--- Random filters for a listing of these rows.
function model.filters(pick, rows)
  local filters = {}
  for _, item in ipairs(MAKE) do
    if pick(item[2]) == 1 then
      filters[item[1]] = item[3](pick, rows)
    end
  end
  if pick(6) == 1 then
    filters.marker = pick(9) == 1 and NOWHERE[3] or one_of(pick, rows).id
  end
  return filters
end

-- --------------------------------------------------------------------- meaning

local FIELD = { created_at = "created", updated_at = "updated" }

local function compare(a, b)
  if a == b then
    return 0
  elseif a == nil then
    return -1
  elseif b == nil then
    return 1
  end
  return a < b and -1 or 1
end

-- A list of {field, 1 or -1}, with the fields that make the order total.
local function order_of(sort)
  local order = {}
  for key, direction in (sort or "created_at:desc"):gmatch("([%w_]+):?(%a*)") do
    order[#order + 1] = { FIELD[key] or key, direction == "desc" and -1 or 1 }
  end
  order[#order + 1] = { "created", order[1][2] }
  order[#order + 1] = { "id", order[1][2] }
  return order
end

local function in_order(rows, sort)
  local order = order_of(sort)
  local function before(a, b)
    for _, part in ipairs(order) do
      local result = compare(a[part[1]], b[part[1]]) * part[2]
      if result ~= 0 then
        return result < 0
      end
    end
    return false
  end
  local sorted = {}
  for _, row in ipairs(rows) do
    local at = #sorted + 1
    while at > 1 and before(row, sorted[at - 1]) do
      at = at - 1
    end
    table.insert(sorted, at, row)
  end
  return sorted
end

local function seconds(time)
  if type(time) == "number" then
    return time
  end
  local day, hour, minute, second = time:match("^2026%-01%-(%d%d).(%d%d):(%d%d):(%d%d)Z?$")
  if not day then -- a second before the first
    return EPOCH - 1
  end
  return EPOCH + (day - 1) * 86400 + hour * 3600 + minute * 60 + second
end

local function passes(row, f)
  if f.name and row.name ~= f.name or f.volume_id and row.volume_id ~= f.volume_id
      or f.project_id and row.project_id ~= f.project_id
      or f.status and row.status ~= f.status:lower()
      or f.name_like and not (row.name or ""):find(f.name_like, 1, true)
      or f.created_after and row.created <= seconds(f.created_after)
      or f.created_before and row.created >= seconds(f.created_before)
      or f.consumes_quota ~= nil and row.consumes_quota ~= f.consumes_quota then
    return false
  end
  for key, value in pairs(f.metadata or {}) do
    if row.metadata[key] ~= value then
      return false
    end
  end
  return true
end

--- The rows that a user may see.
-- @tparam table rows
-- @tparam table view `project_id` (nil: all projects'); whether there are `metadata`, `updated`
-- and `consumes_quota`
function model.seen(rows, view)
  local seen = {}
  for _, row in ipairs(rows) do
    if not view.project_id or row.project_id == view.project_id then
      local copy = {}
      for name, value in pairs(row) do
        copy[name] = value
      end
      copy.metadata = view.metadata and row.metadata or {}
      copy.updated = view.updated and row.updated or nil
      copy.consumes_quota = not view.consumes_quota or row.consumes_quota
      seen[#seen + 1] = copy
    end
  end
  return seen
end

--- The ids that a listing gives, in their order; nil if its marker is unknown.
function model.list(seen, filters)
  local ids, started, skip = {}, not filters.marker, filters.offset or 0
  for _, row in ipairs(in_order(seen, filters.sort)) do
    if started and passes(row, filters) then
      if skip > 0 then
        skip = skip - 1
      elseif not filters.max or #ids < filters.max then
        ids[#ids + 1] = row.id
      end
    end
    started = started or row.id == filters.marker
  end
  return started and ids or nil
end

-- -------------------------------------------------------------------- checking

--- Filters as text.
function model.describe(filters)
  local parts = {}
  for name, value in pairs(filters) do
    local text = type(value) == "table" and model.describe(value) or ("%q"):format(tostring(value))
    parts[#parts + 1] = name .. " = " .. (#text > 99 and text:sub(1, 99) .. "..." or text)
  end
  table.sort(parts)
  return "{ " .. table.concat(parts, ", ") .. " }"
end

local function with(filters, changes)
  local copy = {}
  for name, value in pairs(filters) do
    copy[name] = value
  end
  for _, name in ipairs { "max", "marker", "offset" } do
    copy[name] = nil
  end
  for name, value in pairs(changes) do
    copy[name] = value
  end
  return copy
end

local function same(expected, found)
  return table.concat(expected, " ") == table.concat(found, " ")
end

local function check_token(pick, client, filters, expected, limitless)
  local pager = client:list(filters)
  local taken = pick(#expected + 1) - 1
  for _ = 1, taken do
    local snapshot, err = pager:next()
    if not snapshot then
      return "ended early: " .. tostring(err)
    end
  end
  local token = pager:token()
  pager:close()
  local rest, err = client:list(with(filters, { token = token })):all()
  local wanted = {}
  for i = taken + 1, #limitless do
    wanted[#wanted + 1] = limitless[i]
  end
  if not rest or not same(wanted, ids_of(rest)) then
    return ("after %d, token %s: %s instead of %d%s"):format(taken, token,
      rest and #rest or tostring(err), #wanted, rest and #rest == #wanted and ", in another order"
      or "")
  end
  return nil
end

local function check_find(client, seen, name, filters)
  local found, err = client:find(name, { all_projects = filters.all_projects, most_recent = true })
  local ids = model.list(seen, { name = name })
  if (found and found.id or err.kind) ~= (ids[1] or "not_found") then
    return "find: " .. tostring(found and found.id or err)
  end
  found, err = client:find(name, { all_projects = filters.all_projects })
  if (found and found.id or err.kind) ~= (#ids > 1 and "ambiguous" or ids[1] or "not_found") then
    return "find: " .. tostring(found and found.id or err)
  end
  return nil
end

--- Asks the client and the model the same question.
-- @tparam function pick
-- @tparam Client client
-- @tparam table seen the rows that it sees
-- @tparam table filters
-- @return nil, or what differs
function model.check(pick, client, seen, filters)
  local expected = model.list(seen, filters)
  local found, err = client:list(filters):all()
  if not expected then
    if filters.max == 0 and found and #found == 0 then
      return nil -- nothing was asked
    end
    local counted, problem = client:count(filters)
    return (found or err.kind ~= "not_found" or counted or problem.kind ~= "not_found")
      and "an unknown marker gives " .. tostring(found or err.kind) or nil
  elseif not found then
    return tostring(err)
  elseif not same(expected, ids_of(found)) then
    return ("%d instead of %d%s"):format(#found, #expected,
      #found == #expected and ", in another order" or "")
  end
  local counted, problem = client:count(filters)
  if counted ~= #expected then
    return ("count: %s instead of %d"):format(tostring(counted or problem), #expected)
  end
  local unlimited = {}
  for name, value in pairs(filters) do
    unlimited[name] = name ~= "max" and value or nil
    if value == false then
      unlimited[name] = false
    end
  end
  return check_token(pick, client, filters, expected, model.list(seen, unlimited))
    or (filters.name or "") ~= "" and check_find(client, seen, filters.name, filters) or nil
end

return model
