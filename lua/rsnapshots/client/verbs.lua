--- A client's verbs as methods of a Snapshot, which calls the client that it came from.
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"

local function client_of(snapshot)
  check.receiver(core.is_snapshot(snapshot), "snapshot", "snapshot:delete()")
  local client = core.client_of(snapshot)
  if not client then
    check.fail("this snapshot was decoded from a text and belongs to no client")
  end
  return client
end

-- docs/snapshot.md has the fields and methods of a Snapshot.
for _, name in ipairs { "update", "delete", "wait_until_complete", "wait_until_deleted",
  "get_metadata", "set_metadata", "replace_metadata", "delete_metadata", "restore", "revert",
  "reset_status", "update_status", "unmanage" } do
  core.snapshot_methods[name] = function(snapshot, ...)
    local client = client_of(snapshot) -- it may belong to an earlier copy of this module
    return client[name](client, snapshot, ...)
  end
end

-- Reads the same snapshot again.
function core.snapshot_methods.refresh(snapshot)
  return client_of(snapshot):get(snapshot)
end

check.public(core.snapshot_methods)
