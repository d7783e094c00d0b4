--- The library within a C program, which finds nothing on disk.
local hosted = require "spec.support.hosted"
local process = require "spec.support.process"

local SNAPSHOTS = 250

local function run(command)
  local output, status = process.run(command)
  assert(status == 0, command .. "\n" .. output)
  return output
end

describe("embedded in a C program #hosts #separate", function()
  local cloud, folder

  setup(function()
    folder = process.directory()
    cloud = hosted.cloud(("--snapshots %d"):format(SNAPSHOTS))
  end)

  teardown(function()
    cloud.stop()
    process.run("rm -rf " .. folder)
  end)

  for _, version in ipairs { "5.2", "5.3", "5.4" } do -- which have luaL_requiref
    it("lists, on Lua " .. version, function()
      local build = folder .. "/" .. version
      run(("cmake -S . -B %s -DLUA_VERSION=%s -DRS_EXAMPLES=ON -DRS_WERROR=ON && "
        .. "cmake --build %s --target embedded"):format(build, version, build))
      -- moved to an empty folder: neither the checkout nor what it was built from is near
      run(("mkdir %s/empty-%s && mv %s/examples/embedded/embedded %s/empty-%s/ && rm -rf %s")
        :format(folder, version, build, folder, version, build))
      local output = run(("cd %s/empty-%s && %s ./embedded")
        :format(folder, version, cloud.environment))
      assert.equal(SNAPSHOTS, select(2, output:gsub("AVAILABLE", "")))
    end)
  end

  it("says what went wrong", function()
    local output, status = process.run(("cd %s/empty-5.4 && env -i OS_AUTH_URL=x ./embedded")
      :format(folder))
    assert.equal(1, status)
    assert.matches("^embedded: config: ", output)
  end)

  it("is refused where Lua lacks luaL_requiref", function()
    local output, status = process.run(("cmake -S . -B %s/none -DLUA_VERSION=jit -DRS_EXAMPLES=ON")
      :format(folder))
    assert.are_not.equal(0, status)
    assert.matches("RS_EXAMPLES needs Lua 5.2 or newer", output, 1, true)
  end)

  -- The amalgamation itself is for all of them.
  for version, package in pairs { ["5.1"] = "lua5.1", jit = "luajit" } do
    it("opens by its function, on " .. version, function()
      local build = folder .. "/open-" .. version
      run(("cmake -S . -B %s -DLUA_VERSION=%s && "
        .. "cmake --build %s --target rsnapshots_lua amalgamation"):format(build, version, build))
      process.write(build .. "/host.c", [[
        #include <lauxlib.h>
        #include <lualib.h>
        #include <stdio.h>
        #include "rsnapshots_lua.h"
        int main(void) {
            lua_State *L = luaL_newstate();
            luaL_openlibs(L);
            lua_pushcfunction(L, luaopen_rsnapshots);
            lua_call(L, 0, 1);
            if (luaL_dostring(L, "package.path = '' print(require('rsnapshots')._VERSION, "
                                 "require('rsnapshots.support.url').encode('/'))"))
                puts(lua_tostring(L, -1));
            lua_close(L);
            return 0;
        }
      ]])
      assert.matches("^%d+%.%d+%.%d+\t%%2F\n$", run(("cd %s && cc -Iamalgamation host.c "
        .. "amalgamation/rsnapshots.c librsnapshots-%s.a librsnapshots.a "
        .. "$(pkg-config --cflags --libs %s libcurl) -o host && cd / && %s/host")
        :format(build, package, package, build)))
    end)
  end
end)
