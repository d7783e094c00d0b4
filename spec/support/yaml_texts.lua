--- Texts of YAML that PyYAML reads, and says what they are.

local texts = {}

local WORDS = [[
0 1 -1 +1 -0 00 0_ 0_7 017 0o17 08 09 0x1F 0b101 0b2 1_000 _1 1: 1:30 1:60 190:20:30 -190:20:30
1:30.5 0:30 1.5 1. .5 -.5 +.5 1.e+3 1e3 1.5e3 1.5e+3 1.0e+16 1.0e+15
123456789012345678901234567890 0777777777777777777777777777 0xffffffffffffffffffff
.inf -.inf +.INF .nan .NaN .Nan -.nan yes Yes YES yEs no on On oN off y n true TRUE tRUE false
null Null NULL nULL ~ '' 'yes' "1" 3.70 0.1 0.0001 0.00001 100000.0 1.10 12345.678 -0.0 1_0.5_0
2001-12-14 10.0.0.1 1.2.3 - + . .. ._1 1.2e+ 1__2 0b 0x 1:2:3 59:59.9 01:30 0:0 =x <<x a<<
0.1e-7 1.7976931348623157e+308 5.0e-324 1.0e+400 99999999999999999999.0 6:05:04.25 1234567.0
123456789.123456789]]

for word in WORDS:gmatch "%S+" do
  texts[#texts + 1] = "- " .. word
end

for _, text in ipairs {
  "", "---", "a: b\n---\nc: d", "a: &x {p: 1}\nb: *x", "a: &x 1\nb: &x 2", "a: *x", "a: &x [*x]",
  "b: &b {p: 1, q: 2}\nc: &c {p: 3, r: 4}\nd:\n  <<: *b\n  q: 9\ne: {<<: [*b, *c], z: 1}\n"
    .. "f: {<<: *b, <<: *c}\ng: {p: 0, <<: *b}",
  "a: {<<: 5}", "a: {<<: [5]}", "'<<': {a: 1}", "a: 1\na: 2", "a: !!str 5", "a: !!int '5'",
  "a: !!int x", "a: !!bool 'Yes'", "a: !!bool x", "a: !!null x", "a: !foo x",
  "a: !!python/name:os.system x", "a: ! 5", "a: !!map {b: 1}", "a: !!seq [1]", "a: !!float '1'",
  "a: !!float 1.5", "{}", "[]", "a: []\nb: {}", "? [a]\n: b", "a: |\n  x\n  y\nb: >-\n  p\n  q",
  "a: 'it''s'", 'a: "\\u00e9\\x41"', "a:\n- 1\n- 2", "a: b: c", "\ta: b", "a: 'x", "a: [1, 2",
  "%YAML 1.1\n---\na: 1", "%YAML 2.0\n---\na: 1", "a: x # c", "a: x#c", "a: @b", "a: `b",
  "a: %b", "a: é", "x", "5", "a: p@ss:w0rd", "a: {b: c:d}", "a: -\nb: 1", "- - a\n  - b",
  "a: !!str", "a:", "a: ''", "{a, b: 1}", "a: {<<: *x}", "&x a: 1\nb: *x", "a: &x b\n*x : 1",
  "- &x 5\n- {*x : 1}", "a: &x [b]\n*x : 1", "*x : 1", "&x a: {*x : 1}", 'a: "\\/"',
} do
  texts[#texts + 1] = text
end

return texts
