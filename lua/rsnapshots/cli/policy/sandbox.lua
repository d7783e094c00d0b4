--- Runs a text of Lua that holds data: without libraries, for so long and with so much memory.
--
-- A hook looks after every instruction, since one can double a text and few do it a thousand
-- times. The methods of texts, which are reached without any library, are not there meanwhile:
-- `("x"):rep(1e9)` and patterns that take for ever are single instructions.
-- @module rsnapshots.cli.policy.sandbox

local compat = require "rsnapshots.support.compat"

local sandbox = {}

local format = string.format -- not a method: texts have none while a file runs

local INSTRUCTIONS = 200000
local MEMORY = 512 -- KiB more than before

-- What ends a run, with its line.
local Limit = {}

-- The hook goes first: what catches the error is looked after no more.
local function stop(message)
  debug.sethook()
  local info = debug.getinfo(3, "l")
  error(setmetatable({ message = message, line = info and info.currentline }, Limit), 0)
end

local function watch()
  local used, before = 0, collectgarbage "count"
  return function()
    used = used + 1
    if used > INSTRUCTIONS then
      stop(format("it does not come to an end within %d instructions", INSTRUCTIONS))
    elseif collectgarbage "count" - before > MEMORY then
      stop(format("it takes more than %d KiB of memory", MEMORY))
    end
  end
end

local function globals()
  return setmetatable({}, { __index = function(_, name)
    error(format("there is no '%s' in a policy file, which holds data only", tostring(name)), 2)
  end })
end

local function no_methods(_, name)
  error(format("texts have no method '%s' in a policy file", tostring(name)), 2)
end

-- Runs a function while texts have no methods and the hook watches; both are as before
-- afterwards.
local function confined(body)
  local texts = getmetatable ""
  local methods = texts.__index
  local hook, mask, count = debug.gethook()
  texts.__index = no_methods
  local ok, result = pcall(function()
    debug.sethook(watch(), "", 1)
    local value = body()
    debug.sethook()
    return value
  end)
  debug.sethook(hook, mask, count)
  texts.__index = methods
  return ok, result
end

-- A message of Lua itself begins with the chunk's name, shortened, and the line.
local function with_line(path, raised)
  if getmetatable(raised) == Limit then
    return ("%s:%s: %s"):format(path, raised.line or "?", raised.message)
  elseif type(raised) ~= "string" then
    return ("%s: it raised %s"):format(path, type(raised))
  end
  local line, message = raised:match "^[^\n]-:(%d+): (.*)$"
  return line and ("%s:%s: %s"):format(path, line, message) or ("%s: %s"):format(path, raised)
end

--- Runs a text.
-- @string text
-- @string path for messages
-- @return what it returns first; nil and what is wrong, with path and line
function sandbox.run(text, path)
  local chunk, problem = compat.chunk(text, "@policy", globals())
  if not chunk then
    return nil, with_line(path, problem)
  end
  local ok, result = confined(compat.interpreted(chunk))
  collectgarbage() -- what it left must not count against the next one
  if not ok then
    return nil, with_line(path, result)
  end
  return result
end

return sandbox
