--- Which lines of lua/rsnapshots the specs reach: printed at the end, per file.
-- RS_COVERAGE_MISSED=1 also lists the lines that nothing reached.

require "spec.support.lean"

local PREFIX = "./lua/rsnapshots/"
local reached = {}

-- The lines reached of a function's file; false for a file that does not count.
local lines_by_function = setmetatable({}, { __mode = "k" })

local function lines_for(called)
  local path = debug.getinfo(called, "S").source:sub(2)
  local lines = path:sub(1, #PREFIX) == PREFIX and (reached[path] or {})
  if lines then
    reached[path] = lines
  end
  lines_by_function[called] = lines
  return lines
end

local getinfo = debug.getinfo

local function on_line(_, line)
  local called = getinfo(2, "f").func
  local lines = lines_by_function[called]
  if lines == nil then
    lines = lines_for(called)
  end
  if lines then
    lines[line] = true
  end
end

debug.sethook(on_line, "l")

-- Hooks are a thread's own.
local create = coroutine.create
coroutine.create = function(f) -- luacheck: ignore
  local thread = create(f)
  debug.sethook(thread, on_line, "l")
  return thread
end

-- The lines that have code, as the compiler lists them.
local function lines_of(path)
  local pipe = assert(io.popen(("luac5.4 -l -p '%s'"):format(path)))
  local lines = {}
  for line in pipe:lines() do
    local number, operation = line:match "^%s+%d+%s+%[(%d+)%]%s+(%u+)"
    if number and operation ~= "VARARGPREP" then
      lines[tonumber(number)] = true
    end
  end
  pipe:close()
  return lines
end

local function report()
  debug.sethook()
  local pipe = assert(io.popen("find " .. PREFIX .. " -name '*.lua' | sort"))
  local all, hit = 0, 0
  for path in pipe:lines() do
    local own, found, missed = 0, 0, {}
    for line in pairs(lines_of(path)) do
      own = own + 1
      if reached[path] and reached[path][line] then
        found = found + 1
      else
        missed[#missed + 1] = line
      end
    end
    all, hit = all + own, hit + found
    table.sort(missed)
    print(("%-52s %4d of %4d lines  %5.1f %%%s"):format(path, found, own,
      100 * found / math.max(own, 1), os.getenv "RS_COVERAGE_MISSED" and #missed > 0
      and "  missed: " .. table.concat(missed, " ") or ""))
  end
  pipe:close()
  print(("Lua: %d of %d lines, %.1f %%"):format(hit, all, 100 * hit / all))
end

require("busted").subscribe({ "exit" }, function()
  report()
  return nil, true
end)
