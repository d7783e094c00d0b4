--- A client's verbs on a Snapshot, whichever client it came from.
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
    local client = client_of(snapshot) -- which may be of the module as it was loaded before
    return client[name](client, snapshot, ...)
  end
end

-- The same snapshot as the service has it now.
function core.snapshot_methods.refresh(snapshot)
  return client_of(snapshot):get(snapshot)
end

check.public(core.snapshot_methods)
