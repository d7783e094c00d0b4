--- Progress on one line of standard error, which is overwritten each time. Without a terminal,
-- nothing is shown.
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

--- Shows a line in place of the last one.
-- @string line
function Progress:show(line)
  if not self.shown or line == self.line then
    return
  end
  local columns = (terminal.size(STDERR) or 80) - 1
  self.line = line
  terminal.write(STDERR, CLEAR .. text.cut(text.visible(line), columns))
end

--- Clears the line.
function Progress:clear()
  if self.line ~= "" then
    terminal.write(STDERR, CLEAR)
    self.line = ""
  end
end

return Progress
