--- POST /snapshots/{id}/action: mostly what administrators do.
-- @module rsnapshots.simulator.storage.snapshot_actions

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local schema = require "rsnapshots.simulator.storage.schema"
local snapshots = require "rsnapshots.simulator.storage.snapshots"
local python = require "rsnapshots.simulator.text.python"

local snapshot_actions = {}

local STATUSES = {
  "error", "available", "creating", "deleting", "deleted", "updating", "error_deleting",
  "unmanaging", "backing-up", "restoring",
}
local ADMIN = "volume_extension:snapshot_admin_actions:"

-- The states to which a driver may change.
local STEPS = {
  creating = { creating = true, available = true, error = true },
  deleting = { deleting = true, error_deleting = true },
}

local function accepted(html)
  return answer.new(202, "", html and "text/html; charset=UTF-8" or "application/json")
end

--- Raises a refusal if a status is unknown.
-- @param ctx the context
-- @tparam string what "Snapshot" or "Volume"
-- @tparam string status
-- @tparam {string,...} statuses
function snapshot_actions.check_status(ctx, what, status, statuses)
  local shown = {}
  for i, known in ipairs(statuses) do
    if known == status then
      return
    end
    shown[i] = python.repr(known)
  end
  ctx:fail(400, ("%s status: %s is invalid, valid statuses are: (%s).")
    :format(what, status, table.concat(shown, ", ")))
end

local ACTIONS = {}

ACTIONS["os-reset_status"] = function(ctx, id)
  local status = ctx:checked_body("os-reset_status", schema.RESET_STATUS):get("status")
  snapshot_actions.check_status(ctx, "Snapshot", status, STATUSES)
  local record = ctx:snapshot(id)
  ctx:only_admin(ADMIN .. "reset_status")
  record.status, record.pending, record.updated = status, nil, ctx.sim.now()
  return accepted()
end

ACTIONS["os-update_snapshot_status"] = function(ctx, id)
  local wish = ctx:checked_body("os-update_snapshot_status", schema.UPDATE_STATUS)
  local record, status = ctx:snapshot(id), wish:get("status")
  if not STEPS[record.status] then
    ctx:fail(400, ("Snapshot status %s not allowed for update_snapshot_status")
      :format(record.status))
  end
  if not STEPS[record.status][status] then
    ctx:fail(400, ("Provided snapshot status %s not allowed for snapshot with status %s.")
      :format(status, record.status))
  end
  local progress = wish:value("progress")
  if progress then
    record.progress, record.fixed_progress = progress, true
  end
  record.status, record.updated = status, ctx.sim.now()
  return accepted(true)
end

ACTIONS["os-force_delete"] = function(ctx, id)
  local record = ctx:snapshot(id)
  ctx:only_admin(ADMIN .. "force_delete")
  if record.group_snapshot_id then
    ctx:fail(400, "Invalid snapshot: Snapshot  must not be part of a group.")
  end
  ctx.sim.store:delete_snapshot(record, ctx.request_id)
  return accepted()
end

ACTIONS["os-unmanage"] = function(ctx, id)
  local record = ctx:snapshot(id)
  ctx:only_admin("snapshot_extension:snapshot_unmanage")
  snapshots.check_deletable(ctx, record)
  ctx.sim.store:unmanage_snapshot(record)
  return accepted(true)
end

--- The one action in a body; raises a refusal if there is none.
-- @param ctx the context
-- @tparam table actions functions by name
-- @return the function and the body
function snapshot_actions.choose(ctx, actions)
  local body = ctx.request.body == "" and json.object("None", nil) or ctx:body()
  if json.type(body) ~= "object" or #body.keys ~= 1 then
    ctx:fail(400, "Malformed request body")
  end
  local action = actions[body.keys[1]]
  if not action then
    ctx:fail(400, ("There is no such action: %s. Verify the request body and Content-Type "
      .. "header and try again."):format(body.keys[1]))
  end
  return action, body
end

--- POST /snapshots/{id}/action
function snapshot_actions.act(ctx, id)
  local action, body = snapshot_actions.choose(ctx, ACTIONS)
  return action(ctx, id, body)
end

return snapshot_actions
