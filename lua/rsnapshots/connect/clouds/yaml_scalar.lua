--- What plain words in YAML 1.1 mean: booleans, null, and numbers. Numbers become the text that
-- Python prints for them, because openstacksdk turns them into that.
local ascii = require "rsnapshots.support.ascii"

local scalar = {}

scalar.null = setmetatable({}, { __tostring = function() return "null" end })

local MAX_DIGITS = 400 -- of a number; longer ones are text

-- A whole number of any size is a list of parts with seven digits each, the lowest first.
local LIMB = 10000000

local function scale_and_add(limbs, factor, digit)
  local carry = digit
  for i = 1, #limbs do
    local value = limbs[i] * factor + carry
    limbs[i] = value % LIMB
    carry = math.floor(value / LIMB)
  end
  if carry > 0 then
    limbs[#limbs + 1] = carry
  end
end

-- The decimal text of digits in a base. Digits after a colon are in base 60: 190:20:30.
local function decimal(digits, base, sign)
  local limbs = {}
  for colon, digit in digits:gsub(":(%d)%f[%D]", ":0%1"):gmatch "(:?)(%x)" do
    scale_and_add(limbs, colon == "" and base or 6, tonumber(digit, 16))
  end
  local parts = { limbs[#limbs] and ("%d"):format(limbs[#limbs]) or "0" }
  for i = #limbs - 1, 1, -1 do
    parts[#parts + 1] = ("%07d"):format(limbs[i])
  end
  return (sign == "-" and #limbs > 0 and "-" or "") .. table.concat(parts)
end

local INTEGERS = {
  { "^0b([01_]+)$", 2 }, { "^0x([%da-fA-F_]+)$", 16 }, { "^(0[0-7_]+)$", 8 }, { "^(0)$", 10 },
  { "^([1-9][%d_]*)$", 10 },
}

local function is_sexagesimal(digits, first)
  local head, rest = digits:match("^(" .. first .. "[%d_]*)(:[%d:]+)$")
  return head and (rest:gsub(":[0-5]?%d", "")) == ""
end

--- The text that Python prints for a whole number written like this; nil if it is not one.
function scalar.integer(text)
  local sign, digits = text:match "^([-+]?)(.*)$"
  for _, form in ipairs(INTEGERS) do
    local found = digits:match(form[1])
    if found and found:find "%x" then
      return decimal(found, form[2], sign)
    end
  end
  return is_sexagesimal(digits, "[1-9]") and decimal(digits, 10, sign) or nil
end

--- The text Python prints for a float: with as few digits as distinguish it from other floats.
function scalar.float_text(number)
  if number == math.huge or number == -math.huge then
    return number > 0 and "inf" or "-inf"
  end
  local precision, text = -1
  repeat
    precision = precision + 1
    text = ("%." .. precision .. "e"):format(number)
  until tonumber(text) == number
  local exponent = tonumber(text:match "e(.*)")
  if exponent >= -4 and exponent < 16 then
    text = ("%." .. math.max(precision - exponent, 1) .. "f"):format(number)
  end
  return (text:gsub(",", ".")) -- the locale may have put it there
end

local NOT_FINITE = { inf = math.huge, Inf = math.huge, INF = math.huge }

-- The text that Python prints for a float written like this; nil if it is not one.
local function float(text)
  local sign, digits = text:match "^([-+]?)(.*)$"
  local mantissa = text:gsub("[eE][-+]%d+$", "")
  local number
  if text == ".nan" or text == ".NaN" or text == ".NAN" then
    return "nan"
  elseif digits:match "^%.%a+$" then
    number = NOT_FINITE[digits:sub(2)]
  elseif is_sexagesimal((digits:gsub("%.[%d_]*$", "")), "%d") and digits:find(".", 1, true) then
    number = 0
    for part in digits:gsub("_", ""):gmatch "[^:]+" do
      number = number * 60 + ascii.number(part)
    end
  elseif mantissa:find "^[-+]?%d[%d_]*%.[%d_]*$" or mantissa:find "^%.%d[%d_]*$" then
    number = ascii.number((digits:gsub("_", "")))
  end
  return number and scalar.float_text(sign == "-" and -number or number)
end

--- A float, which may be written as a whole number, as text; nil if it is not one.
function scalar.float(text)
  return float(text) or float(text .. ".")
end

local WORDS = { [""] = scalar.null, ["~"] = scalar.null }
for word, value in pairs { yes = true, no = false, ["true"] = true, ["false"] = false,
    on = true, off = false, null = scalar.null } do
  WORDS[word], WORDS[ascii.upper(word)] = value, value
  WORDS[ascii.upper(word:sub(1, 1)) .. word:sub(2)] = value
end

--- The boolean for a word with a boolean tag; nil if it is not one.
function scalar.boolean(text)
  local value = WORDS[ascii.lower(text)]
  if value ~= scalar.null then
    return value
  end
end

--- What a word without quotes and tag means: a boolean, text, or null. Dates stay text.
function scalar.resolve(text)
  if WORDS[text] ~= nil then
    return WORDS[text]
  elseif not text:match "^[-+.%d]" or #text > MAX_DIGITS then
    return text
  end
  return float(text) or scalar.integer(text) or text
end

return scalar
