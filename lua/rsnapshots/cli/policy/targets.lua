--- The volumes that a policy is for.
-- @module rsnapshots.cli.policy.targets

local lookup = require "rsnapshots.cli.run.lookup"

local targets = {}

-- The target for the volume with that id or name.
local function by_name(client, policy, name)
  local volume, err = lookup.volume_record(client, name)
  return { policy = policy, name = name, volume = volume, err = err }
end

local function named(client, policy, found)
  local seen = {}
  for _, name in ipairs(policy.volumes) do
    local target = by_name(client, policy, name)
    local id = target.volume and target.volume.id or name
    if not seen[id] then -- a volume that is named twice counts once
      found[#found + 1] = target
    end
    seen[id] = true
  end
end

local function described(map)
  local parts = {}
  for key, value in pairs(map) do
    parts[#parts + 1] = key .. "=" .. value
  end
  table.sort(parts)
  return table.concat(parts, ", ")
end

local function with_property(context, policy, found)
  local volumes, err = context.client:volumes({ metadata = policy.volume_property }):all()
  for _, volume in ipairs(volumes or {}) do
    found[#found + 1] = { policy = policy, name = lookup.label(volume), volume = volume }
  end
  if not volumes or #volumes == 0 then
    local errors = require "rsnapshots.error"
    found[#found + 1] = { policy = policy, name = described(policy.volume_property),
      err = err or errors.new("not_found", "no volume has this property") }
  end
end

-- Gives each its label for messages: the name, with the id if several volumes have the name, and
-- with the policy if there are several.
local function label_all(found, policies)
  local ids = {} -- by name; false if there are several
  for _, target in ipairs(found) do
    local name, id = target.name, target.volume and target.volume.id or target.name
    ids[name] = (ids[name] == nil or ids[name] == id) and id
  end
  for _, target in ipairs(found) do
    local id = ids[target.name] == false and target.volume and target.volume.id
    target.label = target.name .. (id and (" (%s)"):format(id) or "")
      .. (#policies > 1 and (" (%s)"):format(target.policy.name) or "")
  end
end

--- Finds the volumes of policies.
-- @tparam Context context connected
-- @tparam {table,...} policies each with `volumes` or `volume_property`
-- @treturn {table,...} a target each: `policy`, `name` (the volume's, for people), `label` (unique,
-- for messages), `volume`, or `err` if it could not be found
function targets.of(context, policies)
  local found = {}
  for _, policy in ipairs(policies) do
    if policy.volumes then
      named(context.client, policy, found)
    else
      with_property(context, policy, found)
    end
  end
  label_all(found, policies)
  return found
end

--- Finds the volumes of policies, and warns about those that cannot be found.
-- @tparam Context context connected
-- @tparam {table,...} policies
-- @treturn {table,...} the targets that have a volume
-- @treturn ?int the exit status of the first that has none
function targets.found(context, policies)
  local found, first = {}, nil
  for _, target in ipairs(targets.of(context, policies)) do
    if target.volume then
      found[#found + 1] = target
    else
      local exit_status = context:report(target.err, target.label)
      first = first or exit_status
    end
  end
  return found, first
end

return targets
