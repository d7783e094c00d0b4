-- A page of three snapshots: every field, every way of looking at them.
local support = dofile "torture/support.lua"
local rsnapshots = require "rsnapshots"

local TEXT = [[{"count": 30, "snapshots_links": [{"rel": "next",
  "href": "http:\/\/127.0.0.1\/v3\/snapshots\/detail?limit=3&marker=\u0063"}],
"snapshots": [
 {"id": "a", "volume_id": "v", "name": "first \u00e9", "description": null, "status": "available",
  "size": 1, "metadata": {"k": "v", "l": "w"}, "created_at": "2013-02-25T07:30:12.000000",
  "updated_at": "2013-02-26T07:30:12.500000", "user_id": "u", "consumes_quota": true,
  "os-extended-snapshot-attributes:progress": "100%", "group_snapshot_id": "g",
  "os-extended-snapshot-attributes:project_id": "p", "other": {"x": [1, 2, {"y": null}]}},
 {"id": "b", "display_name": "second", "display_description": "]] .. ("d \\n"):rep(400) ..
  [[", "status": "cre\u0061ting", "metadata": {}, "progress": "0%"},
 {"id": "c", "metadata": null, "size": 1024}]}]]

local FIELDS = { "id", "volume_id", "name", "description", "status", "size", "progress",
  "project_id", "metadata", "created_at", "updated_at", "user_id", "group_snapshot_id",
  "consumes_quota", "created_time", "updated_time", "other", "missing" }

local function look(snapshot, parts)
  for _, name in ipairs(FIELDS) do
    parts[#parts + 1] = name .. ": " .. support.show(snapshot[name])
  end
  for name, value in pairs(snapshot) do
    parts[#parts + 1] = name .. "= " .. support.show(value)
  end
  parts[#parts + 1] = tostring(snapshot)
  parts[#parts + 1] = support.show(snapshot:to_table())
  parts[#parts + 1] = snapshot:to_json()
end

return {
  run = function()
    local page, err = rsnapshots.extract_snapshots(TEXT)
    if not page then
      return nil, err
    end
    local parts = { #page, page.next_link, page.total, tostring(page) }
    for _, snapshot in ipairs(page) do
      look(snapshot, parts)
    end
    parts[#parts + 1] = tostring(page[1] == page[1]) .. tostring(page[1] == page[2])
    local alone = rsnapshots.extract_snapshot('{"snapshot": ' .. page[1]:to_json() .. "}")
    parts[#parts + 1] = alone and alone.name or "none"
    return table.concat(parts, "\n")
  end,
}
