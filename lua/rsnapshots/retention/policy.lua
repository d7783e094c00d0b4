--- A policy: what to keep, checked.
--
-- A policy of wrong content is an error of kind `invalid`; a value of a wrong type raises.
local calendar = require "rsnapshots.retention.calendar"
local check = require "rsnapshots.support.check"
local compat = require "rsnapshots.support.compat"
local errors = require "rsnapshots.error"
local mark = require "rsnapshots.retention.mark"
local suggest = require "rsnapshots.support.suggest"

local policy = {}

-- A policy that was checked.
local Policy = { __name = "rsnapshots.Policy" }
Policy.__index = Policy

--- The kinds of period, from the shortest on.
policy.PERIODS = { "hourly", "daily", "weekly", "monthly", "yearly" }

--- What snapshots can be grouped by: a field, or "none" for one group of them all.
local GROUPS = { "volume_id", "project_id", "name", "none" }

-- ------------------------------------------------------------------- values

-- Quotes tell "3" from 3.
local function shown(value)
  return type(value) == "string" and ('"%s"'):format(value) or tostring(value)
end

-- How many to keep: math.huge for all. nil and what is wrong.
local function read_count(value, name)
  if value == "unlimited" or value == -1 then
    return math.huge
  elseif type(value) == "string" or (type(value) == "number"
      and not (compat.is_integer(value) and value >= 0)) then
    return nil, ("must be a whole number, or \"unlimited\" (-1) for all of them, not %s")
      :format(shown(value))
  end
  return check.type(value, "number", name)
end

local function read_duration(value, name)
  local duration, problem = calendar.duration(check.type(value, "string", name))
  if not duration then
    return nil, ("'%s' is not a duration: %s"):format(value, problem)
  end
  return duration
end

-- A tag as people write it, a key or key=value; nil if it is none.
local function tag_of(text)
  local key, value = text:match "^([^=]+)=(.*)$"
  return (key or text:find "^[^=]") and { key = key or text, value = value } or nil
end

-- The texts between commas; none in an empty one.
local function split(text)
  local parts = {}
  for part in (text == "" and "" or text .. ","):gmatch "([^,]*)," do
    parts[#parts + 1] = part
  end
  return parts
end

-- A set of tags, all of which a snapshot must have; the empty one is for those without any.
local function read_tag_set(value, name)
  local texts = type(value) == "string" and split(value) or check.list(value, name)
  local set = {}
  for i, text in ipairs(texts) do
    set[i] = tag_of(check.type(text, "string", name))
    if not set[i] then
      return nil, ("'%s' is not a tag: write KEY or KEY=VALUE"):format(text)
    end
  end
  set.text = "[" .. table.concat(texts, " ") .. "]"
  return set
end

local function read_tags(value, name)
  local sets = {}
  for i, item in ipairs(type(value) == "string" and { value } or check.list(value, name)) do
    local set, problem = read_tag_set(item, ("%s[%d]"):format(name, i))
    if not set then
      return nil, problem
    end
    sets[i] = set
  end
  return sets
end

local function read_offset(value, name)
  if type(value) ~= "string" then
    check.type(value, "number", name)
  end
  local seconds = type(value) == "string" and calendar.offset(value)
    or type(value) == "number" and calendar.is_offset(value) and value
  if not seconds then
    return nil, ("must be an offset such as +02:00, or whole minutes in seconds, of at most 14 "
      .. "hours, not %s"):format(shown(value))
  end
  return seconds
end

local function read_group(value, name)
  check.type(value, "string", name)
  for _, known in ipairs(GROUPS) do
    if known == value then
      return value
    end
  end
  return nil, ("cannot be '%s'%s: it is one of %s"):format(value, suggest.hint(value, GROUPS),
    table.concat(GROUPS, ", "))
end

local function read_now(value, name)
  check.type(value, "number", name)
  if not calendar.is_time(value) then
    return nil, "must be a time in Unix seconds"
  end
  return value
end

local function read_name(value, name)
  local problem = mark.problem_of(check.type(value, "string", name))
  if problem then
    return nil, "cannot be used: " .. problem
  end
  return value
end

-- How many may be removed: `count` (math.huge: any number), or `percent` of each group.
local function read_limit(value, name)
  if value == "unlimited" or value == math.huge then
    return { count = math.huge, given = "unlimited" }
  elseif type(value) == "string" then
    local percent = tonumber(value:match "^(%d%d?%d?)%%$" or math.huge)
    if percent <= 100 then
      return { percent = percent, given = value }
    end
  elseif check.type(value, "number", name) >= 0 and value % 1 == 0 then
    return { count = value, given = value }
  end
  return nil, ("must be a whole number, or a percentage of each group such as \"50%%\", or "
    .. "\"unlimited\", not %s"):format(shown(value))
end

-- ---------------------------------------------------------------- the whole

local READ = {
  name = read_name, keep_tag = read_tags, keep_within = read_duration, keep_last = read_count,
  group_by = read_group, utc_offset = read_offset, now = read_now,
  all = function(value, name) return check.type(value, "boolean", name) end,
  max_remove = read_limit,
}
for _, period in ipairs(policy.PERIODS) do
  READ["keep_" .. period] = read_count
  READ["keep_within_" .. period] = read_duration
end

--- The names of all that a policy can have, in order.
policy.KEYS = suggest.names_of(READ)

local function invalid(message)
  return errors.fail("invalid", "the policy " .. message)
end

-- Does it keep anything, if it is a rule?
local function keeps(name, value)
  if name == "keep_tag" then
    return #value > 0
  elseif type(value) == "table" then
    return value.text ~= ""
  end
  return value > 0
end

-- The end of this second: a snapshot that was made within it is not of the future.
local function clock()
  return os.time() + 1
end

-- Reads all that is given into a policy. Gives whether a rule in it keeps anything; nil and an
-- error.
local function read_all(given, read)
  local has_rules = false
  for _, name in ipairs(policy.KEYS) do
    local value, problem
    if given[name] ~= nil then
      value, problem = READ[name](given[name], name)
    end
    if problem then
      return invalid(("cannot be used: %s %s"):format(name, problem))
    elseif value ~= nil and not name:find "^keep_" then
      read[name] = value
    elseif value ~= nil and keeps(name, value) then
      read[name], has_rules = value, true
    end
  end
  return has_rules
end

--- Checks a policy, and leaves out rules that keep nothing: see `rsnapshots.retention.read_policy`.
function policy.read(given)
  if getmetatable(given) == Policy then
    return given
  end
  for key in pairs(check.type(given, "table", "the policy")) do
    if not READ[key] then
      local name = tostring(key)
      return invalid(("has no '%s'%s"):format(name, suggest.hint(name, policy.KEYS)))
    end
  end
  local read = setmetatable({ now = clock(), utc_offset = 0, group_by = "volume_id",
    all = false }, Policy)
  local has_rules, err = read_all(given, read)
  if has_rules == false then
    return invalid "would keep nothing: give at least one rule, such as keep_daily = 7"
  end
  return has_rules and read, err
end

--- The same policy at another time: see `rsnapshots.retention.at`.
function policy.at(read, now)
  local copy = setmetatable({}, Policy)
  for name, value in pairs(read) do
    copy[name] = value
  end
  copy.now = now or clock()
  return copy
end

--- Checks how many may be removed, as a policy's `max_remove`.
-- @treturn table `count`, or `percent` of each group; nil and an error
function policy.limit(value)
  local limit, problem = read_limit(value, "max_remove")
  if not limit then
    return errors.fail("invalid", "max_remove " .. problem)
  end
  return limit
end

return policy
