--- A nightly backup: creates a snapshot of a volume, waits until it is complete, and deletes the
-- oldest snapshots that this script created, so that KEEP are left. A mark in the metadata tells
-- which these are.
--
-- usage: scripts/lua examples/backup.lua [VOLUME_ID] [KEEP]
local cloud = require "examples.cloud"
local assert = require("rsnapshots").assert

local PREFIX = "nightly-"
local MARK = { ["backup.example"] = "nightly" }

local client, volume_id, sim = cloud.connect()
volume_id = volume_id or arg[1]
local keep = tonumber(arg[2] or sim and arg[1] or 7)
if not volume_id or not keep or keep < 1 then
  io.stderr:write "usage: scripts/lua examples/backup.lua VOLUME_ID [KEEP]\n"
  os.exit(2)
end
if sim then -- some earlier nights
  sim:add_snapshots(8, { volume_id = volume_id, prefix = "nightly-", metadata = MARK })
  sim:add_snapshots(2, { volume_id = volume_id, prefix = "somebody-elses-" })
end

-- Without a complete snapshot nothing is deleted: assert ends the script.
local order = { volume_id = volume_id, name = os.date(PREFIX .. "%Y-%m-%d"), force = true }
local ours = { volume_id = volume_id, status = "available", sort = "created_at:desc" }
if client.api_version == 1 then -- it keeps no metadata, so the name is the mark
  ours.name_like = PREFIX
else
  order.metadata, ours.metadata = MARK, MARK
end
local snapshot = assert(client:create(order))
snapshot = assert(snapshot:wait_until_complete(3600))
print("made " .. tostring(snapshot))

-- The whole list or an error: a part of it never leads to a deletion.
ours = assert(client:list(ours):all())
for i, old in ipairs(ours) do
  if i <= keep then
    print("kept " .. old.name)
  else
    assert(old:delete { missing_ok = true })
    assert(old:wait_until_deleted(600))
    print("deleted " .. old.name)
  end
end
client:close()
