--- A real terminal (tmux): what a person sees, and what they type.
local process = require "spec.support.process"
local socket = require "socket"

local screen = {}

local Screen = {}
Screen.__index = Screen

--- Opens a terminal of that size, with a shell that prompts "$ ".
-- @int columns
-- @int rows
-- @string[opt] setup what the shell runs first
-- @func[opt] idle what is done while it is waited for: serves a cloud, say
function screen.open(columns, rows, setup, idle)
  local folder = process.directory()
  process.write(folder .. "/rc", (setup or "") .. "\nPS1='$ '\nexport TERM=screen\nclear\n")
  local self = setmetatable({ folder = folder, idle = idle or function() socket.sleep(0.02) end,
    tmux = ("tmux -S %s/socket -f /dev/null"):format(folder) }, Screen)
  local output, status = process.run(("LC_ALL=C.UTF-8 %s -u new-session -d -x %d -y %d "
    .. "'exec bash --noprofile --rcfile %s/rc -i'"):format(self.tmux, columns, rows, folder))
  assert(status == 0, output)
  self:await "^%$ *$"
  return self
end

function Screen:close()
  process.run(self.tmux .. " kill-server")
  process.run("rm -rf " .. self.folder)
end

--- What is on it, without spaces at the ends of lines and empty lines at its end.
function Screen:text()
  local output = process.run(self.tmux .. " capture-pane -p")
  return (output:gsub("[ \t]+\n", "\n"):gsub("%s+$", ""))
end

--- The same with the colours' codes.
function Screen:colours()
  return (process.run(self.tmux .. " capture-pane -p -e"))
end

--- Waits until it shows something; what is on it then.
function Screen:await(pattern)
  local limit, text = socket.gettime() + 120, self:text()
  while not text:find(pattern) do
    assert(socket.gettime() < limit, ("waited in vain for %s; there is:\n%s"):format(pattern, text))
    self.idle()
    text = self:text()
  end
  return text
end

--- Types words, or presses keys such as `Enter` and `C-c`.
function Screen:press(...)
  local keys = {}
  for i, key in ipairs { ... } do
    keys[i] = process.quote(key)
  end
  process.run(("%s send-keys -- %s"):format(self.tmux, table.concat(keys, " ")))
end

--- Runs a line on an empty screen; what is on it when the prompt is there again.
function Screen:run(line)
  self:start(line)
  return self:finish()
end

--- Types a line on an empty screen, and does not wait for its end.
function Screen:start(line)
  self:press(": full", "Enter") -- else an empty screen might be the one before it is cleared
  self:await "full\n%$ *$"
  self:press("clear", "Enter")
  self:await "^%$ *$"
  process.run(("%s send-keys -l -- %s \\; send-keys Enter"):format(self.tmux,
    process.quote(line)))
end

--- Waits for the prompt; what is on the screen, without it and the line that was typed.
function Screen:finish()
  local text = self:await "\n%$$"
  return (text:gsub("^[^\n]*\n", ""):gsub("\n?%$$", ""))
end

return screen
