--- Dates and durations. They are computed here, since `os.date` depends on the host's time
-- zone and locale.
local core = require "rsnapshots.core"

local calendar = {}

local HOUR, DAY = 3600, 86400

-- Days of a common year before each month.
local BEFORE_MONTH = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 }

local function is_leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

--- Days from 1970-01-01 to a date. Months and days beyond their range go on into the next
-- months: the 31st of February is the 2nd or 3rd of March.
local function days_of(year, month, day)
  year = year + math.floor((month - 1) / 12)
  month = (month - 1) % 12 + 1
  local past = year - 1
  local days = past * 365 + math.floor(past / 4) - math.floor(past / 100)
    + math.floor(past / 400) - 719162 + BEFORE_MONTH[month] + day - 1
  return month > 2 and is_leap(year) and days + 1 or days
end

local function year_of(days)
  local year = math.floor(days / 365.2425) + 1970
  if days < days_of(year, 1, 1) then
    return year - 1
  elseif days >= days_of(year + 1, 1, 1) then
    return year + 1
  end
  return year
end

-- Year, month and day of so many days from 1970-01-01.
local function date_of(days)
  local year = year_of(days)
  local month = 12
  while days < days_of(year, month, 1) do
    month = month - 1
  end
  return year, month, days - days_of(year, month, 1) + 1
end

-- Year and number of the ISO week: the week belongs to its Thursday's year.
local function week_of(days)
  local thursday = days - (days + 3) % 7 + 3
  local year = year_of(thursday)
  return year, math.floor((thursday - days_of(year, 1, 1)) / 7) + 1
end

-- ----------------------------------------------------------------- periods

local function day_at(time, offset)
  return math.floor((time + offset) / DAY)
end

local function hour_at(time, offset)
  return math.floor((time + offset) % DAY / HOUR)
end

--- The name of the hour, day, week, month or year that holds a time, by kind.
calendar.period = {
  hourly = function(time, offset)
    local year, month, day = date_of(day_at(time, offset))
    return ("%04d-%02d-%02dT%02d"):format(year, month, day, hour_at(time, offset))
  end,
  daily = function(time, offset)
    return ("%04d-%02d-%02d"):format(date_of(day_at(time, offset)))
  end,
  weekly = function(time, offset)
    return ("%04d-W%02d"):format(week_of(day_at(time, offset)))
  end,
  monthly = function(time, offset)
    return (("%04d-%02d-%02d"):format(date_of(day_at(time, offset))):match "^(.*)%-")
  end,
  yearly = function(time, offset)
    return ("%04d"):format(year_of(day_at(time, offset)))
  end,
}

-- The years that can be written with four digits.
local FIRST, LAST = days_of(1, 1, 1) * DAY, days_of(9999, 12, 31) * DAY

--- Is this a time that periods can be named for?
function calendar.is_time(value)
  return type(value) == "number" and value >= FIRST + DAY and value < LAST
end

--- A time to the minute, in UTC: `2026-03-01T02:00Z`.
function calendar.to_minute(time)
  local minutes = math.floor(time % HOUR / 60)
  return ("%s:%02dZ"):format(calendar.period.hourly(time, 0), minutes)
end

-- --------------------------------------------------------------- durations

local UNITS = { { "y", "years" }, { "m", "months" }, { "d", "days" }, { "h", "hours" } }

local FIELD = {}
for _, unit in ipairs(UNITS) do
  FIELD[unit[1]] = unit[2]
end

local LONGEST = 6 -- digits

local function add_part(duration, digits, unit)
  local field = FIELD[unit]
  if unit == "w" then
    return ("weeks are not a unit: write %.0fd"):format(tonumber(digits) * 7)
  elseif not field then
    return ("'%s' is not a unit; the units are y (years), m (months), d (days) and h (hours)")
      :format(unit)
  elseif duration[field] then
    return ("the unit '%s' occurs twice"):format(unit)
  elseif #digits > LONGEST then
    return ("%s%s is too long"):format(digits, unit)
  end
  duration[field] = tonumber(digits)
  return nil
end

-- As people write it: units from the largest on, none that is 0.
local function describe(duration)
  local parts = {}
  for _, unit in ipairs(UNITS) do
    local count = duration[unit[2]] or 0
    duration[unit[2]] = count
    if count > 0 then
      parts[#parts + 1] = ("%d%s"):format(count, unit[1])
    end
  end
  return table.concat(parts)
end

--- Reads a duration such as `1y5m7d2h`.
-- @treturn table `years`, `months`, `days`, `hours`, `text` ("" for nothing at all); nil and
-- what is wrong with it
function calendar.duration(text)
  local duration, rest = {}, text
  while rest ~= "" do
    local digits, unit, after = rest:match "^(%d+)(.)(.*)$"
    local problem = digits and add_part(duration, digits, unit)
      or not digits and "it is not of the form 1y5m7d2h"
    if problem then
      return nil, problem
    end
    rest = after
  end
  if text == "" then
    return nil, "it is empty"
  end
  duration.text = describe(duration)
  return duration
end

--- The time that is a duration before another: years, months and days by the calendar of that
-- offset, then hours.
function calendar.before(time, duration, offset)
  local here = time + offset
  local year, month, day = date_of(math.floor(here / DAY))
  local days = days_of(year - duration.years, month - duration.months, day - duration.days)
  return days * DAY + here % DAY - offset - duration.hours * HOUR
end

-- ------------------------------------------------------- offsets, times as text

local FARTHEST = 14 * HOUR -- no place on earth is farther from UTC

--- Is this an offset from UTC, in seconds?
function calendar.is_offset(seconds)
  return seconds >= -FARTHEST and seconds <= FARTHEST and seconds % 60 == 0
end

--- The seconds in an offset such as `+02:00`; nil if it is none.
function calendar.offset(text)
  local sign, hours, minutes = text:match "^([+-])(%d%d):(%d%d)$"
  if not sign or tonumber(minutes) > 59 then
    return nil
  end
  local seconds = tonumber(hours) * HOUR + tonumber(minutes) * 60
  seconds = sign == "-" and -seconds or seconds
  return calendar.is_offset(seconds) and seconds or nil
end

-- What is behind a time of day: its offset from UTC, which is 0 if nothing is said.
local function zone_of(text)
  return (text == "" or text == "Z") and 0 or calendar.offset(text)
end

--- Reads a date (`2026-03-01`, which begins at midnight of that offset) or a time
-- (`2026-03-01T02:00:00Z`, `... 02:00+01:00`; UTC where it does not say).
-- @treturn number Unix seconds; nil if it is neither
function calendar.time(text, offset)
  if #text == 10 then
    local midnight = core.timestamp(text .. "T00:00:00Z")
    return midnight and midnight - offset
  end
  local minute, rest = text:match "^(..........[T ]%d%d:%d%d)(.*)$"
  if minute and not rest:find "^[:.]" then
    rest = ":00" .. rest
  end
  local seconds, zone = (rest or ""):match "^(:[0-5]%d%.?%d*)(.*)$"
  zone = seconds and zone_of(zone)
  local time = zone and core.timestamp(minute .. seconds)
  return time and math.floor(time) - zone
end

local AMOUNTS = { { DAY, "day" }, { HOUR, "hour" }, { 60, "minute" }, { 1, "second" } }

--- By how many seconds something is late, for people, in the largest unit of which there is one:
-- `3 days`; less than a second is `just`.
function calendar.amount(seconds)
  for _, unit in ipairs(AMOUNTS) do
    local count = math.floor(seconds / unit[1])
    if count >= 1 then
      return ("%d %s%s"):format(count, unit[2], count == 1 and "" or "s")
    end
  end
  return "just"
end

return calendar
