--- Runs Lua that contains only data: without libraries, and with limits on time and memory.
--
-- A hook checks the limits after every instruction, because a few instructions can double a text
-- again and again. Strings have no methods while a file runs: methods need no library, and
-- `("x"):rep(1e9)` or a slow pattern is a single instruction.
-- @module rsnapshots.cli.policy.sandbox

local compat = require "rsnapshots.support.compat"

local sandbox = {}

local format = string.format -- not a method: texts have none while a file runs

local INSTRUCTIONS = 200000
local MEMORY = 512 -- KiB more than before

-- The metatable of the error that ends a run at a limit: `message`, `line`.
local Limit = {}

-- Removes the hook first: it must not watch the code that handles the error.
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
      stop(format("it does not end within %d instructions", INSTRUCTIONS))
    elseif collectgarbage "count" - before > MEMORY then
      stop(format("it takes more than %d KiB of memory", MEMORY))
    end
  end
end

local function globals()
  return setmetatable({}, { __index = function(_, name)
    error(format("there is no '%s' in a policy file, which contains only data", tostring(name)), 2)
  end })
end

local function no_methods(_, name)
  error(format("texts have no method '%s' in a policy file", tostring(name)), 2)
end

local function end_watch(...)
  debug.sethook()
  return select("#", ...), (...)
end

-- Runs a function with the hook and without string methods; restores both afterwards. Returns
-- pcall's first result, then the number of results and the first one, or the error.
local function confined(body)
  local texts = getmetatable ""
  local methods = texts.__index
  local hook, mask, count = debug.gethook()
  texts.__index = no_methods
  local ok, returned, result = pcall(function()
    debug.sethook(watch(), "", 1)
    return end_watch(body())
  end)
  debug.sethook(hook, mask, count)
  texts.__index = methods
  return ok, returned, result
end

-- Lua's own messages begin with the chunk's shortened name and the line.
local function with_line(path, raised)
  if getmetatable(raised) == Limit then
    return ("%s:%s: %s"):format(path, raised.line or "?", raised.message)
  elseif type(raised) ~= "string" then
    return ("%s: it raised %s"):format(path, type(raised))
  end
  local line, message = raised:match "^[^\n]-:(%d+): (.*)$"
  return line and ("%s:%s: %s"):format(path, line, message) or ("%s: %s"):format(path, raised)
end

--- Runs a chunk.
-- @string text
-- @string path for messages
-- @return its result; nil and what is wrong, with path and line
function sandbox.run(text, path)
  local chunk, problem = compat.chunk(text, "@policy", globals())
  if not chunk then
    return nil, with_line(path, problem)
  end
  local ok, count, result = confined(compat.interpreted(chunk))
  collectgarbage() -- its garbage must not count against the next run
  if not ok then
    return nil, with_line(path, count)
  elseif count > 1 then
    return nil, ("%s: it returns %d values; a list is one: return { { … }, { … } }"):format(path,
      count)
  end
  return result
end

return sandbox
