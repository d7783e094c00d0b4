-- Our JSON decoder against two others, on generated documents, half of them
-- damaged. Wherever they disagree there has to be a known reason, which is
-- checked in the document itself and not taken from our decoder.
--
-- RS_DIFFERENTIAL says how many documents (1000), RS_SEED which ones.
local cjson = require "cjson"
local core = require "rsnapshots.core"
local dkjson = require "dkjson" -- its pure Lua decoder, not the one with LPeg
local utf8 = require "spec.support.utf8"
local versions = require "spec.support.versions"
local generate = require "spec.support.json_documents"

local COUNT = tonumber(os.getenv "RS_DIFFERENTIAL") or 1000
local SEED = tonumber(os.getenv "RS_SEED") or 20130225

local tally = { accepted = 0, refused = 0, causes = {} }

local function note(cause)
  tally.causes[cause] = (tally.causes[cause] or 0) + 1
end

-- ---------------------------------------------------------------- the others

--- The value, or nil when refused.
local function by_cjson(text)
  local ok, value = pcall(cjson.decode, text)
  return ok and value or nil
end

--- The same; it reads one value and leaves the rest to its caller.
local function by_dkjson(text)
  local value, at, problem = dkjson.decode(text, 1, core.null, nil)
  if problem or text:find("[^ \t\r\n]", at) then
    return nil
  end
  return value
end

-- Both accept false, which is not nil.
local function by_cjson_or_false(text)
  local value = by_cjson(text)
  if value == nil and text:match("^[ \t\r\n]*false[ \t\r\n]*$") then
    return false
  end
  return value
end

-- -------------------------------------------------- why ours refuses a text
--
-- What ours says and where; each reason is verified here by other means. The
-- others accept these, cjson those marked so.

--- The number, or what is taken for one, around a position.
local function word_at(text, at)
  local from = at
  while from > 1 and text:find("^[%w.+-]", from - 1) do
    from = from - 1
  end
  return text:match("^[%w.+-]*", from)
end

--- How many brackets are open at the end of a text.
local function depth_of(text)
  local bare = text:gsub("\\.", ""):gsub('"[^"]*"', "")
  local _, opened = bare:gsub("[%[{]", "")
  local _, closed = bare:gsub("[%]}]", "")
  return opened - closed
end

local reasons = {}

reasons["control character in a string"] = function(text, at)
  return text:find("^[%z\1-\31]", at) and "a control character in a string"
end

reasons["nested too deeply"] = function(text, at)
  return depth_of(text:sub(1, at - 1)) == 64 and "nested deeper than 64"
end

--- A number by strtod's or tonumber's rules only.
local function odd_number(text, at)
  local word = word_at(text, at)
  local lower = word:lower()
  if lower:find("^[+-]?0x") then
    return "a hexadecimal number"
  elseif lower:find("^[+-]?nan") or lower:find("^[+-]?inf") then
    return "NaN or Infinity"
  elseif word:find("^%+") then
    return "a number with a plus sign"
  elseif word:find("^-?0%d") then
    return "a leading zero"
  elseif word:find("^-?%.") or word:find("%.$") or word:find("%.%D") then
    return "a point without digits on both sides"
  end
end

reasons["text after the value"] = function(text, at)
  return text:find("^%z", at) and "NUL for the end, whatever follows" or odd_number(text, at)
end

reasons["malformed number"] = odd_number
reasons["unexpected character"] = odd_number
reasons["unexpected end of text"] = odd_number

local function is_bad_escape(text, at)
  return not text:find('^\\["\\/bfnrt]', at) and not text:find("^\\u%x%x%x%x", at)
end

-- Only dkjson takes these, and only where cjson, too, refuses the text.
local function lax_reason(text, at, message)
  if message == "invalid escape" then
    return is_bad_escape(text, at) and "a bad escape"
  elseif text:find("^/[/*]", at) then
    return "a comment"
  elseif text:find("^[\f\v]", at) then
    return "other white space"
  elseif text:find("^\239\187\191", at) then
    return "a byte order mark that is not at the beginning"
  end
  return (message == "unexpected character" or message == "unexpected end of text")
    and "punctuation missing or in the wrong place"
end

--- Where in the text, and what, ours complained of.
local function complaint(problem)
  local offset, message = problem:match("^invalid JSON at byte (%d+): (.*)$")
  return tonumber(offset) + 1, message
end

-- ---------------------------------------------------------------- comparing

--- Has the document a number of more than 512 characters?
local function has_long_number(text)
  for number in text:gmatch "[%d.eE+-]+" do
    if #number > 512 then
      return true
    end
  end
  return false
end

--- nil where two values are the same; else what the difference is.
local function difference(ours, other, exact)
  if type(ours) ~= type(other) then
    return "another type"
  elseif ours ~= ours then
    return "NaN"
  elseif type(ours) == "number" then
    if ours == 0 and other == 0 and 1 / ours ~= 1 / other then
      return "the sign of zero"
    elseif versions.number_type(ours) == versions.number_type(other) then
      return ours ~= other and "another number" or nil
    elseif exact then
      return ours == 0 and other == 0 and "the sign of zero" or "another kind of number"
    end
    return ours + 0.0 ~= other and "another number" or nil
  elseif type(ours) ~= "table" then
    return ours ~= other and "another value" or nil
  end
  local found
  for key, value in pairs(ours) do
    found = found or difference(value, other[key], exact)
  end
  for key in pairs(other) do
    found = found or (ours[key] == nil and "a key more" or nil)
  end
  return found
end

local function printable(text)
  return (text:gsub("[^\32-\126]", function(char)
    return ("\\x%02X"):format(char:byte())
  end))
end

local function disagree(who, what, text)
  error(("%s: %s: %s"):format(who, what, printable(text)), 0)
end

local HIGH, LOW = "^\\u[dD][89abAB]%x%x", "^\\u[dD][c-fC-F]%x%x"

--- With the escape of U+FFFD for each surrogate without its other half.
local function pair_up(text)
  local parts, at = {}, 1
  while at <= #text do
    local next_at = text:find("\\", at, true) or #text + 1
    parts[#parts + 1] = text:sub(at, next_at - 1)
    if text:find(HIGH, next_at) and text:find(LOW, next_at + 6) then
      parts[#parts + 1], at = text:sub(next_at, next_at + 11), next_at + 12
    elseif text:find(HIGH, next_at) or text:find(LOW, next_at) then
      parts[#parts + 1], at = "\\ufffd", next_at + 6
    else
      parts[#parts + 1], at = text:sub(next_at, next_at + 1), next_at + 2
    end
  end
  return table.concat(parts)
end

--- The document as ours is to understand it: the others are stricter or laxer
-- about what is no Unicode.
local function as_unicode(text)
  return pair_up(utf8.scrub((text:gsub("^\239\187\191", ""))))
end

local function compare_accepted(text, ours)
  local whole = as_unicode(text)
  if whole ~= text then
    note "ours: repairs what is no Unicode"
    text = whole
  end
  local other = by_cjson_or_false(text)
  if other == nil then
    disagree("cjson", "refuses what ours accepts", text)
  end
  local what = difference(ours, other, false)
  if what == "NaN" and has_long_number(text) then
    return note "ours: does not tell numbers of more than 512 characters"
  elseif what then
    disagree("cjson", what, text)
  end
  other = by_dkjson(text)
  if other == nil and tonumber "1e9999999999" == nil and text:find "[eE][+-]?%d%d%d%d%d" then
    return note "dkjson: LuaJIT reads no such exponents"
  elseif other == nil then
    disagree("dkjson", "refuses what ours accepts", text)
  end
  what = difference(ours, other, true)
  if what == "the sign of zero" and text:find("-0", 1, true) then
    note "dkjson: -0 is the integer 0"
  elseif what then
    disagree("dkjson", what, text)
  end
end

local function compare_refused(text, problem)
  local at, message = complaint(problem)
  local reason = reasons[message] and reasons[message](text, at)
  local cjson_accepts = by_cjson_or_false(text) ~= nil
  if cjson_accepts then
    if not reason then
      disagree("cjson", "accepts what ours refuses (" .. problem .. ")", text)
    end
    note("cjson: takes " .. reason)
  end
  if by_dkjson(text) ~= nil then
    reason = reason or not cjson_accepts and lax_reason(text, at, message)
    if not reason then
      disagree("dkjson", "accepts what ours refuses (" .. problem .. ")", text)
    end
    note("dkjson: takes " .. reason)
  end
end

local function compare(text)
  local ours, problem = core.decode(text, true)
  if problem then
    tally.refused = tally.refused + 1
    compare_refused(text, problem)
  else
    tally.accepted = tally.accepted + 1
    compare_accepted(text, ours)
  end
end

local function report()
  local lines = { ("%d documents of seed %d: %d accepted, %d refused"):format(
    COUNT, SEED, tally.accepted, tally.refused) }
  for cause, count in pairs(tally.causes) do
    lines[#lines + 1] = ("  %6d  %s"):format(count, cause)
  end
  table.sort(lines, function(a, b)
    return (a:match("%l+: takes .*") or a:match("%l+: .*") or "") <
      (b:match("%l+: takes .*") or b:match("%l+: .*") or "")
  end)
  io.stderr:write("\n", table.concat(lines, "\n"), "\n")
end

describe("JSON, decoded by three decoders,", function()
  it("differs only where it is known to, in any document", function()
    local documents = generate(SEED)
    for _ = 1, COUNT do
      compare(documents())
    end
    report()
    assert.equal(COUNT, tally.accepted + tally.refused)
  end)

  it("is generated with enough of either kind", function()
    assert.is_true(tally.accepted > COUNT / 4)
    assert.is_true(tally.refused > COUNT / 4)
  end)

  -- The list of what is known is no cloak: each reason is looked for.
  it("is not excused without a reason in the document", function()
    for message, text in pairs {
      ["control character in a string"] = '"ab"',
      ["nested too deeply"] = "[[1]]", ["malformed number"] = "[12.5e3]",
      ["unexpected character"] = "[-10]", ["text after the value"] = "[0]",
      ["unexpected end of text"] = "[1.5]",
    } do
      for at = 1, #text do
        assert.is_falsy((reasons[message](text, at)))
      end
    end
    assert.is_false(is_bad_escape([["\u0041"]], 2))
    assert.is_false(is_bad_escape([["\ud83d\ude00"]], 2))
    assert.is_false(is_bad_escape([["\ude00"]], 2))
    assert.is_true(is_bad_escape([["\u12"]], 2))
    assert.is_true(is_bad_escape([["\x41"]], 2))
  end)
end)
