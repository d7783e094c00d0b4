--- Slots: a policy makes one good snapshot of each volume per hour or day.
--
-- A snapshot's metadata says for which policy and slot it was made. All runs in one slot, on one
-- host or several, are about the same snapshot, so a repeated run finds the one that exists
-- already.
-- @module rsnapshots.cli.rotation.slot

local ascii = require "rsnapshots.support.ascii"
local calendar = require "rsnapshots.retention.calendar"
local lookup = require "rsnapshots.cli.run.lookup"
local mark = require "rsnapshots.retention.mark"
local plans = require "rsnapshots.retention.plan"
local retention = require "rsnapshots.retention"
local tables = require "rsnapshots.support.tables"

local slot = {}

local KINDS = { hour = { period = "hourly", seconds = 3600 },
  day = { period = "daily", seconds = 86400 } }

--- The metadata key of the slot.
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

-- Fills in {policy} and the other fields of a name format.
local function fill(format, values)
  return (format:gsub("{([%l_]+)}", values))
end

--- The fields that a name format may contain, in braces.
slot.FIELDS = { "policy", "slot", "volume", "volume_id" }

--- Checks a name format. Returns what is wrong; nil if it is right.
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

local LONGEST = 255 -- services limit the characters of a name; there are never fewer bytes

-- Cuts a text to LONGEST bytes, but not within a character.
local function shorten(text)
  if #text <= LONGEST then
    return text
  end
  return (text:sub(1, LONGEST):gsub("[\192-\255][\128-\191]*$", ""))
end

--- The options that create the snapshot of a slot.
-- @tparam table policy
-- @tparam table volume
-- @tparam table when a slot
-- @tparam boolean keeps_metadata whether the service keeps metadata
-- @treturn table options for client:create
function slot.options(policy, volume, when, keeps_metadata)
  local options = { volume_id = volume.id, description = policy.description, force = policy.force,
    once = true }
  if not keeps_metadata then
    options.name = retention.name_for(policy.name, when.start)
    return options
  end
  options.name = shorten(fill(policy.name_format or "{policy}-{slot}", { policy = policy.name,
    slot = when.name, volume = lookup.label(volume), volume_id = volume.id }))
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

--- Finds the snapshots of a slot that are good, or may become good. The one with the lowest id
-- comes first; if there are several, that one stays.
-- @treturn {Snapshot,...}
function slot.found(snapshots, policy, when)
  local found = tables.select(snapshots, function(snapshot)
    return slot.has(snapshot, policy, when) and not NEVER_GOOD[snapshot.status]
  end)
  table.sort(found, function(a, b) return ascii.less(a.id, b.id) end)
  return found
end

local APART = 14 * 3600 -- seconds: a service may give times of another zone without saying so

--- Was a snapshot made long before or after its slot? Then the clock was wrong, or is wrong now.
function slot.is_misdated(snapshot, policy, when)
  local time, ending = plans.time_of(snapshot), when.start + KINDS[policy.slot].seconds
  return time ~= nil and (time < when.start - APART or time > ending + APART)
end

--- One of a slot's snapshots: a good one if possible, otherwise one that may become good.
function slot.best(found)
  for _, snapshot in ipairs(found) do
    if snapshot.status == "AVAILABLE" then
      return snapshot
    end
  end
  return found[1]
end

local SKEW = 3600 -- seconds that the service's clock may be ahead

--- A policy's rules for a turn: the slot's snapshot stays, and tells the service's time. If it has
-- no time, or a much later one, this host's time counts.
function slot.rules(policy, snapshot)
  local created = plans.time_of(snapshot)
  local now = created and created <= os.time() + SKEW and math.ceil(created) or nil
  return retention.at(policy.rules, now, snapshot.id)
end

return slot
