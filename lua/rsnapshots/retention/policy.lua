--- A policy: what to keep, checked.
--
-- Wrong values in a policy give an error of kind `invalid`; a value of a wrong type raises.
local calendar = require "rsnapshots.retention.calendar"
local check = require "rsnapshots.support.check"
local compat = require "rsnapshots.support.compat"
local errors = require "rsnapshots.error"
local mark = require "rsnapshots.retention.mark"
local suggest = require "rsnapshots.support.suggest"
local tables = require "rsnapshots.support.tables"

local policy = {}

-- A checked policy.
local Policy = { __name = "rsnapshots.Policy" }
Policy.__index = Policy

--- The kinds of period, from the shortest on.
policy.PERIODS = { "hourly", "daily", "weekly", "monthly", "yearly" }

--- What snapshots can be grouped by: a field, or "none" for one group of them all.
local GROUPS = { "volume_id", "project_id", "name", "none" }

-- ------------------------------------------------------------------- values
--
-- A function that reads a rule returns nil if the rule keeps nothing.

-- Quotes tell "3" from 3.
local function shown(value)
  return type(value) == "string" and ('"%s"'):format(value) or tostring(value)
end

-- If a value is wrong, raises an error, which `check.caught` turns into a result.
local function need(is_right, name, problem, ...)
  if not is_right then
    error(errors.new("invalid", name .. " " .. problem:format(...)), 0)
  end
end

-- How many to keep: math.huge for all.
local function read_count(value, name)
  if value == "unlimited" or value == -1 then
    return math.huge
  end
  need(type(value) ~= "string" and compat.is_integer(check.type(value, "number", name))
    and value >= 0, name, "must be a whole number, or \"unlimited\" (-1) for all of them, not %s",
    shown(value))
  return value > 0 and value or nil
end

local function read_duration(value, name)
  local duration, problem = calendar.duration(check.type(value, "string", name))
  need(duration, name, "'%s' is not a duration: %s", value, problem)
  return duration.text ~= "" and duration or nil
end

-- A tag as people write it, a key or key=value; nil if it is not a tag.
local function tag_of(text)
  local key, value = text:match "^([^=]+)=(.*)$"
  return (key or text:find "^[^=]") and { key = key or text, value = value } or nil
end

-- The texts between commas; none in an empty text.
local function split(text)
  local parts = {}
  for part in (text == "" and "" or text .. ","):gmatch "([^,]*)," do
    parts[#parts + 1] = part
  end
  return parts
end

-- A set of tags, all of which a snapshot must have; the empty set is for snapshots without tags.
local function read_tag_set(value, name, where)
  local texts = type(value) == "string" and split(value) or check.list(value, where)
  local set = {}
  for i, text in ipairs(texts) do
    set[i] = tag_of(check.type(text, "string", where))
    need(set[i], name, "'%s' is not a tag: write KEY or KEY=VALUE", text)
  end
  set.text = "[" .. table.concat(texts, " ") .. "]"
  return set
end

local function read_tags(value, name)
  local sets = {}
  for i, item in ipairs(type(value) == "string" and { value } or check.list(value, name)) do
    sets[i] = read_tag_set(item, name, ("%s[%d]"):format(name, i))
  end
  return #sets > 0 and sets or nil
end

local function read_offset(value, name)
  local seconds
  if type(value) == "string" then
    seconds = calendar.offset(value)
  elseif calendar.is_offset(check.type(value, "number", name)) then
    seconds = value
  end
  need(seconds, name, "must be an offset such as +02:00, or whole minutes in seconds, of at most "
    .. "14 hours, not %s", shown(value))
  return seconds
end

local function read_group(value, name)
  for _, known in ipairs(GROUPS) do
    if known == check.type(value, "string", name) then
      return value
    end
  end
  need(false, name, "cannot be '%s'%s: it is one of %s", value, suggest.hint(value, GROUPS),
    table.concat(GROUPS, ", "))
end

local function read_now(value, name)
  need(calendar.is_time(check.type(value, "number", name)), name, "must be a time in Unix seconds")
  return value
end

local function read_name(value, name)
  local problem = mark.problem_of(check.type(value, "string", name))
  need(not problem, name, "cannot be used: %s", problem)
  return value
end

--- How many may be removed: `count` (math.huge: any number), or `percent` of each group. Raises an
-- error if it is wrong, as all these functions do: see `check.caught`.
function policy.limit(value, name)
  local limit = {}
  if value == "unlimited" or value == math.huge then
    return { count = math.huge, given = "unlimited" }
  elseif type(value) == "string" then
    limit.percent = tonumber(value:match "^(%d%d?%d?)%%$")
  elseif check.type(value, "number", name) >= 0 and value % 1 == 0 then
    limit.count = value
  end
  need(limit.count or limit.percent and limit.percent <= 100, name, "must be a whole number, or a "
    .. "percentage of each group such as \"50%%\", or \"unlimited\", not %s", shown(value))
  limit.given = value
  return limit
end

-- ---------------------------------------------------------------- the whole

local READ = {
  name = read_name, keep_tag = read_tags, keep_within = read_duration, keep_last = read_count,
  group_by = read_group, utc_offset = read_offset, now = read_now,
  all = function(value, name) return check.type(value, "boolean", name) end,
  max_remove = policy.limit,
}
for _, period in ipairs(policy.PERIODS) do
  READ["keep_" .. period] = read_count
  READ["keep_within_" .. period] = read_duration
end

--- The names of all fields of a policy, in order.
policy.KEYS = suggest.names_of(READ)

-- The end of this second: a snapshot that was made in this second is not in the future.
local function clock()
  return os.time() + 1
end

-- Reads the values of a policy; false if none of its rules keeps anything.
local function read_values(given)
  local has_rules = false
  local made = { now = clock(), utc_offset = 0, group_by = "volume_id", all = false }
  for _, name in ipairs(policy.KEYS) do
    if given[name] ~= nil then
      made[name] = READ[name](given[name], name)
      has_rules = has_rules or made[name] ~= nil and name:find "^keep_" ~= nil
    end
  end
  return has_rules and setmetatable(made, Policy)
end

--- Checks a policy, and leaves out rules that keep nothing: see `rsnapshots.retention.read_policy`.
function policy.read(given)
  if getmetatable(given) == Policy then
    return given
  end
  for key in pairs(check.type(given, "table", "the policy")) do
    if not READ[key] then
      return errors.fail("invalid", ("the policy has no '%s'%s"):format(tostring(key),
        suggest.hint(tostring(key), policy.KEYS)))
    end
  end
  local made, err = check.caught(read_values, given)
  if err then
    return errors.fail("invalid", "the policy cannot be used: " .. err.message)
  elseif not made then
    return errors.fail("invalid",
      "the policy would keep nothing: give at least one rule, such as keep_daily = 7")
  end
  return made
end

--- The same policy at another time: see `rsnapshots.retention.at`.
function policy.at(read, now, stays)
  local copy = tables.fill(setmetatable({}, Policy), read)
  copy.now, copy.stays = now or clock(), stays
  return copy
end

return policy
