--- The ways of installing give what the README says, in an empty folder, for the Lua that the
-- specs run on.
local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"

local SHARE, LIB = "share/lua/" .. compat.version .. "/", "lib/lua/" .. compat.version .. "/"
local PROGRAM = compat.name == "jit" and "luajit" or "lua" .. compat.version
local LUA = process.quote(process.interpreter())

local function run(command)
  local clean = "unset LD_PRELOAD LUA_PATH LUA_CPATH RS_LUA; "
  local output, status = process.run(clean .. command)
  assert(status == 0, command .. "\n" .. output)
  return output
end

local function files_below(folder)
  local found = {}
  for line in run(("cd '%s' && find . -type f | sed 's,^./,,' | sort"):format(folder))
      :gmatch "[^\n]+" do
    found[line] = true
  end
  return found
end

local function lua_modules()
  local names = {}
  for path in run("cd lua && find rsnapshots -name '*.lua'"):gmatch "[^\n]+" do
    names[#names + 1] = path
  end
  return names
end

-- A script in another folder, with only that tree on the path.
local function uses(tree)
  return run(([[cd / && export LUA_PATH='TREE/SHARE?.lua;TREE/SHARE?/init.lua;;' \
    LUA_CPATH='TREE/LIB?.so;;' && PROGRAM -e '
      local rsnapshots = require "rsnapshots"
      local sim = require("rsnapshots.simulator").new()
      local options = sim:credentials { api_version = 3 }
      options.wait = sim.wait
      local client = assert(rsnapshots.connect(options))
      print(rsnapshots._VERSION, client:count())']])
    :gsub("%u%u%u+", { TREE = tree, SHARE = SHARE, LIB = LIB, PROGRAM = LUA }))
end

local function assert_tree(tree)
  local found = files_below(tree)
  assert.is_true(found[LIB .. "rsnapshots/core.so"])
  assert.is_true(found[LIB .. "rsnapshots/terminal.so"])
  for _, path in ipairs(lua_modules()) do
    assert.is_true(found[SHARE .. path], path)
  end
  assert.matches("^%d+%.%d+%.%d+\t0\n$", uses(tree))
  assert.matches("simulate", run("cd / && '" .. tree .. "/bin/rsnapshots' --help"))
  return found
end

describe("installing #separate", function()
  local folder

  setup(function()
    folder = run("mktemp -d"):gsub("%s", "")
  end)

  teardown(function()
    run("rm -rf '" .. folder .. "'")
  end)

  it("with CMake gives the module, the command and the libraries", function()
    local prefix = folder .. "/cmake"
    run(("cmake -S . -B '%s/build' -DLUA_VERSION=%s && cmake --build '%s/build' && "
      .. "cmake --install '%s/build' --prefix '%s'")
      :format(folder, compat.name, folder, folder, prefix))
    local found = assert_tree(prefix)
    for _, path in ipairs { "lib/librsnapshots.a", "lib/librsnapshots-" .. PROGRAM .. ".a",
      "lib/pkgconfig/rsnapshots.pc", "include/rsnapshots.h" } do
      assert.is_true(found[path], path)
    end
    assert.is_true(found["bin/rsnapshots"])
    for _, path in ipairs { "man/man1/rsnapshots.1", "bash-completion/completions/rsnapshots",
      "zsh/site-functions/_rsnapshots", "fish/vendor_completions.d/rsnapshots.fish" } do
      assert.is_true(found["share/" .. path], path)
    end
  end)

  local function exports(prefix, module)
    return run(("nm -D --defined-only '%s/%srsnapshots/%s.so' | awk '{print $3}'"):format(prefix,
      LIB, module))
  end

  local function assert_exports(prefix)
    for _, module in ipairs { "core", "terminal" } do
      assert.equal("luaopen_rsnapshots_" .. module .. "\n", exports(prefix, module))
    end
  end

  -- The names that a static library shows to the programs it is linked into.
  local function shown(name)
    return run(("readelf -sW '%s/cmake/lib/%s' | "
      .. "awk '$5 != \"LOCAL\" && $6 == \"DEFAULT\" && $7 ~ /^[0-9]+$/ { print $8 }' | sort")
      :format(folder, name))
  end

  it("exports what Lua opens and nothing else", function()
    assert_exports(folder .. "/cmake")
    assert.equal("luaopen_rsnapshots_core\n", shown("librsnapshots-" .. PROGRAM .. ".a"))
  end)

  it("exports to C what the header declares, and needs no Lua for that", function()
    local declared = {}
    local header = process.read(folder .. "/cmake/include/rsnapshots.h"):gsub("/%*.-%*/", "")
    for name in header:gmatch "[%s*](rs_[%w_]+)%(" do
      declared[#declared + 1] = name
    end
    table.sort(declared)
    assert.is_true(#declared >= 40)
    assert.equal(table.concat(declared, "\n") .. "\n", shown "librsnapshots.a")
    assert.equal("", run(("nm -u '%s/cmake/lib/librsnapshots.a' | grep ' lua' || true")
      :format(folder)))
  end)

  it("gives static libraries that a host links in", function()
    process.write(folder .. "/host.c", [[
      #include <lauxlib.h>
      #include <lua.h>
      #include <lualib.h>
      #include <stdio.h>
      int luaopen_rsnapshots_core(lua_State *L);
      int main(void) {
          lua_State *L = luaL_newstate();
          luaL_openlibs(L);
          lua_getglobal(L, "package");
          lua_getfield(L, -1, "preload");
          lua_pushcfunction(L, luaopen_rsnapshots_core);
          lua_setfield(L, -2, "rsnapshots.core");
          if (luaL_dostring(L, "print(require('rsnapshots.core').decode('[7]')[1])"))
              puts(lua_tostring(L, -1));
          lua_close(L);
          return 0;
      }
    ]])
    assert.equal("7\n", run(("cd '%s' && cc host.c -o host cmake/lib/librsnapshots-%s.a "
      .. "cmake/lib/librsnapshots.a $(pkg-config --cflags --libs %s libcurl) && ./host")
      :format(folder, PROGRAM, PROGRAM)))
  end)

  it("with CMake is refused for a Lua that there is not", function()
    for _, version in ipairs { "5.0", "5.11", "6", "luajit", "" } do
      local output, status = process.run(("cmake -S . -B '%s/none' '-DLUA_VERSION=%s'")
        :format(folder, version))
      assert.are_not.equal(0, status)
      assert.matches("LUA_VERSION is 5.4, 5.3, 5.2, 5.1 or jit, not", output, 1, true)
    end
  end)

  -- LuaRocks builds for 5.1, and LuaJIT takes what it built.
  it("with LuaRocks gives the module and the command", function()
    local config = folder .. "/luarocks.lua"
    -- Debian's lua-cjson serves
    process.write(config, 'rocks_provided = { ["lua-cjson"] = "2.1.0-1" }\n')
    local source = folder .. "/source"
    run(("mkdir '%s' && cp -r csrc lua bin docs library share examples "
      .. "rsnapshots-scm-1.rockspec '%s'"):format(source, source))
    local tree = folder .. "/rocks"
    run(("cd '%s' && LUAROCKS_CONFIG='%s' luarocks --lua-version %s --tree '%s' make "
      .. "rsnapshots-scm-1.rockspec"):format(source, config, compat.version, tree))
    assert_tree(tree)
    assert_exports(tree)
  end)
end)
