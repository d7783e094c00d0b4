--- The order of a list: which keys a query asks for, and how two records compare.
-- @module rsnapshots.simulator.storage.order

local python = require "rsnapshots.simulator.text.python"

local order = {}

--- Takes the sort keys and directions out of a query.
-- @return a list of `{key, direction}`
function order.take(ctx, query)
  if query:get("sort") and (query:get("sort_key") or query:get("sort_dir")) then
    ctx:fail(400, "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used "
      .. "with the 'sort' parameter.")
  end
  local parts = {}
  local sort = query:take("sort")
  if not sort then
    local key = query:take("sort_key") or "created_at"
    return { { python.strip(key), python.strip(query:take("sort_dir") or "desc") } }
  end
  for part in (python.strip(sort) .. ","):gmatch("([^,]*),") do
    local key, direction = part:match("^([^:]*):?(.*)$")
    parts[#parts + 1] = { python.strip(key), direction == "" and "desc" or python.strip(direction) }
  end
  return parts
end

--- Checks the directions, adds the keys that make the order total, and finds the records' fields
-- for the keys.
-- @param ctx the context
-- @tparam table parts from `take`
-- @tparam table columns fields by sort key
function order.complete(ctx, parts, columns)
  local seen = {}
  for _, part in ipairs(parts) do
    if part[2] ~= "asc" and part[2] ~= "desc" then
      ctx:fail(400, "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'.")
    end
    seen[part[1]] = true
  end
  local default = parts[1][2]
  for _, key in ipairs { "created_at", "id" } do
    if not seen[key] then
      parts[#parts + 1] = { key, default }
    end
  end
  for _, part in ipairs(parts) do
    part.field = columns[part[1]]
  end
end

--- Refuses keys that are not columns.
function order.check(ctx, parts)
  for _, part in ipairs(parts) do
    if not part.field then
      ctx:fail(400, "Invalid input received: Invalid sort key")
    end
  end
end

--- Is the order by time alone?
function order.is_by_time(parts)
  return #parts == 2 and parts[1][1] == "created_at" and parts[2][1] == "id"
    and parts[1][2] == parts[2][2]
end

-- Compares: -1, 0 or 1. As in SQLite, nil comes first.
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

--- Makes the function that tells whether one record comes before another.
-- @tparam table parts the order
-- @tparam table defaults values for fields that a record lacks
function order.comes_before(parts, defaults)
  return function(a, b)
    for _, part in ipairs(parts) do
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

return order
