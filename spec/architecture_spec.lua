--- The rules that keep each thing in its room (docs/architecture.md).
local read = require("spec.support.process").read

local versions = require "spec.support.versions"

local function list(command)
  local pipe = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  return lines
end

local C_FILES = list "find csrc -name '*.[ch]' | sort"
local LUA_FILES = list "find lua -name '*.lua'"

-- A function of a file's path that works it out once.
local function remembered(work_out)
  local known = {}
  return function(path)
    known[path] = known[path] or work_out(path)
    return known[path]
  end
end

-- Without comments and, of Lua, without what is only told to people.
local code_of = remembered(function(path)
  local text = read(path)
  if path:match "%.lua$" then
    return (text:gsub("%-%-%[%[.-%]%]", ""):gsub("%-%-[^\n]*", ""))
  end
  return (text:gsub("/%*.-%*/", ""))
end)

local includes = remembered(function(path)
  local found = {}
  for name in code_of(path):gmatch '#%s*include%s*[<"]([^>"]+)[>"]' do
    found[#found + 1] = name
  end
  return found
end)

-- Everything that a file includes, directly or by way of our own headers.
local function all_includes(path, seen)
  seen = seen or {}
  for _, name in ipairs(includes(path)) do
    if not seen[name] then
      seen[name] = true
      local own = io.open("csrc/" .. name)
      if own then
        own:close()
        all_includes("csrc/" .. name, seen)
      end
    end
  end
  return seen
end

local function knows(path, pattern)
  for name in pairs(all_includes(path)) do
    if name:match(pattern) then
      return true
    end
  end
  return false
end

-- What the command needs of the system. It stands beside the core, and shares two headers with it.
local TERMINAL = "^csrc/terminal/"
local SHARED = { ["lua/compat.h"] = true, ["parse/hidden.h"] = true }

-- From the bottom up: a folder includes itself and those before it.
local LAYERS = { "parse", "http", "call", "listing", "lua" }

local LAYER = {}
for i, name in ipairs(LAYERS) do
  LAYER[name] = i
end

local function layer_of(path)
  return LAYER[path:match "^csrc/(%w+)/" or path:match "^(%w+)/"]
end

-- Does it know the headers of Lua, by whatever way?
local function knows_lua(path)
  return knows(path, "^lua%.h") or knows(path, "^lauxlib")
end

describe("the C core #once", function()
  it("has every file in a folder, and the public header beside them", function()
    for _, path in ipairs(C_FILES) do
      assert.is_true(layer_of(path) ~= nil or path:find(TERMINAL) ~= nil
        or path == "csrc/rsnapshots.h", path)
    end
  end)

  it("includes downwards only", function()
    for _, path in ipairs(C_FILES) do
      for _, name in ipairs(includes(path)) do
        local own, other = layer_of(path), layer_of(name)
        assert.is_true(not own or not other or other <= own, path .. " includes " .. name)
      end
    end
  end)

  it("and the terminal's part know nothing of each other", function()
    for _, path in ipairs(C_FILES) do
      for _, name in ipairs(includes(path)) do
        local is_terminal, of_core = path:find(TERMINAL) ~= nil, layer_of(name) ~= nil
        assert.equal(is_terminal, name:find "^terminal/" ~= nil or is_terminal, path)
        assert.is_true(not (is_terminal and of_core) or SHARED[name], path .. ": " .. name)
      end
    end
  end)

  it("knows Lua in csrc/lua only, and curl in csrc/http only", function()
    for _, path in ipairs(C_FILES) do
      assert.is_true(path:find("^csrc/lua/") ~= nil or path:find(TERMINAL) ~= nil
        or not knows_lua(path), path)
      assert.is_true(path:find("^csrc/http/") ~= nil or not knows(path, "^curl/"), path)
    end
  end)

  it("knows what differs between versions of Lua in compat.h only", function()
    for _, path in ipairs(C_FILES) do
      if path ~= "csrc/lua/compat.h" then
        assert.is_nil(code_of(path):find("LUA_VERSION_NUM", 1, true), path)
      end
    end
  end)

  it("has one header that includes Lua's", function()
    for _, path in ipairs(C_FILES) do
      if path ~= "csrc/lua/compat.h" then
        for _, name in ipairs(includes(path)) do
          assert.is_true(name ~= "lua.h" and name ~= "lauxlib.h", path)
        end
      end
    end
  end)

  it("allocates through its allocator only", function()
    for _, path in ipairs(C_FILES) do
      local is_allocator = path == "csrc/http/memory.c"
      local names = { "malloc", "calloc", "realloc", "strdup", "free" }
      for _, name in ipairs(is_allocator and {} or names) do
        assert.is_nil(code_of(path):find("%f[%w_]" .. name .. "%s*%("), path .. ": " .. name)
      end
    end
  end)

  it("keeps its files and functions short", function()
    for _, path in ipairs(C_FILES) do
      local number, start = 0, nil
      for line in (read(path)):gmatch "([^\n]*)\n" do
        number = number + 1
        if line:match "^[%a_].*%($" or line:match "^[%a_].*%(.*[,{)]$" then
          start = number
        elseif line == "}" and start then
          assert.is_true(number - start <= 80, path .. ":" .. start)
          start = nil
        end
      end
      assert.is_true(number <= 600, path .. " has " .. number .. " lines")
    end
  end)
end)

-- The modules that a Lua file requires, of this library.
local function requires(path)
  local found = {}
  for name in code_of(path):gmatch 'require%s*%(?%s*"(rsnapshots[%w_%.]*)"' do
    found[name] = true
  end
  return found
end

-- From the top down: what a folder may use, besides itself. A file in no folder is a folder of
-- its own.
local FOLDERS = {
  cli = { "init", "retention", "simulator", "client", "connect", "error", "support", "version",
    "terminal", "core" },
  simulator = { "init", "loop", "support", "error" },
  init = { "connector", "connect", "client", "error", "support", "version", "core" },
  connector = { "connect", "client", "identity", "tasks", "loop", "error", "support" },
  connect = { "identity", "client", "tasks", "error", "support", "version", "core" },
  client = { "tasks", "error", "support", "core" },
  identity = { "error", "support", "core" },
  retention = { "error", "support", "core" },
  tasks = { "loop", "error", "support", "core" },
  loop = { "support", "core" },
  error = { "support" },
  support = { "core" },
  version = {},
}

local function folder_of(path)
  return path:match "^lua/rsnapshots/([%w_]+)/" or path:match "^lua/rsnapshots/([%w_]+)%.lua$"
end

local function module_of(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

describe("the Lua layer #once", function()
  it("calls downwards only", function()
    for _, path in ipairs(LUA_FILES) do
      local own = folder_of(path)
      local allowed = { [own] = true }
      for _, name in ipairs(assert(FOLDERS[own], path)) do
        allowed[name] = true
      end
      for name in pairs(requires(path)) do
        local folder = name:match "^rsnapshots%.([%w_]+)" or "init"
        assert.is_true(allowed[folder] or false, path .. " requires " .. name)
      end
    end
  end)

  -- What a folder keeps to itself, however one came by the object.
  it("reaches through no object into another folder's inside", function()
    local KEPT = { tasks = { "%.core:start", "%.core:step", "%.core:lane", "%.scheduler%.core",
      ":pause%(" }, client = { "calls%.STATE" } }
    for owner, words in pairs(KEPT) do
      for _, path in ipairs(LUA_FILES) do
        for _, word in ipairs(folder_of(path) ~= owner and words or {}) do
          assert.is_nil(code_of(path):find(word), path .. ": " .. word)
        end
      end
    end
  end)

  it("says display_name in dialect only", function()
    for _, path in ipairs(LUA_FILES) do
      if path ~= "lua/rsnapshots/client/dialect.lua" and not path:find("/simulator/", 1, true) then
        assert.is_nil(code_of(path):find("display_", 1, true), path)
      end
    end
  end)

  it("uses the terminal in the command only", function()
    for _, path in ipairs(LUA_FILES) do
      if not path:find("/cli/", 1, true) then
        assert.is_nil(code_of(path):find("rsnapshots.terminal", 1, true), path)
      end
    end
  end)

  it("decodes no answer with cjson", function()
    for _, path in ipairs(LUA_FILES) do
      if not path:find("/simulator/", 1, true) and not path:find("/cli/", 1, true) then
        assert.is_nil(code_of(path):find("cjson[%w_%.]*decode"), path)
        assert.is_true(path == "lua/rsnapshots/support/json.lua"
          or code_of(path):find('require "cjson"', 1, true) == nil, path)
      end
    end
  end)

  it("knows nothing of the simulator", function()
    for _, path in ipairs(LUA_FILES) do
      if not path:find("/simulator/", 1, true) and not path:find("/cli/", 1, true) then
        assert.is_nil(code_of(path):find("rsnapshots.simulator", 1, true), path)
      end
    end
  end)

  it("waits in no pcall, which 5.1 cannot yield across", function()
    for _, path in ipairs(LUA_FILES) do
      if not path:find("/simulator/", 1, true) and not path:find("/cli/", 1, true)
        and path ~= "lua/rsnapshots/support/compat.lua" -- which knows where 5.1 can
        and path ~= "lua/rsnapshots/support/check.lua" -- which checks, and waits for nothing
        -- which read texts, and wait for nothing
        and path ~= "lua/rsnapshots/connect/clouds/yaml.lua"
        and path ~= "lua/rsnapshots/connect/settings.lua" then
        local code = code_of(path):gsub("pcall%(require, ", "(")
        assert.is_nil(code:find("%f[%w_]x?pcall%f[^%w_]"), path)
      end
    end
  end)

  it("knows what differs between versions of Lua in compat only", function()
    local differing = { "_VERSION", "unpack", "jit", "setfenv", "getfenv", "loadstring", "load",
      "_ENV", "utf8%.%w+", "bit%.%w+", "bit32%.%w+",
      "math%.type", "math%.tointeger", "math%.maxinteger",
      "math%.mininteger", "table%.pack", "table%.move", "string%.pack", "rawlen", "goto" }
    local others = list "ls bin/rsnapshots examples/*.lua bench/*.lua"
    for _, paths in ipairs { LUA_FILES, others } do
      for _, path in ipairs(paths) do
        -- without texts, and without fields of our own: compat.unpack, { _VERSION = ... }
        local code = code_of(path):gsub('"[^"\n]*"', '""'):gsub("%f[%w_]compat%.[%w_]+", "")
          :gsub("_VERSION%s*=", "")
        for _, name in ipairs(path == "lua/rsnapshots/support/compat.lua" and {} or differing) do
          assert.is_nil(code:find("%f[%w_]" .. name .. "%f[^%w_]"), path .. ": " .. name)
        end
      end
    end
  end)

  it("keeps its files short", function()
    for _, path in ipairs(LUA_FILES) do
      local _, lines = read(path):gsub("\n", "")
      assert.is_true(lines <= 600, path .. " has " .. lines .. " lines")
    end
  end)
end)

describe("the rockspec #once", function()
  local rockspec = assert(versions.load("local rockspec_format, package, version, source, "
    .. "description, dependencies, external_dependencies, build\n"
    .. read "rsnapshots-scm-1.rockspec"
    .. "\nreturn { dependencies = dependencies, build = build }"))()

  it("is for every Lua that this is tested on", function()
    assert.same({ "lua >= 5.1, < 5.6", "lua-cjson >= 2.1" }, rockspec.dependencies)
  end)

  it("builds the same C files as CMake", function()
    for name, command in pairs {
      ["rsnapshots.core"] = "find csrc -name '*.c' -not -path 'csrc/terminal/*'",
      ["rsnapshots.terminal"] = "find csrc/terminal -name '*.c'",
    } do
      local sources, expected = rockspec.build.modules[name].sources, list(command)
      table.sort(sources)
      table.sort(expected)
      assert.same(expected, sources)
    end
  end)

  it("installs every Lua module", function()
    local modules = {}
    for _, path in ipairs(LUA_FILES) do
      modules[module_of(path)] = path
    end
    for _, name in ipairs { "rsnapshots.core", "rsnapshots.terminal" } do
      modules[name] = rockspec.build.modules[name]
    end
    assert.same(modules, rockspec.build.modules)
  end)
end)
