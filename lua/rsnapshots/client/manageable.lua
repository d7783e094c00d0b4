--- What a storage back end has and Cinder does not manage: a listing.
local calls = require "rsnapshots.client.calls"
local Rows = require "rsnapshots.client.rows"

local manageable = {}

-- What tells one row from another: the service's ids are tables.
local function place_of(entry)
  if type(entry.reference) ~= "table" then
    return nil
  end
  local parts = {}
  for key, value in pairs(entry.reference) do
    parts[#parts + 1] = tostring(key) .. "=" .. tostring(value)
  end
  table.sort(parts)
  return table.concat(parts, "\n")
end

local function as_it_is(entry)
  return entry
end

--- Made by client:manageable. Its rows have `reference` (what `manage` takes as `ref`), `size`
-- (GiB), `safe_to_manage`, `source_reference`, and in detail `reason_not_safe`, `cinder_id`,
-- `extra_info`.
-- @tparam Client client
-- @tparam table options `host` or `cluster`, `detailed`, `page_size`
-- @treturn Rows
function manageable.new(client, options)
  local path = calls.open(client).dialect:manage_path()
  return Rows.new(client, {
    path = path .. (options.detailed == false and "" or "/detail"), key = "manageable-snapshots",
    query = { options.host and { "host", options.host } or { "cluster", options.cluster } },
    limit = options.page_size, pages_by = "offset", what = "manageable snapshots",
    place = place_of, read = as_it_is,
  })
end

return manageable
