--- Lists snapshots, a line each.
--
-- usage: scripts/lua examples/list.lua [STATUS]
local cloud = require "examples.cloud"

local client, volume_id, sim = cloud.connect()
if sim then -- something to list
  sim:add_snapshots(2500, { volume_id = volume_id, prefix = "nightly-" })
end

local count = 0
for snapshot in client:list { status = arg[1], sort = "created_at:desc" } do
  count = count + 1
  if count <= 20 then
    print(("%s  %-10s %4s GiB  %s"):format(snapshot.id, snapshot.status, snapshot.size or "?",
      snapshot.name or "-"))
  elseif count == 21 then
    print "..."
  end
end
print(count .. " snapshots")
client:close()
