--- Slots: of each volume a policy makes one good snapshot per hour, or per day.
--
-- A snapshot says in its metadata which policy and which slot it was made for. Two runs of one
-- slot, on one host or on two, mean the same snapshot, so that a run that is repeated finds what
-- is there already.
-- @module rsnapshots.cli.rotation.slot

local ascii = require "rsnapshots.support.ascii"
local calendar = require "rsnapshots.retention.calendar"
local mark = require "rsnapshots.retention.mark"
local retention = require "rsnapshots.retention"

local slot = {}

local KINDS = { hour = { period = "hourly", seconds = 3600 },
  day = { period = "daily", seconds = 86400 } }

--- The metadata's key of a slot.
slot.KEY = mark.SLOT

--- The slot of a time.
-- @tparam table policy `slot` ("hour", "day"), `rules` with `utc_offset`
-- @tparam number now Unix seconds
-- @treturn table `name` (`2026-03-01T02`, `2026-03-01`), `start` (Unix seconds)
function slot.at(policy, now)
  local kind, offset = KINDS[policy.slot], policy.rules.utc_offset
  return { name = calendar.period[kind.period](now, offset),
    start = math.floor((now + offset) / kind.seconds) * kind.seconds - offset }
end

-- What stands for {policy} and so on in a snapshot's name.
local function fill(format, values)
  return (format:gsub("{([%l_]+)}", values))
end

--- The names that a format may have in braces.
slot.FIELDS = { "policy", "slot", "volume", "volume_id" }

--- What is wrong with a format of names; nil if nothing is.
function slot.problem_of(format)
  for name in format:gmatch "{([^}]*)}" do
    local known = false
    for _, field in ipairs(slot.FIELDS) do
      known = known or field == name
    end
    if not known then
      return ("there is no {%s}; there are {%s}"):format(name, table.concat(slot.FIELDS, "}, {"))
    end
  end
  return nil
end

local LONGEST = 255 -- characters of a name, which services count; bytes are never fewer

-- A text of so many bytes at most, not cut within a character.
local function shorten(text)
  if #text <= LONGEST then
    return text
  end
  return (text:sub(1, LONGEST):gsub("[\192-\255][\128-\191]*$", ""))
end

--- What makes the snapshot of a slot.
-- @tparam table policy
-- @tparam table volume
-- @tparam table when a slot
-- @tparam boolean keeps_metadata does the service?
-- @treturn table options of client:create
function slot.options(policy, volume, when, keeps_metadata)
  local options = { volume_id = volume.id, description = policy.description, force = policy.force,
    once = true }
  if not keeps_metadata then
    options.name = retention.name_for(policy.name, when.start)
    return options
  end
  options.name = shorten(fill(policy.name_format or "{policy}-{slot}", { policy = policy.name,
    slot = when.name, volume = volume.name or volume.id, volume_id = volume.id }))
  options.metadata = {}
  for _, more in ipairs { policy.property or {}, retention.mark(policy.name),
    { [slot.KEY] = when.name } } do
    for key, value in pairs(more) do
      options.metadata[key] = value
    end
  end
  return options
end

--- Was a snapshot made for this policy and slot?
function slot.has(snapshot, policy, when)
  if retention.policy_of(snapshot) ~= policy.name then
    return false
  end
  local name = snapshot.metadata[slot.KEY]
  if name == nil then
    return snapshot.name == retention.name_for(policy.name, when.start)
  end
  return name == when.name
end

local NEVER_GOOD = { ERROR = true, ERROR_DELETING = true, DELETING = true, DELETED = true,
  UNMANAGING = true }

--- Those of a slot among a volume's snapshots that are good, or may become so: the least id first,
-- which is the one that stays where there are several.
-- @treturn {Snapshot,...}
function slot.found(snapshots, policy, when)
  local found = {}
  for _, snapshot in ipairs(snapshots) do
    if slot.has(snapshot, policy, when) and not NEVER_GOOD[snapshot.status] then
      found[#found + 1] = snapshot
    end
  end
  table.sort(found, function(a, b) return ascii.less(a.id, b.id) end)
  return found
end

return slot
