--- The kinds of values that options and arguments take.
--
-- A kind is a function. It takes the word, whether the word was written after `=`, and the option's
-- name. It returns the value, or nil and what is wrong.
-- @module rsnapshots.cli.arguments.kinds

local ascii = require "rsnapshots.support.ascii"

local kinds = {}

--- A text that is not empty.
function kinds.text(word)
  if word == "" then
    return nil, "must not be empty"
  end
  return word
end

--- Makes the kind of whole numbers.
-- @int low
-- @int[opt] high
function kinds.whole(low, high)
  return function(word)
    local number = word:match "^%d+$" and #word < 16 and tonumber(word)
    if not number or number < low or (high and number > high) then
      return nil, ("must be a whole number %s, not '%s'"):format(
        high and ("from %d to %d"):format(low, high) or ("of at least %d"):format(low), word)
    end
    return number
  end
end

--- Makes the kind of numbers of seconds.
-- @number low
-- @number high
function kinds.seconds(low, high)
  return function(word)
    local number = word:match "^%d*%.?%d*$" and ascii.number(word)
    if not number or number < low or number > high then
      return nil, ("must be a number of seconds from %s to %s, not '%s'"):format(
        ascii.written(low), ascii.written(high), word)
    end
    return number
  end
end

--- KEY=VALUE, as a pair.
function kinds.property(word)
  local key, value = word:match "^([^=]+)=(.*)$"
  if not key then
    return nil, ("must be KEY=VALUE, not '%s'"):format(word)
  end
  return { key, value }
end

local DAYS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function is_day(text)
  local year, month, day = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)"
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  local leap = month == 2 and year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0) and 1 or 0
  return month >= 1 and month <= 12 and day >= 1 and day <= DAYS[month] + leap
end

-- Adds what may be left out: the time, the seconds, the T.
local function complete(word)
  local text = word:gsub("^(%d%d%d%d%-%d%d%-%d%d) ", "%1T")
  if text:match "^%d%d%d%d%-%d%d%-%d%d$" then
    return text .. "T00:00:00Z"
  end
  return (text:gsub("^(%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d)([^:%d].*)$", "%1:00%2")
    :gsub("^(%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d)$", "%1:00"))
end

--- What is wrong with a word that is neither a day nor a time.
function kinds.no_time(word)
  return ("must be a day such as 2026-11-23, or a time such as 2026-11-23T08:00+01:00 "
    .. "(UTC where it has no offset), not '%s'"):format(word)
end

--- The kind of days and times, in UTC by default. The value is text in the services' form.
function kinds.time(word)
  local text = complete(word)
  local fits = text:match "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d" and is_day(text)
  if not fits or not require("rsnapshots.core").timestamp(text) then
    return nil, kinds.no_time(word)
  end
  return text
end

return kinds
