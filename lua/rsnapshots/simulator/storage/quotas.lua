--- A project's quotas: their limits, their use, and the refusals.
-- @module rsnapshots.simulator.storage.quotas

local answer = require "rsnapshots.simulator.http.answer"
local json = require "rsnapshots.simulator.text.json"
local python = require "rsnapshots.simulator.text.python"

local quotas = {}

local UNLIMITED = -1
local SHOW, UPDATE = "volume_extension:quotas:show", "volume_extension:quotas:update"

-- The resources in the order of a quota set, with limits for those that the simulator lacks.
local NAMES = {
  { "volumes" }, { "per_volume_gigabytes", UNLIMITED }, { "snapshots" }, { "gigabytes" },
  { "backups", 10 }, { "backup_gigabytes", 1000 }, { "volumes___DEFAULT__", UNLIMITED },
  { "gigabytes___DEFAULT__", UNLIMITED }, { "snapshots___DEFAULT__", UNLIMITED },
  { "groups", 10 },
}

local function limit_of(sim, project_id, name)
  local project = sim.accounts.project_by_id[project_id]
  return project and project.quotas[name] or sim.quotas[name] or UNLIMITED
end

-- How much of a quota is used, also of a quota for one volume type.
local function used_of(sim, project_id, name)
  return sim.store:used(project_id)[name:gsub("___.*$", "")] or 0
end

-- Refusals --------------------------------------------------------------------------------

local TOO_LARGE = "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed "
  .. "gigabytes quota. Requested %dG, quota is %dG and %dG has been consumed."
local TOO_MANY = {
  volumes = "VolumeLimitExceeded: Maximum number of volumes allowed (%d) exceeded for quota "
    .. "'volumes'.",
  snapshots = "SnapshotLimitExceeded: Maximum number of snapshots allowed (%d) exceeded",
}

--- Why a project cannot have one more; nil if it can.
-- @param sim the simulator
-- @tparam string project_id
-- @tparam string kind "snapshots" or "volumes"
-- @tparam int gigabytes the size of the new one
function quotas.refusal(sim, project_id, kind, gigabytes)
  local limit, used = limit_of(sim, project_id, "gigabytes"), sim.store:used(project_id)
  if limit >= 0 and used.gigabytes + gigabytes > limit then
    return TOO_LARGE:format(gigabytes, limit, used.gigabytes)
  end
  limit = limit_of(sim, project_id, kind)
  if limit >= 0 and used[kind] >= limit then
    return TOO_MANY[kind]:format(limit)
  end
  return nil
end

--- Raises a refusal if the request's project cannot have one more.
function quotas.check(ctx, kind, gigabytes)
  local refusal = quotas.refusal(ctx.sim, ctx.project.id, kind, gigabytes)
  if refusal then
    ctx:fail(413, refusal, "0")
  end
end

-- Limits ----------------------------------------------------------------------------------

--- GET /limits
function quotas.limits(ctx)
  local sim, id = ctx.sim, ctx.project.id
  local asked = ctx.request.params:get("project_id") or ctx.request.params:get("tenant_id")
  if ctx.is_admin and asked then
    id = asked
  end
  local used = sim.store:used(id)
  return answer.json(200, json.object("limits", json.object("rate", json.array(),
    "absolute", json.object(
      "maxTotalVolumes", limit_of(sim, id, "volumes"),
      "maxTotalSnapshots", limit_of(sim, id, "snapshots"),
      "maxTotalVolumeGigabytes", limit_of(sim, id, "gigabytes"),
      "maxTotalBackups", 10, "maxTotalBackupGigabytes", 1000,
      "totalVolumesUsed", used.volumes, "totalGigabytesUsed", used.gigabytes,
      "totalSnapshotsUsed", used.snapshots,
      "totalBackupsUsed", 0, "totalBackupGigabytesUsed", 0))))
end

-- Quota sets ------------------------------------------------------------------------------

local function quota_set(sim, project_id, with_usage)
  local set = json.object()
  for _, pair in ipairs(NAMES) do
    local name = pair[1]
    local limit = pair[2] or limit_of(sim, project_id, name)
    set:set(name, with_usage and json.object("limit", limit,
      "in_use", used_of(sim, project_id, name), "reserved", 0) or limit)
  end
  return set
end

--- GET /os-quota-sets/{project}
function quotas.show(ctx, project_id)
  if project_id ~= ctx.project.id then
    ctx:only_admin(SHOW)
  end
  local usage = python.boolean(ctx.request.params:get("usage") or "false")
  return answer.json(200, json.object("quota_set",
    quota_set(ctx.sim, project_id, usage):set("id", project_id)))
end

local function check_limit(ctx, name, value)
  local number = tonumber(value)
  if not number or number ~= math.floor(number) then
    ctx:fail(400, name .. " must be an integer")
  elseif number < UNLIMITED then
    ctx:fail(400, name .. " must be >= -1")
  end
  return number
end

local function is_known(name)
  for _, pair in ipairs(NAMES) do
    if pair[1] == name then
      return true
    end
  end
  return false
end

--- PUT /os-quota-sets/{project}
function quotas.update(ctx, project_id)
  ctx:only_admin(UPDATE)
  local wish, limits = ctx:checked_body("quota_set", { open = true }), {}
  for _, name in ipairs(wish.keys) do
    if not is_known(name) then
      ctx:fail(400, "Invalid input received: Bad key(s) in quota set: " .. name)
    end
    limits[name] = check_limit(ctx, name, wish:get(name))
  end
  local project = ctx.sim.accounts.project_by_id[project_id]
    or ctx:fail(404, ("Project %s could not be found."):format(project_id))
  for name, limit in pairs(limits) do
    project.quotas[name] = limit
  end
  return answer.json(200, json.object("quota_set", quota_set(ctx.sim, project_id)))
end

return quotas
