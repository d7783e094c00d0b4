--- Times as the services write them.
-- @module rsnapshots.simulator.text.time

local time = {}

local DAY = 24 * 3600

--- A moment as the service writes it: "2026-11-23T07:55:52.517150".
-- @tparam number moment Unix seconds
-- @tparam[opt] boolean whole true: the fraction is zeros, as at Rackspace
function time.iso(moment, whole)
  local seconds = math.floor(moment)
  local micros = whole and 0 or math.floor((moment - seconds) * 1e6)
  return os.date("!%Y-%m-%dT%H:%M:%S", seconds) .. string.format(".%06d", micros)
end

--- A moment as HTTP writes it: "Wed, 25 Nov 2026 10:00:00 GMT".
-- @tparam number moment Unix seconds
function time.http(moment)
  local date = os.date("!*t", math.floor(moment))
  local day = ("SunMonTueWedThuFriSat"):sub(date.wday * 3 - 2, date.wday * 3)
  local month = ("JanFebMarAprMayJunJulAugSepOctNovDec"):sub(date.month * 3 - 2, date.month * 3)
  return ("%s, %02d %s %d %02d:%02d:%02d GMT"):format(day, date.day, month, date.year, date.hour,
    date.min, date.sec)
end

-- Days from 1 January 1970 to a date, by the Gregorian calendar.
local function days(year, month, day)
  if month < 3 then
    year, month = year - 1, month + 12
  end
  local floor = math.floor
  return 365 * year + floor(year / 4) - floor(year / 100) + floor(year / 400)
    + floor((153 * month - 457) / 5) + day - 719469
end

--- Unix seconds of a date in UTC, with or without a time of day; nil for another text.
-- @tparam string text "2026-11-25", "2026-11-25T10:00:00"; also with a fraction, with a space for
-- the T, with a Z
function time.parse(text)
  local year, month, day, rest = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$")
  if not year then
    return nil
  end
  local moment = days(tonumber(year), tonumber(month), tonumber(day)) * DAY
  if rest == "" then
    return moment
  end
  local hour, minute, second = rest:match("^[T ](%d%d):(%d%d):(%d%d%.?%d*)Z?$")
  return hour and moment + hour * 3600 + minute * 60 + second
end

return time
