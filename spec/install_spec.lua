--- The two ways of installing give what the README says, in an empty folder.

local function run(command)
  local clean = "unset LD_PRELOAD LUA_PATH LUA_CPATH; "
  local pipe = assert(io.popen(("%s { %s; } 2>&1"):format(clean, command)))
  local output = pipe:read "a"
  local ok = pipe:close()
  assert(ok, command .. "\n" .. output)
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
  return run(([[cd / && LUA_PATH='%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua;;' \
    LUA_CPATH='%s/lib/lua/5.4/?.so;;' lua5.4 -e '
      local rsnapshots = require "rsnapshots"
      local sim = require("rsnapshots.simulator").new()
      local options = sim:credentials { api_version = 3 }
      options.wait = sim.wait
      local client = assert(rsnapshots.connect(options))
      print(rsnapshots._VERSION, client:count())']]):format(tree, tree, tree))
end

describe("installing #separate", function()
  local folder

  setup(function()
    folder = run("mktemp -d"):gsub("%s", "")
  end)

  teardown(function()
    run("rm -rf '" .. folder .. "'")
  end)

  it("with CMake gives the module, the command and the static library", function()
    local prefix = folder .. "/cmake"
    run(("cmake -S . -B '%s/build' && cmake --build '%s/build' && cmake --install '%s/build' "
      .. "--prefix '%s'"):format(folder, folder, folder, prefix))
    local found = files_below(prefix)
    assert.is_true(found["lib/lua/5.4/rsnapshots/core.so"])
    assert.is_true(found["lib/librsnapshots.a"])
    assert.is_true(found["bin/rsnapshots"])
    for _, path in ipairs(lua_modules()) do
      assert.is_true(found["share/lua/5.4/" .. path], path)
    end
    assert.matches("^%d+%.%d+%.%d+\t0\n$", uses(prefix))
    assert.matches("simulate", run("cd / && '" .. prefix .. "/bin/rsnapshots' --help"))
  end)

  it("exports luaopen_rsnapshots_core and nothing else", function()
    local symbols = run("nm -D --defined-only '" .. folder
      .. "/cmake/lib/lua/5.4/rsnapshots/core.so' | awk '{print $3}'")
    assert.equal("luaopen_rsnapshots_core\n", symbols)
  end)

  it("with LuaRocks gives the module and the command", function()
    local config = folder .. "/luarocks.lua"
    local file = assert(io.open(config, "w"))
    -- Debian's lua-cjson serves
    file:write 'rocks_provided = { ["lua-cjson"] = "2.1.0-1" }\n'
    file:close()
    local source = folder .. "/source"
    run(("mkdir '%s' && cp -r csrc lua bin rsnapshots-scm-1.rockspec '%s'"):format(source, source))
    local tree = folder .. "/rocks"
    run(("cd '%s' && LUAROCKS_CONFIG='%s' luarocks --lua-version 5.4 --tree '%s' make "
      .. "rsnapshots-scm-1.rockspec"):format(source, config, tree))
    local found = files_below(tree)
    assert.is_true(found["lib/lua/5.4/rsnapshots/core.so"])
    for _, path in ipairs(lua_modules()) do
      assert.is_true(found["share/lua/5.4/" .. path], path)
    end
    assert.matches("^%d+%.%d+%.%d+\t0\n$", uses(tree))
    assert.matches("simulate", run("cd / && '" .. tree .. "/bin/rsnapshots' --help"))
  end)
end)
