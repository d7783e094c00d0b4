--- Replaces a file atomically: the new content is written to a file beside it, which is then
-- renamed.
-- @module rsnapshots.cli.output.file

local terminal = require "rsnapshots.terminal"

local file = {}

-- Writes a new file; nil and a message.
local function write_new(path, text)
  local fd, message = terminal.create(path)
  if not fd then
    return nil, message
  end
  local ok
  ok, message = terminal.write(fd, text)
  if ok then
    ok, message = terminal.sync(fd)
  end
  local closed, problem = terminal.close(fd)
  return ok and closed, message or problem
end

-- Writes to a device or a pipe, which must not be replaced by a file. Behind /dev/stdout may be a
-- file that has lines already: they stay.
local function write_device(path, text)
  local device, problem = io.open(path, "ab")
  if not device then
    return nil, problem
  end
  local ok, message = device:write(text)
  local closed, failure = device:close()
  return ok and closed or nil, ("%s: %s"):format(path, tostring(message or failure))
end

--- Replaces a file's content, or makes the file.
-- @string path
-- @string text
-- @return true; nil and what is wrong; then the file is unchanged
function file.replace(path, text)
  if path:find "^/dev/" then
    return write_device(path, text)
  end
  local beside = path .. ".new"
  os.remove(beside) -- it may be left from a run that was killed
  local ok, message = write_new(beside, text)
  if ok then
    ok, message = terminal.rename(beside, path)
  end
  if not ok then
    os.remove(beside)
    return nil, ("%s: %s"):format(path, message)
  end
  return true
end

return file
