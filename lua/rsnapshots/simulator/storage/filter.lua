--- The records that a query lets through: the filters of each resource, and what unknown filters
-- do.
-- @module rsnapshots.simulator.storage.filter

local json = require "rsnapshots.simulator.text.json"
local python = require "rsnapshots.simulator.text.python"

local filter = {}

local STRICT_SINCE = 31 -- unknown filters are ignored before 3.31, and refused from then on

local function unknown_filters(ctx, query, allowed)
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

local function refuse_unknown(ctx, query, resource)
  local found = unknown_filters(ctx, query, ctx.sim[resource.allowed_filters])
  if not ctx.is_admin and #found > 0 then
    ctx:fail(400, ("Invalid filters %s are found in query options.")
      :format(table.concat(found, ",")))
  end
  local quota = query:take("consumes_quota")
  if quota then
    query.items[#query.items + 1] = { "use_quota", quota }
  end
end

local function drop_unknown(ctx, query, resource)
  if ctx.micro < resource.metadata_since then
    query:take("metadata")
  end
  query:take("use_quota")
  if ctx.is_admin then
    return
  end
  for i = #query.items, 1, -1 do
    if not resource.old_filters[query.items[i][1]] then
      table.remove(query.items, i)
    end
  end
end

local function metadata_matcher(value)
  local wanted = python.dict(value)
  return wanted and function(record)
    for key, part in pairs(wanted) do
      if json.from_map(record.metadata):get(key) ~= part then
        return false
      end
    end
    return true
  end
end

-- SQL's LIKE with wildcards on both sides, which ignores case.
local function like_matcher(field, value)
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

-- Fields that have the same value in all records.
local CONSTANT = { availability_zone = "nova", bootable = "false" }

-- The test for one filter; nil or false if no record can pass.
local function matcher(ctx, resource, name, value)
  if name == "metadata" then
    return metadata_matcher(value)
  elseif name == "use_quota" then
    return quota_matcher(ctx, value)
  elseif CONSTANT[name] then
    return function() return value == CONSTANT[name] end
  end
  local bare = name:gsub("~$", "")
  local field = resource.columns[bare == "name" and "display_name" or bare]
  if bare ~= name then
    return like_matcher(field, value)
  end
  return field and function(record)
    return tostring(record[field]) == value and record[field] ~= nil
  end
end

--- The test for a query's remaining parameters.
-- @param ctx the context
-- @param query the rest of the query
-- @tparam table resource see `listing.answer`
-- @return a function(record), or nil if no record can pass
function filter.of(ctx, query, resource)
  if ctx.micro >= STRICT_SINCE then
    refuse_unknown(ctx, query, resource)
  else
    drop_unknown(ctx, query, resource)
  end
  local all = ctx.is_admin and python.boolean(query:get("all_tenants") or "false")
  query:take("all_tenants")
  local tests = {}
  for i, item in ipairs(query.items) do
    tests[i] = matcher(ctx, resource, item[1], item[2])
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

return filter
