--- A model of what retention must decide: slow, simple, and written from the rules, not from the
-- code.
--
-- It counts days one by one, orders by selection, and asks one rule after another about a whole
-- group.
local model = {}

-- ------------------------------------------------------------------ calendar

local function leap(year)
  return (year % 4 == 0 and year % 100 ~= 0) or year % 400 == 0
end

local function days_in_month(year, month)
  local days = { 31, leap(year) and 29 or 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
  return days[month]
end

local first_day = {} -- of each year, counted from 1970-01-01

local function first_day_of(year)
  if not first_day[year] then
    local day = 0
    for past = 1970, year - 1 do
      day = day + (leap(past) and 366 or 365)
    end
    for past = year, 1969 do
      day = day - (leap(past) and 366 or 365)
    end
    first_day[year] = day
  end
  return first_day[year]
end

local function day_number(year, month, day)
  local number = first_day_of(year)
  for past = 1, month - 1 do
    number = number + days_in_month(year, past)
  end
  return number + day - 1
end

--- Unix seconds of a time such as "2026-03-01T02:30:15" (UTC; what is missing is 0).
function model.at(text)
  local year, month, day, rest = text:match "^(%d+)%-(%d+)%-(%d+)T?(.*)$"
  local parts = {}
  for part in rest:gmatch "%d+" do
    parts[#parts + 1] = tonumber(part)
  end
  return day_number(tonumber(year), tonumber(month), tonumber(day)) * 86400
    + (parts[1] or 0) * 3600 + (parts[2] or 0) * 60 + (parts[3] or 0)
end

-- Year, month, day, hour and day number of a time.
local function civil(time)
  local number = math.floor(time / 86400)
  local year = 1970
  while number < first_day_of(year) do
    year = year - 1
  end
  while number >= first_day_of(year + 1) do
    year = year + 1
  end
  local month, day = 1, number - first_day_of(year) + 1
  while day > days_in_month(year, month) do
    day = day - days_in_month(year, month)
    month = month + 1
  end
  return year, month, day, math.floor((time - number * 86400) / 3600), number
end

-- Monday is 0; 1970-01-01 was a Thursday.
local function weekday(number)
  return (number + 3) % 7
end

-- The Monday of a year's week 1, which is the week of 4 January.
local function first_monday(year)
  local fourth = day_number(year, 1, 4)
  return fourth - weekday(fourth)
end

local function iso_week(number)
  local year = (civil(number * 86400)) + 1
  while first_monday(year) > number do
    year = year - 1
  end
  local week = 1
  while first_monday(year) + week * 7 <= number do
    week = week + 1
  end
  return year * 100 + week
end

local KEYS = {
  hourly = function(y, m, d, h) return ((y * 100 + m) * 100 + d) * 100 + h end,
  daily = function(y, m, d) return (y * 100 + m) * 100 + d end,
  weekly = function(_, _, _, _, number) return iso_week(number) end,
  monthly = function(y, m) return y * 100 + m end,
  yearly = function(y) return y end,
}

local UNITS = { y = "years", m = "months", d = "days", h = "hours" }

local function duration_of(text)
  local parts = { years = 0, months = 0, days = 0, hours = 0 }
  for digits, unit in text:gmatch "(%d+)(%a)" do
    parts[UNITS[unit]] = tonumber(digits)
  end
  return parts
end

-- Months are stepped back one by one; a day that a month lacks overflows into the next one.
local function cutoff(reference, text, offset)
  local back = duration_of(text)
  local here = reference + offset
  local year, month, day, _, number = civil(here)
  for _ = 1, back.years * 12 + back.months do
    month = month - 1
    if month == 0 then
      year, month = year - 1, 12
    end
  end
  local moved = day_number(year, month, 1) + (day - 1) - back.days
  return moved * 86400 + (here - number * 86400) - offset - back.hours * 3600
end

-- ------------------------------------------------------------------ the rules

local PERIODS = { "hourly", "daily", "weekly", "monthly", "yearly" }

local function owner(snapshot)
  return snapshot.metadata and snapshot.metadata["rsnapshots:policy"]
end

local function is_ours(snapshot, policy)
  local name = owner(snapshot)
  if name == nil then
    return policy.all == true
  end
  return policy.name == nil or policy.name == name
end

local function is_held(snapshot, policy)
  local hold = snapshot.metadata and snapshot.metadata["rsnapshots:hold"]
  if hold == nil then
    return false
  elseif hold:match "^%d%d%d%d%-%d%d%-%d%d$" then
    return policy.now < model.at(hold) - (policy.utc_offset or 0)
  end
  return true
end

local function is_free(snapshot, policy)
  return is_ours(snapshot, policy) and not is_held(snapshot, policy)
    and snapshot.group_snapshot_id == nil and snapshot.created_time ~= nil
end

local function is_candidate(snapshot, policy)
  return is_free(snapshot, policy) and snapshot.status == "AVAILABLE"
end

local function is_newer(a, b)
  return a.created_time > b.created_time or (a.created_time == b.created_time and a.id > b.id)
end

local function newest_first(snapshots)
  local rest, sorted = {}, {}
  for i, snapshot in ipairs(snapshots) do
    rest[i] = snapshot
  end
  while #rest > 0 do
    local best = 1
    for i = 2, #rest do
      if is_newer(rest[i], rest[best]) then
        best = i
      end
    end
    sorted[#sorted + 1] = table.remove(rest, best)
  end
  return sorted
end

local function has_tags(snapshot, set)
  local own = 0
  for key in pairs(snapshot.metadata or {}) do
    own = own + (key:find "^rsnapshots:" and 0 or 1)
  end
  if #set == 0 then
    return own == 0
  end
  for _, tag in ipairs(set) do
    local key, value = tag:match "^(.-)=(.*)$"
    local there = (snapshot.metadata or {})[key or tag]
    if there == nil or (value and there ~= value) then
      return false
    end
  end
  return true
end

-- Gives every snapshot of a list that a rule of periods keeps its reason.
local function by_period(add, list, period, count, after, reason, offset)
  local last, used = nil, 0
  for i, snapshot in ipairs(list) do
    local key = KEYS[period](civil(snapshot.created_time + offset))
    if used < count and (not after or snapshot.created_time > after) then
      if key ~= last then
        add(snapshot, reason)
        last, used = key, used + 1
      elseif i == #list then
        add(snapshot, "oldest " .. reason)
        used = used + 1
      end
    end
  end
end

local function count_of(value)
  return (value == -1 or value == "unlimited") and math.huge or value or 0
end

local function ask_rules(add, list, policy, reference)
  local offset = policy.utc_offset or 0
  for _, set in ipairs(policy.keep_tag or {}) do
    for _, snapshot in ipairs(list) do
      if has_tags(snapshot, set) then
        add(snapshot, "has tags [" .. table.concat(set, " ") .. "]")
      end
    end
  end
  if policy.keep_within then
    local after = cutoff(reference, policy.keep_within, offset)
    for _, snapshot in ipairs(list) do
      if snapshot.created_time > after then
        add(snapshot, "within " .. policy.keep_within)
      end
    end
  end
  for i = 1, math.min(#list, count_of(policy.keep_last)) do
    add(list[i], "last snapshot")
  end
  for _, period in ipairs(PERIODS) do
    by_period(add, list, period, count_of(policy["keep_" .. period]), nil, period .. " snapshot",
      offset)
  end
  for _, period in ipairs(PERIODS) do
    local within = policy["keep_within_" .. period]
    if within then
      by_period(add, list, period, math.huge, cutoff(reference, within, offset),
        period .. " within " .. within, offset)
    end
  end
end

local function decide_failed(decided, group, good, policy)
  for _, snapshot in ipairs(group) do
    if snapshot.status == "ERROR" and owner(snapshot) and is_free(snapshot, policy)
      and snapshot.created_time < policy.now - 86400
      and snapshot.created_time < good[1].created_time then
      decided[snapshot.id] = { keep = false, reasons = { ("failed, and %s is newer"):format(
        good[1].id) } }
    end
  end
end

local function decide_group(decided, group, policy)
  local good, reference = {}, nil
  for _, snapshot in ipairs(group) do
    decided[snapshot.id] = { keep = true, reasons = {} }
    if is_candidate(snapshot, policy) then
      good[#good + 1] = snapshot
    end
  end
  good = newest_first(good)
  for i = #good, 1, -1 do
    reference = good[i].created_time <= policy.now and good[i].created_time or reference
  end
  if not reference then
    return
  end
  for _, snapshot in ipairs(good) do
    decided[snapshot.id].keep = false
  end
  ask_rules(function(snapshot, reason)
    local entry = decided[snapshot.id]
    entry.keep = true
    entry.reasons[#entry.reasons + 1] = reason
  end, good, policy, reference)
  local newest = decided[good[1].id]
  if not newest.keep then
    newest.keep, newest.reasons = true, { "newest good snapshot" }
  end
  decide_failed(decided, group, good, policy)
end

--- Decides.
-- @treturn table by id: `keep`, and `reasons` of those that a rule keeps, and of failed ones that
-- go; empty for others
function model.decide(snapshots, policy)
  local groups, decided = {}, {}
  for _, snapshot in ipairs(snapshots) do
    groups[snapshot.volume_id] = groups[snapshot.volume_id] or {}
    table.insert(groups[snapshot.volume_id], snapshot)
  end
  for _, group in pairs(groups) do
    decide_group(decided, group, policy)
  end
  return decided
end

model.is_candidate, model.is_free, model.newest_first = is_candidate, is_free, newest_first

return model
