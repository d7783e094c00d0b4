--- How a snapshot is marked as ours, and how one is held.
--
-- A snapshot is ours if its metadata names the policy that made it. With version 1, services keep
-- no metadata: there, the form of its name says so.
local ascii = require "rsnapshots.support.ascii"
local calendar = require "rsnapshots.retention.calendar"
local check = require "rsnapshots.support.check"
local core = require "rsnapshots.core"

local mark = {}

--- The metadata's keys. A key with this prefix is not a tag.
mark.PREFIX = "rsnapshots:"
mark.POLICY, mark.HOLD, mark.SLOT = "rsnapshots:policy", "rsnapshots:hold", "rsnapshots:slot"

local LONGEST = 100 -- bytes of a policy's name, so that a snapshot's name has room for it

--- What is wrong with a policy's name; nil if it is right.
function mark.problem_of(name)
  if name == "" then
    return "it is empty"
  elseif #name > LONGEST then
    return ("it is longer than %d bytes"):format(LONGEST)
  elseif name:find "[%z\1-\31\127]" or not core.is_utf8(name) then
    return "it holds control characters, or is not UTF-8"
  elseif name:find "^ " or name:find " $" then
    return "it begins or ends with a space, which services cut off"
  end
  return nil
end

local function check_name(name)
  check.type(name, "string", "the policy's name")
  local problem = mark.problem_of(name)
  if problem then
    check.fail("the policy's name cannot be used: " .. problem)
  end
  return name
end

--- The metadata that makes a snapshot one of a policy's.
function mark.metadata(name)
  return { [mark.POLICY] = check_name(name) }
end

--- The name that does the same if the service keeps no metadata (version 1). It is the same for all
-- times of one minute: `nightly.rsnapshots.2026-03-01T02:00Z`.
function mark.name_for(name, time)
  check_name(name)
  if not calendar.is_time(time) then
    check.fail "time must be a number of Unix seconds"
  end
  return name .. ".rsnapshots." .. calendar.to_minute(time)
end

local NAME_FORM = "^(.+)%.rsnapshots%.%d%d%d%d%-%d%d%-%d%dT%d%d:%d%dZ$"

--- The name of the policy that made a snapshot; nil if no policy did. The metadata decides; the
-- form of the name counts only if there is no metadata at all.
function mark.of(snapshot)
  local metadata = snapshot.metadata
  if type(metadata) == "table" and next(metadata) ~= nil then
    local name = metadata[mark.POLICY]
    return type(name) == "string" and name ~= "" and name or nil
  end
  local name = snapshot.name
  return type(name) == "string" and name:match(NAME_FORM) or nil
end

--- Is a snapshot held at a time? An unreadable hold counts as one without end.
-- @tparam number now Unix seconds
-- @tparam number offset from UTC in seconds, for dates
function mark.holds(metadata, now, offset)
  local hold = metadata[mark.HOLD]
  if hold == nil then
    return false
  end
  local ends = type(hold) == "string" and ascii.lower(hold) ~= "forever"
    and calendar.time(hold, offset)
  return not ends or now < ends
end

return mark
