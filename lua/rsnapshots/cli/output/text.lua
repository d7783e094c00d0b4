--- Texts for a terminal.
-- @module rsnapshots.cli.output.text

local terminal = require "rsnapshots.terminal"

local text = {}

local NAMED = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\27"] = "\\e" }

local function escape(char)
  return NAMED[char] or ("\\x%02x"):format(char:byte())
end

-- Escapes a character from U+2000 to U+2FFF, given the second and third byte.
local function escape_three(second, third)
  return ("\\u%04x"):format(0x2000 + (second:byte() - 128) * 64 + third:byte() - 128)
end

--- Escapes Unicode's additional line ends, and characters that change the direction of text:
-- `\u202e`.
function text.further(value)
  return (value:gsub("\226(\128)([\168-\174])", escape_three)
    :gsub("\226(\129)([\166-\169])", escape_three))
end

--- Escapes control characters: a name must not begin a new line or control the terminal.
function text.visible(value)
  if not value:find "[%z\1-\31\127\194\226]" then
    return value
  end
  value = value:gsub("[%z\1-\31\127]", escape)
  return text.further((value:gsub("\194([\128-\159])", escape))) -- U+0080 to U+009F
end

--- Cuts a text to this many columns, with "…" in place of the rest.
function text.cut(value, columns)
  if terminal.width(value) <= columns then
    return value
  elseif columns < 1 then
    return ""
  end
  return terminal.prefix(value, columns - 1) .. "…"
end

--- Pads a text with spaces to this many columns.
function text.pad(value, columns)
  return value .. (" "):rep(columns - terminal.width(value))
end

--- Breaks a text between words into lines of at most this many columns. A longer word stays whole.
function text.wrap(value, columns)
  local lines, line = {}, nil
  for word in value:gmatch "%S+" do
    local longer = line and line .. " " .. word or word
    if line and terminal.width(longer) > columns then
      lines[#lines + 1], line = line, word
    else
      line = longer
    end
  end
  lines[#lines + 1] = line
  return lines
end

return text
