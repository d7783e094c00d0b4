-- Processes for specs: run to their end, or kept in the background until they are stopped.

local socket = require "socket"

local process = {}

local PATIENCE = 120 -- seconds, on a machine that is busy with other things

--- Quotes a word for the shell.
function process.quote(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- The interpreter these specs run under.
function process.interpreter()
  local i = 0
  while arg[i - 1] do
    i = i - 1
  end
  return arg[i]
end

function process.read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read "*a"
  file:close()
  return bytes
end

--- Is there such a file?
function process.exists(path)
  local file = io.open(path, "rb")
  return file ~= nil and file:close()
end

function process.write(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

--- Runs a command line; its output, standard error included, and its exit status.
function process.run(command)
  local pipe = assert(io.popen(("{ %s\n} 2>&1; s=$?; echo; echo $s"):format(command)))
  local output, status = pipe:read("*a"):match("^(.*)\n(%d+)\n$")
  pipe:close()
  return output, tonumber(status)
end

--- A fresh directory.
function process.directory()
  return (process.run "mktemp -d"):match "%S+"
end

local Running = {}
Running.__index = Running

--- Starts a command line, which must `exec` its program; the output goes to a file.
function process.start(command, log)
  process.write(log, "")
  local pipe = assert(io.popen(("sh -c %s </dev/null >>%s 2>&1 & echo $!"):format(
    process.quote(command), process.quote(log))))
  local pid = pipe:read "*l"
  pipe:close()
  return setmetatable({ pid = pid, log = log }, Running)
end

--- What it has printed.
function Running:output()
  return process.read(self.log)
end

--- Waits until it has printed something that matches; the match.
function Running:await(pattern)
  local limit = socket.gettime() + PATIENCE
  repeat
    local found = self:output():match(pattern)
    if found then
      return found
    end
    socket.sleep(0.01)
  until socket.gettime() > limit
  error(("waited for %s in vain; there is: %s"):format(pattern, self:output()))
end

function Running:stop()
  os.execute(("kill %s 2>/dev/null"):format(self.pid))
end

return process
