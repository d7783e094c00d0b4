--- Dates and durations. They are computed here, since `os.date` depends on the host's time
-- zone and locale.
local core = require "rsnapshots.core"

local calendar = {}

local HOUR, DAY = 3600, 86400

--- Days from 1970-01-01 to a date. Months and days beyond their range continue into the following
-- months: the 31st of February is the 2nd or 3rd of March.
local function days_of(year, month, day)
  local months = year * 12 + month - 3 -- in years from March on: a leap day is the last
  year, month = math.floor(months / 12), months % 12
  return year * 365 + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
    + math.floor((153 * month + 2) / 5) + day - 719469
end

local MONTH = 365.2425 / 12 -- days on average

-- The year, month and day of a number of days since 1970-01-01.
local function date_of(days)
  local month = math.floor(days / MONTH) + 2 -- counted from 1970-01: right, or one too many
  while days < days_of(1970, month, 1) do
    month = month - 1
  end
  return 1970 + math.floor((month - 1) / 12), (month - 1) % 12 + 1,
    days - days_of(1970, month, 1) + 1
end

-- Year and number of the ISO week: the week belongs to its Thursday's year.
local function week_of(days)
  local thursday = days - (days + 3) % 7 + 3
  local year = date_of(thursday)
  return year, math.floor((thursday - days_of(year, 1, 1)) / 7) + 1
end

-- ----------------------------------------------------------------- periods

-- From the year down to the period's own unit.
local FORMS = { hourly = "%04d-%02d-%02dT%02d", daily = "%04d-%02d-%02d", monthly = "%04d-%02d",
  yearly = "%04d" }

--- The name of the hour, day, week, month or year that contains a time, by kind.
calendar.period = {
  weekly = function(time, offset)
    return ("%04d-W%02d"):format(week_of(math.floor((time + offset) / DAY)))
  end,
}
for kind, form in pairs(FORMS) do
  calendar.period[kind] = function(time, offset)
    local year, month, day = date_of(math.floor((time + offset) / DAY))
    return form:format(year, month, day, math.floor((time + offset) % DAY / HOUR))
  end
end

-- Seconds: the years that can be written with four digits.
local FIRST, LAST = days_of(1, 1, 1) * DAY, days_of(9999, 12, 31) * DAY

--- Is this a time whose periods can be named?
function calendar.is_time(value)
  return type(value) == "number" and value >= FIRST + DAY and value < LAST
end

--- A time to the minute, in UTC: `2026-03-01T02:00Z`.
function calendar.to_minute(time)
  local minutes = math.floor(time % HOUR / 60)
  return ("%s:%02dZ"):format(calendar.period.hourly(time, 0), minutes)
end

-- --------------------------------------------------------------- durations

local UNITS = "ymdh"
local LONGEST = 6 -- digits

local function problem_of(duration, digits, unit)
  if not digits then
    return "it is not of the form 1y5m7d2h"
  elseif unit == "w" then
    return ("weeks are not a unit: write %.0fd"):format(tonumber(digits) * 7)
  elseif not UNITS:find(unit, 1, true) then
    return ("'%s' is not a unit; the units are y (years), m (months), d (days) and h (hours)")
      :format(unit)
  elseif duration[unit] then
    return ("the unit '%s' occurs twice"):format(unit)
  elseif #digits > LONGEST then
    return ("%s%s is too long"):format(digits, unit)
  end
  return nil
end

--- Reads a duration such as `1y5m7d2h`.
-- @treturn table `y`, `m`, `d`, `h`, `text` (the largest unit first; "" for a duration of 0); nil
-- and what is wrong with it
function calendar.duration(text)
  local duration, rest = {}, text
  while rest ~= "" do
    local digits, unit, after = rest:match "^(%d+)(.)(.*)$"
    local problem = problem_of(duration, digits, unit)
    if problem then
      return nil, problem
    end
    duration[unit], rest = tonumber(digits), after
  end
  if text == "" then
    return nil, "it is empty"
  end
  duration.text = ""
  for unit in UNITS:gmatch "." do
    duration[unit] = duration[unit] or 0
    duration.text = duration.text .. (duration[unit] > 0 and duration[unit] .. unit or "")
  end
  return duration
end

--- The time that is a duration before another one. Years, months and days are subtracted by the
-- calendar at that offset, then hours.
function calendar.before(time, duration, offset)
  local here = time + offset
  local year, month, day = date_of(math.floor(here / DAY))
  local days = days_of(year - duration.y, month - duration.m, day - duration.d)
  return days * DAY + here % DAY - offset - duration.h * HOUR
end

-- ------------------------------------------------------- offsets, times as text

local FARTHEST = 14 * HOUR -- no place on earth is farther from UTC

--- Is this an offset from UTC, in seconds?
function calendar.is_offset(seconds)
  return seconds >= -FARTHEST and seconds <= FARTHEST and seconds % 60 == 0
end

--- The seconds in an offset such as `+02:00`; nil if it is not an offset.
function calendar.offset(text)
  local midnight = text:find "^[+-]%d%d:%d%d$" and core.timestamp("1970-01-01T00:00:00" .. text)
  return midnight and calendar.is_offset(midnight) and 0 - midnight or nil
end

--- Reads a date (`2026-03-01`: midnight at that offset) or a time (`2026-03-01T02:00:00Z`,
-- `... 02:00+01:00`; UTC if there is no offset).
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
  local zone = rest and rest:match "[+-].*$"
  local time = minute and (not zone or calendar.offset(zone)) and core.timestamp(minute .. rest)
  return time and math.floor(time)
end

local AMOUNTS = { { DAY, "day" }, { HOUR, "hour" }, { 60, "minute" }, { 1, "second" } }

--- A number of seconds as text for people, in the largest unit that gives at least 1: `3 days`;
-- `just` for less than a second.
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
