-- Texts that are no JSON are refused, with a message, however far reading got; some are read all
-- the same.
local support = dofile "torture/support.lua"
local core = require "rsnapshots.core"

local TEXTS = {
  "", "{", "[1, 2", '{"a": 1,}', '{"a" 1}', "nul", "01", '"\\ud800"', '"\200"', "[1] 2",
  "\239\187\191[]",
  ("["):rep(100), '{"deep": [[[{"a": ["b", {"c": "]] .. ("x"):rep(2000) .. [[", 1e999',
}

return {
  run = function()
    local messages = {}
    for i, text in ipairs(TEXTS) do
      local value, message = core.decode(text)
      messages[i] = support.show(value) .. " " .. tostring(message)
    end
    return table.concat(messages, "\n")
  end,
}
