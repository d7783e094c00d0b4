--- ASCII letters, blanks and numbers, independent of the host's locale. In a Turkish locale,
-- ("AVAILABLE"):lower() is not "available"; in a Latin-1 locale, "%c" matches parts of characters.
local ascii = {}

local LOWER, UPPER = {}, {}
for code = ("A"):byte(), ("Z"):byte() do
  local upper, lower = string.char(code), string.char(code + 32)
  LOWER[upper], UPPER[lower] = lower, upper
end

--- The text with its capitals A to Z in lower case.
function ascii.lower(text)
  return (text:gsub("[A-Z]", LOWER))
end

--- The text with its letters a to z in upper case.
function ascii.upper(text)
  return (text:gsub("[a-z]", UPPER))
end

--- The text without blanks and line breaks around it.
function ascii.trim(text)
  return text:match "^[ \t-\r]*(.*[^ \t-\r])" or ""
end

--- The text on one line, harmless to a terminal: spaces replace control characters, Unicode's
-- additional line ends, and characters that change the direction of text.
function ascii.one_line(text)
  return (text:gsub("[%z\1-\31\127]", " "):gsub("\194[\128-\159]", " ")
    :gsub("\226\128[\168-\174]", " "):gsub("\226\129[\166-\169]", " "))
end

--- Does one text come before another, byte by byte?
function ascii.less(one, other)
  for i = 1, math.min(#one, #other) do
    local a, b = one:byte(i), other:byte(i)
    if a ~= b then
      return a < b
    end
  end
  return #one < #other
end

--- The number in a text with a decimal point; nil if it is not a number. (Before 5.3, `tonumber`
-- expects the locale's comma.)
function ascii.number(text)
  local mantissa = text:gsub("[eE][-+]?[0-9]+$", "")
  if not mantissa:find "^%-?[0-9]*%.?[0-9]*$" then
    return nil
  end
  local comma = ("%.1f"):format(0.5):match "0(.-)5"
  return tonumber(text) or tonumber((text:gsub("%.", comma)))
end

--- The shortest usual form of a number, with a point.
function ascii.written(number)
  return (("%.14g"):format(number):gsub(",", "."))
end

return ascii
