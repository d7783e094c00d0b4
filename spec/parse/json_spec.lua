-- The reader of JSON by RFC 8259, case by case in the manner of JSONTestSuite:
-- what has to be accepted, what has to be refused, and what is ours to settle.
local core = require "rsnapshots.core"
local versions = require "spec.support.versions"

local decode, null = core.decode, core.null

--- Hex bytes, spaces ignored, as a string.
local function bytes(hex)
  return (hex:gsub("%s", ""):gsub("%x%x", function(byte)
    return string.char(tonumber(byte, 16))
  end))
end

--- One `it` per case, whose name is the text, made readable.
local function each(cases, check)
  for _, case in ipairs(cases) do
    local name = case[1]:gsub("[^\32-\126]", function(char)
      return ("\\x%02X"):format(char:byte())
    end)
    it(#name > 60 and name:sub(1, 57) .. "..." or name == "" and "(nothing)" or name, function()
      check(case[1], case[2], case[3])
    end)
  end
end

local function accepts(text, expected)
  local value, problem = decode(text, true)
  assert.is_nil(problem)
  assert.same(expected, value)
end

local function refuses(text, at, why)
  local value, problem = decode(text)
  assert.is_nil(value)
  assert.equal(("invalid JSON at byte %d: %s"):format(at, why), problem)
end

--- A number with every bit of it.
local function exact(value)
  local kind = versions.number_type(value)
  return (kind == "integer" and "%d" or "%.17g"):format(value) .. " " .. kind
end

--- The number is this one, and an integer only where that one is.
local function number(text, expected)
  assert.equal(exact(expected), exact(decode(text)))
end

local END, ODD = "unexpected end of text", "unexpected character"
local ESCAPE = "invalid escape"
local NUMBER, AFTER = "malformed number", "text after the value"
local CONTROL, DEEP = "control character in a string", "nested too deeply"

describe("JSON", function()
  describe("accepts structure:", function()
    each({
      { "{}", {} },
      { "[]", {} },
      { "[[]]", { {} } },
      { "[{},{}]", { {}, {} } },
      { '{"a":{"b":[1,{"c":2}]}}', { a = { b = { 1, { c = 2 } } } } },
      { '{"a":1,"b":2}', { a = 1, b = 2 } },
      { '{"":0}', { [""] = 0 } },
      { '{"a\\u0000b":0}', { ["a\0b"] = 0 } },
      { '{"\\u006eame":1}', { name = 1 } },
      { '{"1":"a"}', { ["1"] = "a" } },
      { "[true,false,null]", { true, false, null } },
      { "[null,null]", { null, null } },
      { "true", true },
      { "false", false },
      { "null", null },
      { "42", 42 },
      { '"text"', "text" },
      { '""', "" },
    }, accepts)
  end)

  describe("accepts white space:", function()
    each({
      { " 1", 1 },
      { "1 ", 1 },
      { "1\n", 1 },
      { "\t\r\n [ \t\r\n1 \t\r\n, \t\r\n2 \t\r\n] \t\r\n", { 1, 2 } },
      { '\n{\n"a"\n:\n1\n,\n"b"\n:\n[\n]\n}\n', { a = 1, b = {} } },
      { "[ ]", {} },
      { "{ }", {} },
    }, accepts)
  end)

  describe("refuses other white space:", function()
    each({
      { "[\f]", 1, ODD },
      { "[\v]", 1, ODD },
      { "[\b]", 1, ODD },
      { bytes "5B C2A0 5D", 1, ODD }, -- a no-break space
      { bytes "5B C285 5D", 1, ODD }, -- a next line
      { bytes "5B E2808B 5D", 1, ODD }, -- a zero width space
      { bytes "5B E281A0 5D", 1, ODD }, -- a word joiner
      { bytes "5B E280A8 5D", 1, ODD }, -- a line separator
      { "1\f", 1, AFTER },
    }, refuses)
  end)

  describe("refuses broken structure:", function()
    each({
      { "", 0, END },
      { " ", 1, END },
      { "\n\t", 2, END },
      { "[", 1, END },
      { "{", 1, END },
      { "]", 0, ODD },
      { "}", 0, ODD },
      { "[}", 1, ODD },
      { "{]", 1, ODD },
      { "[{]}", 2, ODD },
      { '{"a":[}', 6, ODD },
      { "[1", 2, END },
      { "[1,", 3, END },
      { "[[1]", 4, END },
      { "[1 2]", 3, ODD },
      { "[1:2]", 2, ODD },
      { '["a" "b"]', 5, ODD },
      { "[1;2]", 2, ODD },
      { ",", 0, ODD },
      { ":", 0, ODD },
      { '{"a"', 4, END },
      { '{"a":', 5, END },
      { '{"a":1', 6, END },
      { '{"a":1,', 7, END },
      { '{"a"}', 4, ODD },
      { '{"a":}', 5, ODD },
      { '{:1}', 1, ODD },
      { '{"a"::1}', 5, ODD },
      { '{"a",1}', 4, ODD },
      { '{"a" 1}', 5, ODD },
      { '{"a"=1}', 4, ODD },
      { '{"a"=>1}', 4, ODD },
      { '{"a":1 "b":2}', 7, ODD },
      { '{"a":1:"b"}', 6, ODD },
      { '{"a":1,{}}', 7, ODD },
      { '["a":1]', 4, ODD },
    }, refuses)
  end)

  describe("refuses commas that separate nothing:", function()
    each({
      { "[1,]", 3, ODD },
      { "[,]", 1, ODD },
      { "[,1]", 1, ODD },
      { "[1,,2]", 3, ODD },
      { '{"a":1,}', 7, ODD },
      { "{,}", 1, ODD },
      { '{,"a":1}', 1, ODD },
      { '{"a":1,,"b":2}', 7, ODD },
      { "1,", 1, AFTER },
      { "[],", 2, AFTER },
    }, refuses)
  end)

  describe("refuses keys that are no strings:", function()
    each({
      { "{a:1}", 1, ODD },
      { "{'a':1}", 1, ODD },
      { "{1:1}", 1, ODD },
      { "{null:1}", 1, ODD },
      { "{true:1}", 1, ODD },
      { "{[]:1}", 1, ODD },
      { "{{}:1}", 1, ODD },
      { '{"a":1,b:2}', 7, ODD },
    }, refuses)
  end)

  describe("refuses text after the value:", function()
    each({
      { "1 1", 2, AFTER },
      { "{} {}", 3, AFTER },
      { "[]]", 2, AFTER },
      { "{}}", 2, AFTER },
      { '"a"x', 3, AFTER },
      { '"a""b"', 3, AFTER },
      { "null,", 4, AFTER },
      { "truetrue", 4, AFTER },
      { "1\0", 1, AFTER },
      { "{}\0", 2, AFTER },
      { '{"a":1}\n{"a":2}', 8, AFTER }, -- a line per value
    }, refuses)
  end)

  describe("refuses what other notations have:", function()
    each({
      { "// a\n1", 0, ODD },
      { "/* a */ 1", 0, ODD },
      { "[1/* a */]", 2, ODD },
      { "[1] // a", 4, AFTER },
      { "# a\n1", 0, ODD },
      { "'a'", 0, ODD },
      { "`a`", 0, ODD },
      { bytes "E2809C 61 E2809D", 0, ODD }, -- curly quotes
      { "undefined", 0, ODD },
      { "nil", 1, ODD },
      { "None", 0, ODD },
      { "NULL", 0, ODD },
      { "Null", 0, ODD },
      { "nul", 3, END },
      { "nulL", 3, ODD },
      { "nullx", 4, AFTER },
      { "True", 0, ODD },
      { "TRUE", 0, ODD },
      { "tru", 3, END },
      { "trux", 3, ODD },
      { "fals", 4, END },
      { "falsy", 4, ODD },
      { "[a]", 1, ODD },
      { "<html></html>", 0, ODD },
      { "callback({})", 0, ODD },
      { ")]}',\n{}", 0, ODD },
      { "@", 0, ODD },
      { "\127", 0, ODD },
    }, refuses)
  end)

  describe("reads integers exactly:", function()
    each({
      { "0", 0 },
      { "1", 1 },
      { "-1", -1 },
      { "100", 100 },
      { "2147483648", 2147483648 },
      { "9007199254740993", 9007199254740993 }, -- no double is that
      { "-9007199254740993", -9007199254740993 },
      { "9223372036854775806", versions.greatest - 1 },
      { "9223372036854775807", versions.greatest },
      { "-9223372036854775807", versions.least + 1 },
      { "-9223372036854775808", versions.least },
    }, number)
  end)

  describe("reads other numbers as the nearest double:", function()
    each({
      { "1.0", 1.0 },
      { "0.0", 0.0 },
      { "0.1", 0.1 },
      { "-0.5", -0.5 },
      { "3.141592653589793", math.pi },
      { "1e0", 1.0 },
      { "0e0", 0.0 },
      { "1e2", 100.0 },
      { "1E2", 100.0 },
      { "1e+2", 100.0 },
      { "1E+2", 100.0 },
      { "1e-2", 0.01 },
      { "1e0000000002", 100.0 },
      { "123.456e-3", 0.123456 },
      { "1.7976931348623157e308", (2 - 2 ^ -52) * 2 ^ 1023 },
      { "5e-324", 2 ^ -1074 },
      { "2.2250738585072011e-308", 2 ^ -1022 - 2 ^ -1074 },
      { "9007199254740993.0", 9007199254740992.0 },
    }, number)
  end)

  describe("refuses malformed numbers:", function()
    each({
      { "-", 1, END },
      { "[-]", 2, NUMBER },
      { "+1", 0, ODD },
      { "++1", 0, ODD },
      { "--1", 1, NUMBER },
      { "- 1", 1, NUMBER },
      { "-a", 1, NUMBER },
      { "01", 1, NUMBER },
      { "00", 1, NUMBER },
      { "-01", 2, NUMBER },
      { "012", 1, NUMBER },
      { "01.5", 1, NUMBER },
      { ".5", 0, ODD },
      { "-.5", 1, NUMBER },
      { "1.", 2, END },
      { "[1.]", 3, NUMBER },
      { "1.e1", 2, NUMBER },
      { "1..2", 2, NUMBER },
      { "1.2.3", 3, AFTER },
      { "1e", 2, END },
      { "[1e]", 3, NUMBER },
      { "1e+", 3, END },
      { "[1e+]", 4, NUMBER },
      { "1e+-1", 3, NUMBER },
      { "1e1.5", 3, AFTER },
      { "1ee1", 2, NUMBER },
      { "0x10", 1, AFTER },
      { "0X1F", 1, AFTER },
      { "[0x10]", 2, ODD },
      { "0b1", 1, AFTER },
      { "0o7", 1, AFTER },
      { "1_000", 1, AFTER },
      { "1,000", 1, AFTER },
      { "1 000", 2, AFTER },
      { "1f", 1, AFTER },
      { "1L", 1, AFTER },
      { "NaN", 0, ODD },
      { "-NaN", 1, NUMBER },
      { "nan", 1, ODD },
      { "Infinity", 0, ODD },
      { "-Infinity", 1, NUMBER },
      { "inf", 0, ODD },
      { "-inf", 1, NUMBER },
      { bytes "EFBC91", 0, ODD }, -- a full-width 1
      { bytes "D9A1", 0, ODD }, -- an Arabic-Indic 1
    }, refuses)
  end)

  describe("accepts strings:", function()
    each({
      { '"a b"', "a b" },
      { [["\"\\\/\b\f\n\r\t"]], '"\\/\b\f\n\r\t' },
      { [["\u0041"]], "A" },
      { [["\u00e9\u00E9"]], "éé" },
      { [["\u20ac"]], "€" },
      { [["\uFFFF"]], "\239\191\191" },
      { [["\ud83d\ude00"]], "😀" },
      { [["\uD800\uDC00"]], "\240\144\128\128" },
      { [["\uDBFF\uDFFF"]], "\244\143\191\191" },
      { [["\u0000"]], "\0" },
      { [["a\u0000b"]], "a\0b" },
      { [["\u001f"]], "\31" },
      { [["\\u0041"]], "\\u0041" },
      { [["\\\\"]], "\\\\" },
      { [["\/"]], "/" },
      { '"/"', "/" },
      { "\"'\"", "'" },
      { '"[{,:}]"', "[{,:}]" },
      { '"// /* */"', "// /* */" },
      { '"é€😀"', "é€😀" },
      { '"\127"', "\127" }, -- DEL is no control character by the RFC
      { bytes "22 C280 22", "\194\128" }, -- nor are those past ASCII
      { bytes "22 E280A8 E280A9 22", "\226\128\168\226\128\169" },
      { bytes "22 EFBFBD 22", "\239\191\189" },
      { bytes "22 EFBFBF 22", "\239\191\191" }, -- a noncharacter
      { bytes "22 EFBBBF 22", "\239\187\191" }, -- inside it is no byte order mark
      { bytes "22 F48FBFBF 22", "\244\143\191\191" },
    }, accepts)
  end)

  describe("refuses unfinished strings:", function()
    each({
      { '"', 1, END },
      { '"a', 2, END },
      { '["a', 3, END },
      { '["a]', 4, END },
      { '"\\', 1, ESCAPE },
      { '"\\"', 3, END },
      { '"a\\\\\\"', 6, END },
      { '"\\u', 1, ESCAPE },
      { '"\\u00', 1, ESCAPE },
      { '"\\u0041', 7, END },
      { "a\"", 0, ODD },
    }, refuses)
  end)

  describe("refuses bad escapes:", function()
    each({
      { [["\a"]], 1, ESCAPE },
      { [["\v"]], 1, ESCAPE },
      { [["\e"]], 1, ESCAPE },
      { [["\0"]], 1, ESCAPE },
      { [["\x41"]], 1, ESCAPE },
      { [["\'"]], 1, ESCAPE },
      { [["\N"]], 1, ESCAPE },
      { [["\U0041"]], 1, ESCAPE },
      { [["\ "]], 1, ESCAPE },
      { '"\\\n"', 1, ESCAPE },
      { '"\\\0"', 1, ESCAPE },
      { '"\\é"', 1, ESCAPE },
      { [["\u"]], 1, ESCAPE },
      { [["\u123"]], 1, ESCAPE },
      { [["\u 041"]], 1, ESCAPE },
      { [["\u00g0"]], 1, ESCAPE },
      { [["\u+041"]], 1, ESCAPE },
      { [["\u{41}"]], 1, ESCAPE },
      { [["ab\qcd"]], 3, ESCAPE },
    }, refuses)
  end)

  describe("refuses control characters in strings:", function()
    local cases = {}
    for code = 0, 31 do
      cases[#cases + 1] = { '"a' .. string.char(code) .. 'b"', 2, CONTROL }
    end
    cases[#cases + 1] = { '{"a\nb":1}', 3, CONTROL }
    each(cases, refuses)
  end)

  -- U+FFFD for each maximal subpart, as the encoding standard of the web has it.
  describe("replaces malformed UTF-8:", function()
    local R = "\239\191\189"
    each({
      { bytes "22 80 22", R }, -- a continuation alone
      { bytes "22 BF 22", R },
      { bytes "22 C3 22", R }, -- cut
      { bytes "22 E282 22", R },
      { bytes "22 F09F98 22", R },
      { bytes "22 C0AF 22", R .. R }, -- overlong
      { bytes "22 C080 22", R .. R },
      { bytes "22 C1BF 22", R .. R },
      { bytes "22 E09FBF 22", R .. R .. R },
      { bytes "22 F08FBFBF 22", R .. R .. R .. R },
      { bytes "22 F8 88 80 80 80 22", R:rep(5) }, -- five and six bytes
      { bytes "22 FC 84 80 80 80 80 22", R:rep(6) },
      { bytes "22 EDA080 22", R:rep(3) }, -- surrogates
      { bytes "22 EDBFBF 22", R:rep(3) },
      { bytes "22 EDA0BD EDB880 22", R:rep(6) }, -- a pair of them (CESU-8)
      { bytes "22 F4908080 22", R:rep(4) }, -- past U+10FFFF
      { bytes "22 F5808080 22", R:rep(4) },
      { bytes "22 FE 22", R },
      { bytes "22 FF 22", R },
      { bytes "22 E9 22", R }, -- Latin-1
      { bytes "22 6162 C3 22", "ab" .. R },
      { bytes "22 C328 22", R .. "(" },
      { bytes "22 E28261 22", R .. "a" },
      { bytes "22 F09F9861 22", R .. "a" },
      { bytes "22 F09F E282AC 22", R .. "€" },
      { bytes "22 61F1808061 22", "a" .. R .. "a" },
      { bytes "22 F180E180C2 62 80 63 80BF 64 22",
        R .. R .. R .. "b" .. R .. "c" .. R .. R .. "d" },
      { bytes "7B 22 FF 22 3A 31 7D", { [R] = 1 } }, -- in a key
      { '"\\n' .. bytes "FF 5C 75 30 30 34 31 FF" .. 'x"', "\n" .. R .. "A" .. R .. "x" },
    }, accepts)

    it("and keeps what is good around it", function()
      local good = ("é€😀x"):rep(100)
      assert.equal(good .. R .. good, decode('"' .. good .. "\255" .. good .. '"'))
      assert.equal(R:rep(5000), decode('"' .. ("\255"):rep(5000) .. '"'))
    end)
  end)

  describe("refuses bytes past ASCII outside of strings:", function()
    each({
      { bytes "22 C3", 2, END }, -- the string has no end
      { bytes "22 6162 C3 2263", 5, AFTER },
      { bytes "E9", 0, ODD },
      { bytes "5B FF 5D", 1, ODD },
    }, refuses)
  end)

  describe("refuses NUL bytes:", function()
    each({
      { "\0", 0, ODD },
      { "[\0]", 1, ODD },
      { "[1\0]", 2, ODD },
      { "1\0002", 1, AFTER },
      { "{\0}", 1, ODD },
    }, refuses)
  end)

  -- What the RFC leaves to the implementation, and why it is as it is here.
  describe("settles what is left open:", function()
    local function nested(depth, open, close)
      return open:rep(depth) .. close:rep(depth)
    end

    it("nests to 64 levels, so that no answer decides how much stack it takes", function()
      assert.is_table(decode(nested(64, "[", "]")))
      assert.is_table(decode(('{"a":'):rep(64) .. "1" .. ("}"):rep(64)))
      assert.is_table(decode(('{"a":['):rep(32) .. "1" .. ("]}"):rep(32)))
      refuses(nested(65, "[", "]"), 64, DEEP)
      refuses(nested(100000, "[", "]"), 64, DEEP)
      refuses(("["):rep(100000), 64, DEEP)
      refuses(('{"a":'):rep(65) .. "1" .. ("}"):rep(65), 320, DEEP)
      refuses(('{"a":['):rep(33), 6 * 32, DEEP)
    end)

    it("lets the last of duplicate keys win, as the services' own decoder does", function()
      assert.same({ a = 2 }, decode '{"a":1,"a":2}')
      assert.same({ a = { 3 } }, decode '{"a":{"b":1},"a":2,"a":[3]}')
      assert.same({ a = 2 }, decode '{"a":1,"\\u0061":2}')
      assert.same({ a = 1 }, decode '{"a":null,"a":1}')
    end)

    it("lets the last win when it is null, too", function()
      assert.same({}, decode '{"a":1,"a":null}')
      assert.same({ b = 2 }, decode '{"a":1,"b":2,"a":null}')
      assert.same({ a = null }, decode('{"a":1,"a":null}', true))
    end)

    it("takes an integer that no 64 bits hold for the nearest double", function()
      number("9223372036854775808", 2.0 ^ 63)
      number("-9223372036854775809", -2.0 ^ 63)
      number("18446744073709551615", 2.0 ^ 64)
      number("10000000000000000000000", 1e22)
    end)

    local minus_zero = -1 / math.huge -- 5.1 makes one constant of -0.0 and 0.0

    it("keeps the sign of zero, which only a double has", function()
      number("-0", minus_zero)
      number("-0.0", minus_zero)
      number("-0e1", minus_zero)
      number("0", 0)
    end)

    it("rounds what is too small for a double to zero", function()
      number("1e-400", 0.0)
      number("-1e-400", minus_zero)
      number("123e-10000000", 0.0)
    end)

    it("takes what is beyond every double for infinite, and loses nothing around it", function()
      number("1e309", math.huge)
      number("-1e309", -math.huge)
      number("1.8e308", math.huge)
      number("1e999999999999999999999", math.huge)
      number("1" .. ("0"):rep(400), math.huge)
      assert.same({ math.huge, "x" }, core.decode "[1e400,\"x\"]")
    end)

    it("reads numbers of up to 512 characters, so that each takes bounded time", function()
      number("0." .. ("3"):rep(510), 1 / 3)
      local list = core.decode("[1," .. ("7"):rep(513) .. ",2]")
      assert.equal(3, #list)
      assert.is_true(list[2] ~= list[2]) -- no number
    end)

    it("takes an escaped lone surrogate, which no UTF-8 can say, for U+FFFD", function()
      local R = "\239\191\189"
      for text, expected in pairs {
        [ [["\ud800"]] ] = R, [ [["\uDBFF"]] ] = R, [ [["\udc00"]] ] = R, [ [["\uDFFF"]] ] = R,
        [ [["\ud800\ud800"]] ] = R .. R, [ [["\udc00\ud800"]] ] = R .. R,
        [ [["\ud83d\u0041"]] ] = R .. "A", [ [["\ud83dx"]] ] = R .. "x",
        [ [["\ud83d\n"]] ] = R .. "\n", [ [["\ud83d\\ude00"]] ] = R .. "\\ude00",
        [ [["\ud83d ude00"]] ] = R .. " ude00", [ [["\ud83d\ud83d\ude00"]] ] = R .. "😀",
        [ [["\ud83d\ude00\ud83d"]] ] = "😀" .. R,
      } do
        assert.equal(expected, decode(text))
      end
      assert.same({ [R] = 1 }, decode [[{"\udead":1}]])
      refuses([["\ud83d\ude0"]], 7, ESCAPE)
      refuses([["\ud83d]], 7, END)
    end)

    it("skips a byte order mark before the value, and refuses other encodings", function()
      assert.same({}, decode(bytes "EFBBBF 7B7D"))
      assert.same({ 1 }, decode(bytes "EFBBBF 0A 5B315D"))
      refuses(bytes "EFBBBF", 3, END)
      refuses(bytes "EFBBBF EFBBBF 7B7D", 3, ODD)
      refuses(bytes "EFBB 7B7D", 0, ODD)
      refuses(bytes "20 EFBBBF 7B7D", 1, ODD)
      refuses(bytes "7B7D EFBBBF", 2, AFTER)
      refuses(bytes "EFBBBF 5B FF 5D", 4, ODD)
      refuses(bytes "FFFE 7B00 7D00", 0, ODD)
      refuses(bytes "FEFF 007B 007D", 0, ODD)
      refuses(bytes "5B00 5D00", 1, ODD)
      refuses(bytes "005B 005D", 0, ODD)
    end)

    it("takes long texts and keys", function()
      local long = ("x"):rep(1000000)
      assert.equal(long, decode('"' .. long .. '"'))
      assert.same({ [long] = 1 }, decode('{"' .. long .. '":1}'))
      assert.equal(("\n"):rep(100000), decode('"' .. ("\\n"):rep(100000) .. '"'))
      assert.equal(100000, #decode("[" .. ("1,"):rep(99999) .. "1]"))
    end)
  end)

  describe("and nulls:", function()
    it("keeps those in arrays, so that no index moves", function()
      local value = decode "[null,1,null,2,null]"
      assert.equal(5, #value)
      for i, expected in ipairs { null, 1, null, 2, null } do
        assert.equal(expected, value[i])
      end
    end)

    it("leaves out those in objects", function()
      assert.same({ b = 1 }, decode '{"a":null,"b":1,"c":null}')
      assert.is_nil(next(decode '{"a":null}'))
      assert.same({ a = { { b = 1 } } }, decode '{"a":[{"b":1,"c":null}]}')
      assert.same({ { null } }, decode "[[null]]")
    end)

    it("keeps those in objects when told to", function()
      local value = decode('{"a":null,"b":{"c":null},"d":[null]}', true)
      assert.same({ a = null, b = { c = null }, d = { null } }, value)
      assert.equal(null, value.a)
    end)

    it("tells null from a failure", function()
      assert.equal(null, decode "null")
      assert.is_not_nil(decode "null")
      assert.equal("userdata", type(null))
    end)
  end)

  describe("is not misled by", function()
    it("any byte that a text begins or ends with", function()
      local accepted = {}
      for code = 0, 255 do
        local char = string.char(code)
        if decode(char .. "1") then
          accepted[#accepted + 1] = char
        end
        assert.equal(decode("[]" .. char) ~= nil, char:find("^[ \n\r\t]$") ~= nil)
      end
      assert.equal("\t\n\r -123456789", table.concat(accepted))
    end)

    it("a text cut anywhere", function()
      local text = [[{"a":[1,-2.5e3,"b\u00e9\ud83d\ude00",true,false,null,{"c":{}}]}]]
      assert.is_table(decode(text))
      for size = 0, #text - 1 do
        local value, problem = decode(text:sub(1, size))
        assert.is_nil(value)
        assert.is_truthy(problem:match("^invalid JSON at byte %d+: "))
      end
    end)

    it("arguments that are no text", function()
      assert.has_error(function() decode() end)
      assert.has_error(function() decode {} end)
      assert.has_error(function() decode(true) end)
    end)
  end)
end)
