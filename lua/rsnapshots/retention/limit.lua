--- How many a plan may remove: one edited line must not delete months.
--
-- What counts are good snapshots: one that failed holds nothing that could be lost.
local errors = require "rsnapshots.error"
local policies = require "rsnapshots.retention.policy"

local limit = {}

local SMALL = 3 -- a group of so many may lose all but its newest
local DEFAULT = { percent = 50 }

local function good_removals(group)
  local count = 0
  for _, entry in ipairs(group.remove) do
    if entry.record.status == "AVAILABLE" then
      count = count + 1
    end
  end
  return count
end

local function name_of(group)
  return group.key == "" and "the group" or group.key
end

local function refused(message)
  return errors.fail("invalid", "nothing was removed: " .. message
    .. "; look at the plan, and raise max_remove (--max-remove) if that is what you want")
end

local function check_groups(plan, percent, smallest)
  for _, group in ipairs(plan.groups) do
    local count = good_removals(group)
    if group.good > smallest and count * 100 > percent * group.good then
      return refused(("%d of %d snapshots of %s would go, and the limit is %d%%")
        :format(count, group.good, name_of(group), percent))
    end
  end
  return true
end

local function check_sum(plan, most)
  local sum = 0
  for _, group in ipairs(plan.groups) do
    sum = sum + good_removals(group)
  end
  if sum > most then
    return refused(("%d snapshots would go, and the limit is %d"):format(sum, most))
  end
  return true
end

--- Is a plan within its limit? That is `wanted`, or the policy's `max_remove`, or half of each
-- group of more than three. Otherwise nil and an error of kind `invalid`, with both counts.
function limit.check(plan, wanted)
  local chosen = plan.max_remove
  if wanted ~= nil then
    local err
    chosen, err = policies.limit(wanted)
    if not chosen then
      return nil, err
    end
  end
  if not chosen then
    return check_groups(plan, DEFAULT.percent, SMALL)
  elseif chosen.percent then
    return check_groups(plan, chosen.percent, 0)
  end
  return check_sum(plan, chosen.count)
end

return limit
