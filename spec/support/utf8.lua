--- UTF-8 by RFC 3629, to compare ours with: 5.1 and 5.2 have no utf8, and that of 5.3 accepts
-- surrogates.

local utf8 = {}

local REST = "[\128-\191]"
local FORMS = {
  "^[%z\1-\127]", "^[\194-\223]" .. REST,
  "^\224[\160-\191]" .. REST, "^[\225-\236]" .. REST .. REST,
  "^\237[\128-\159]" .. REST, "^[\238\239]" .. REST .. REST,
  "^\240[\144-\191]" .. REST .. REST, "^[\241-\243]" .. REST .. REST .. REST,
  "^\244[\128-\143]" .. REST .. REST,
}

local function character_end(text, at)
  for _, form in ipairs(FORMS) do
    local _, last = text:find(form, at)
    if last then
      return last
    end
  end
end

--- The place of the first byte that begins no character; nil: none.
function utf8.first_bad(text)
  local at = 1
  while at <= #text do
    local last = character_end(text, at)
    if not last then
      return at
    end
    at = last + 1
  end
end

-- Beginnings of characters that end too early: each counts as one mistake.
local CUT = {
  "^\240[\144-\191]" .. REST, "^[\241-\243]" .. REST .. REST, "^\244[\128-\143]" .. REST,
  "^\240[\144-\191]", "^[\241-\243]" .. REST, "^\244[\128-\143]",
  "^\224[\160-\191]", "^[\225-\236\238\239]" .. REST, "^\237[\128-\159]",
}

local function mistake_end(text, at)
  for _, form in ipairs(CUT) do
    local _, last = text:find(form, at)
    if last then
      return last
    end
  end
  return at
end

--- Replaces each maximal subpart of a broken character by U+FFFD.
function utf8.scrub(text)
  local parts, at = {}, 1
  while at <= #text do
    local last = character_end(text, at)
    parts[#parts + 1] = last and text:sub(at, last) or "\239\191\189"
    at = (last or mistake_end(text, at)) + 1
  end
  return table.concat(parts)
end

return utf8
