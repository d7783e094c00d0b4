--- What differs between the versions of Lua.
local compat = {}

-- luacheck: push ignore 113 143 (some functions do not exist in every version)

-- Some hosts have an error raised where a global is read that is not there.
local jit, setfenv = rawget(_G, "jit"), rawget(_G, "setfenv")
local newproxy = rawget(_G, "newproxy")

--- The library of that name, nil in a host that keeps it back.
compat.debug = rawget(_G, "debug")

--- The folder below lib/lua and share/lua, which LuaJIT shares with 5.1.
compat.version = _VERSION:match "%d+%.%d+"

--- The version's name for CMake and RS_LUA: 5.4, 5.3, 5.2, 5.1, jit.
compat.name = jit and "jit" or compat.version

--- A checkout's build folder for this version.
compat.build = compat.name == "5.4" and "build" or "build-" .. compat.name

compat.unpack = table.unpack or rawget(_G, "unpack")

--- Compiles text, not bytecode, into a chunk whose globals are in a table; nil and what is wrong.
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

--- Makes LuaJIT only interpret a function and the functions in it, because hooks do not see
-- compiled code.
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

--- Closes a suspended coroutine; nil before 5.4.
compat.close_coroutine = coroutine.close -- luacheck: ignore

--- May the running coroutine yield here? nil in 5.1 and 5.2.
compat.is_yieldable = coroutine.isyieldable -- luacheck: ignore

--- pcall; but in a coroutine of 5.1, where a pcall cannot be yielded across, a plain call.
compat.protected = compat.name ~= "5.1" and pcall or function(body, ...)
  if coroutine.running() then
    return true, body(...)
  end
  return pcall(body, ...)
end

--- Is this number not whole, or written as if it were not? (In 5.1 and 5.2, 1.0 is the same as 1.)
function compat.is_float(number)
  local kind = math.type -- luacheck: ignore
  if kind then
    return kind(number) == "float"
  end
  return number % 1 ~= 0
end

--- Is it a whole number? (5.1 and 5.2 have no integer type.)
function compat.is_integer(value)
  return type(value) == "number" and value % 1 == 0 and value < 2 ^ 53 and value > -2 ^ 53
end

--- The digits of a whole number; nil if it is not whole, or has more digits than a double can hold.
function compat.digits(number)
  local kind = math.type -- luacheck: ignore
  if kind and kind(number) == "integer" then
    return ("%d"):format(number)
  end
  return compat.is_integer(number) and ("%.0f"):format(number) or nil
end

return compat
