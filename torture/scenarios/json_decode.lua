-- A JSON document of every kind of value becomes Lua values.
local support = dofile "torture/support.lua"
local core = require "rsnapshots.core"

local LONG = ("long \\u00e9 text, "):rep(100) -- unescaped on the heap
local TEXT = [==[{"a": [1, -2.5, true, false, null, "text", "esc\u0061ped\n\ud83d\ude00", [], {}],
  "b": {"c": {"d": {"e": [[[[1]]]]}}, "null": null}, "n": 9007199254740993, "long": "]==] .. LONG ..
  [==[", "many": []==] .. ("12345678, "):rep(300) .. "0]}"

return {
  run = function()
    local value, problem = core.decode(TEXT)
    local kept = core.decode(TEXT, true)
    return value and support.show(value) .. tostring(kept.b.null == core.null), problem
  end,
}
