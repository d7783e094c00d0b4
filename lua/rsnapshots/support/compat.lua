--- What differs between the versions of Lua.
local compat = {}

-- luacheck: push ignore 113 143 (what is not there in every version)

--- The folder below lib/lua and share/lua, which LuaJIT shares with 5.1.
compat.version = _VERSION:match "%d+%.%d+"

--- As CMake and RS_LUA call it: 5.4, 5.3, 5.2, 5.1, jit.
compat.name = jit and "jit" or compat.version

--- A checkout's build folder for it.
compat.build = compat.name == "5.4" and "build" or "build-" .. compat.name

compat.unpack = table.unpack or unpack

--- A chunk of text (no bytecode) whose globals are a table's; nil and why it is none.
-- @string name such as `@policy.lua`
function compat.chunk(text, name, globals)
  if not setfenv then
    return load(text, name, "t", globals)
  elseif text:sub(1, 1) == "\27" then
    return nil, "bytecode is not taken"
  end
  local chunk, problem = loadstring(text, name)
  return chunk and setfenv(chunk, globals), problem
end

--- Has a function, and those in it, interpreted only: hooks do not see what LuaJIT compiles.
function compat.interpreted(body)
  if jit then
    jit.off(body, true)
  end
  return body
end

--- An object of a metatable's. In 5.1 and LuaJIT it is no table: the length of one, and ipairs, ask
-- no metatable there, and what is no list would look like an empty one.
-- @tparam table meta with all that it will ever have
function compat.object(meta)
  if not newproxy then
    return setmetatable({}, meta)
  end
  local made = newproxy(true)
  for name, value in pairs(meta) do
    getmetatable(made)[name] = value
  end
  return made
end

-- luacheck: pop

--- Ends a suspended coroutine, nil before 5.4.
compat.close_coroutine = coroutine.close -- luacheck: ignore

--- May the running coroutine yield where it is? nil in 5.1 and 5.2.
compat.is_yieldable = coroutine.isyieldable -- luacheck: ignore

--- pcall, which in 5.1 cannot be yielded across: there, in a coroutine, a plain call.
function compat.protected(body, ...)
  if compat.name == "5.1" and coroutine.running() then
    return true, body(...)
  end
  return pcall(body, ...)
end

--- Is this number not whole, or written as if it were not? (5.1 and 5.2 take 1.0 for 1.)
function compat.is_float(number)
  local kind = math.type -- luacheck: ignore
  if kind then
    return kind(number) == "float"
  end
  return number % 1 ~= 0
end

--- Is it a whole number? (5.1 and 5.2 have no integers of their own.)
function compat.is_integer(value)
  return type(value) == "number" and value % 1 == 0 and value < 2 ^ 53 and value > -2 ^ 53
end

--- The digits of a whole number; nil for one that is none, or has more than a double can hold.
function compat.digits(number)
  local kind = math.type -- luacheck: ignore
  if kind and kind(number) == "integer" then
    return ("%d"):format(number)
  end
  return compat.is_integer(number) and ("%.0f"):format(number) or nil
end

return compat
