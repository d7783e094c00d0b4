--- A nightly backup: take a snapshot of a volume, wait for it, mark it as ours,
-- and delete the oldest of ours beyond so many.
--
-- usage: scripts/lua examples/backup.lua [VOLUME_ID] [KEEP]
local cloud = require "examples.cloud"

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
local snapshot = assert(client:create {
  volume_id = volume_id, name = os.date "nightly-%Y-%m-%d", force = true,
})
snapshot = assert(snapshot:wait_until_complete(3600))
assert(snapshot:set_metadata(MARK))
print("made " .. tostring(snapshot))

-- The whole list or an error: a part of it never leads to a deletion.
local ours = assert(client:list({
  volume_id = volume_id, metadata = MARK, status = "available", sort = "created_at:desc",
}):all())
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
