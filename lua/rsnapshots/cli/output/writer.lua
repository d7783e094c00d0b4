--- Prints to a descriptor. Every write is checked, and so is closing: a full disk must not look
-- like success.
-- @classmod Writer

local terminal = require "rsnapshots.terminal"

local Writer = {}
Writer.__index = Writer

local ENOUGH = 65536 -- so many bytes are gathered before they are written
local EPIPE = 32

--- The metatable of write errors: `message`, `is_broken_pipe`.
Writer.Failure = {}

--- Made by a Context.
-- @local
-- @int fd
function Writer.new(fd)
  return setmetatable({ fd = fd, parts = {}, size = 0 }, Writer)
end

local function failure(message, errno)
  return setmetatable({ message = message, is_broken_pipe = errno == EPIPE }, Writer.Failure)
end

local function flush(self)
  if self.size == 0 then
    return nil
  end
  local text = table.concat(self.parts)
  self.parts, self.size = {}, 0
  local ok, message, errno = terminal.write(self.fd, text)
  if not ok then
    self.failed = failure(message, errno)
  end
  return self.failed
end

--- Prints a text as it is; raises if that fails.
-- @string text
function Writer:print(text)
  if text == "" then
    return
  end
  self.used = true
  self.parts[#self.parts + 1] = text
  self.size = self.size + #text
  if self.size >= ENOUGH then
    self:flush()
  end
end

--- Writes what was printed so far; raises if that fails.
function Writer:flush()
  local problem = flush(self)
  if problem then
    error(problem, 0)
  end
end

--- Writes the rest, and closes the descriptor. A failure is reported once.
-- @local
-- @return nil, or what failed
function Writer:finish()
  if self.failed or not self.used then
    return nil
  end
  local problem = flush(self)
  if problem then
    return problem
  end
  local ok, message, errno = terminal.close(self.fd)
  return not ok and failure(message, errno) or nil
end

return Writer
