--- How far something is: one line on standard error that is written over, where that is a
-- terminal, and nothing anywhere else.
-- @classmod Progress

local terminal = require "rsnapshots.terminal"
local text = require "rsnapshots.cli.output.text"

local Progress = {}
Progress.__index = Progress

local STDERR = 2
local CLEAR = "\r\27[K"

--- Made by a Context.
-- @local
-- @tparam boolean wanted
function Progress.new(wanted)
  local shown = wanted and terminal.isatty(STDERR) and os.getenv "TERM" ~= "dumb"
  return setmetatable({ shown = shown, line = "" }, Progress)
end

--- Shows a line in place of the one before.
-- @string line
function Progress:show(line)
  if not self.shown or line == self.line then
    return
  end
  local columns = (terminal.size(STDERR) or 80) - 1
  self.line = line
  terminal.write(STDERR, CLEAR .. text.cut(text.visible(line), columns))
end

--- Takes the line away.
function Progress:clear()
  if self.line ~= "" then
    terminal.write(STDERR, CLEAR)
    self.line = ""
  end
end

return Progress
