--- Ages for people: `26h`, `2d`, `1d12h`.
-- @module rsnapshots.cli.freshness.age

local age = {}

local UNITS = { { "d", 86400 }, { "h", 3600 }, { "min", 60 }, { "s", 1 } }

local SECONDS = {}
for _, unit in ipairs(UNITS) do
  SECONDS[unit[1]] = unit[2]
end

local WANTED = "must be an age such as 26h, 2d, 1d12h or 90min, not '%s'"

--- The kind of options that take an age.
-- @treturn number seconds; nil and what is wrong
function age.read(word)
  local total, rest, seen = 0, word, {}
  while rest ~= "" do
    local digits, unit, after = rest:match "^(%d+)(%l+)(.*)$"
    if not digits or #digits > 9 or not SECONDS[unit] or seen[unit] then
      return nil, WANTED:format(word)
    end
    seen[unit] = true
    total, rest = total + tonumber(digits) * SECONDS[unit], after
  end
  if total == 0 then
    return nil, WANTED:format(word)
  end
  return total
end

--- Writes an age with at most its two largest units: `2d3h`, `26min`.
function age.text(seconds)
  local rest, parts = math.max(0, math.floor(seconds)), {}
  for i, unit in ipairs(UNITS) do
    local count = math.floor(rest / unit[2])
    rest = rest - count * unit[2]
    if count > 0 then
      parts[#parts + 1] = ("%d%s"):format(count, unit[1])
    end
    if #parts == 2 or (#parts == 1 and i > 1 and count == 0) then
      break
    end
  end
  return #parts > 0 and table.concat(parts) or "0s"
end

return age
