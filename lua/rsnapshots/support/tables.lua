--- What is often done with tables.
local tables = {}

--- Sets the fields of a table that another one has, if there is one.
-- @treturn table the first
function tables.fill(into, from)
  for key, value in pairs(from or {}) do
    into[key] = value
  end
  return into
end

--- Does `found` have everything in `asked`, also in the tables within it?
function tables.has(found, asked)
  if type(asked) ~= "table" then
    return found == asked
  end
  for key, value in pairs(asked) do
    if type(found) ~= "table" or not tables.has(found[key], value) then
      return false
    end
  end
  return true
end

--- The items of a list for which `keep(item, ...)` is true.
function tables.select(list, keep, ...)
  local kept = {}
  for _, item in ipairs(list) do
    if keep(item, ...) then
      kept[#kept + 1] = item
    end
  end
  return kept
end

--- The ids of snapshots, or of volumes.
function tables.ids(list)
  local ids = {}
  for i, item in ipairs(list) do
    ids[i] = item.id
  end
  return ids
end

return tables
