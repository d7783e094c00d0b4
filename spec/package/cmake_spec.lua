--- Installing with CMake, as a packager meets it: several Luas below one prefix and from one build
-- folder, find_package, uninstall, presets, and what is said where something is missing.
local process = require "spec.support.process"

local function run(command)
  local output, status = process.run("unset LD_PRELOAD LUA_PATH LUA_CPATH RS_LUA DESTDIR; "
    .. command)
  assert(status == 0, command .. "\n" .. output)
  return output
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do
    lines[#lines + 1] = line
  end
  return lines
end

describe("CMake #separate #slow", function()
  local folder, prefix

  -- Builds for a Lua in the one build folder, and installs.
  local function install(version)
    return run(("cmake -S . -B %s/build -DCMAKE_BUILD_TYPE=Debug -DLUA_VERSION=%s && "
      .. "cmake --build %s/build -j 2 && cmake --install %s/build --prefix %s"):format(folder,
      version, folder, folder, prefix))
  end

  local function uninstall()
    return run(("cmake --build %s/build --target uninstall"):format(folder))
  end

  -- What the command says of the Lua that runs it.
  local function lua_of(command)
    return run(("cd / && %s/bin/%s --version && head -n 1 %s/bin/%s"):format(prefix, command,
      prefix, command)):match "^rsnapshots %d+%.%d+%.%d+\n#!/usr/bin/env (%S+)"
  end

  setup(function()
    folder = process.directory()
    prefix = folder .. "/prefix"
    install "5.4"
  end)

  teardown(function()
    run("rm -rf " .. folder)
  end)

  it("installs the licence, the texts, the examples and the annotations", function()
    for _, path in ipairs { "doc/rsnapshots/LICENSE", "doc/rsnapshots/README.md",
      "doc/rsnapshots/docs/connecting.md", "doc/rsnapshots/examples/policy.lua",
      "rsnapshots/library/rsnapshots.lua" } do
      assert.is_true(process.exists(prefix .. "/share/" .. path), path)
    end
  end)

  it("gives find_package a target that a C program links with", function()
    local source = folder .. "/consumer"
    run("mkdir " .. source)
    process.write(source .. "/CMakeLists.txt", [[
      cmake_minimum_required(VERSION 3.16)
      project(consumer LANGUAGES C)
      find_package(rsnapshots 0.1 REQUIRED)
      add_executable(consumer consumer.c)
      target_link_libraries(consumer PRIVATE rsnapshots::rsnapshots)
    ]])
    process.write(source .. "/consumer.c", [[
      #include <rsnapshots.h>
      #include <stdio.h>
      int main(void) {
          puts(rs_kind_name(RS_NOT_FOUND));
          return 0;
      }
    ]])
    local found = run(("cd %s && cmake -S . -B build -DCMAKE_PREFIX_PATH=%s && "
      .. "cmake --build build && build/consumer"):format(source, prefix))
    assert.matches("not_found\n$", found)
    local output, status = process.run(("cd %s && sed -i 's/rsnapshots 0.1/rsnapshots 99/' "
      .. "CMakeLists.txt && cmake -S . -B other -DCMAKE_PREFIX_PATH=%s"):format(source, prefix))
    assert.are_not.equal(0, status)
    assert.matches('requested%s+version%s+"99"', output)
  end)

  it("finds the modules by way of symbolic links", function()
    run(("ln -s %s/bin/rsnapshots %s/one && ln -s one \"%s/it's two\""):format(prefix, folder,
      folder))
    assert.matches("^rsnapshots %d", run("cd / && " .. folder .. "/one --version"))
    assert.matches("^rsnapshots %d", run(("cd / && \"%s/it's two\" --version"):format(folder)))
    assert.matches("^rsnapshots %d", run(("cd %s && PATH=.:$PATH one --version"):format(folder)))
  end)

  it("turns one build folder to another Lua, and leaves the first one's command", function()
    assert.matches("Kept: [^\n]*/bin/rsnapshots, [^\n]*lua5.4", install "5.1")
    assert.equal("lua5.4", lua_of "rsnapshots")
    assert.equal("lua5.4", lua_of "rsnapshots-5.4")
    assert.equal("lua5.1", lua_of "rsnapshots-5.1")
    for _, version in ipairs { "5.4", "5.1" } do
      assert.equal("true\n", run(("cd / && LUA_PATH='%s/share/lua/%s/?.lua;%s/share/lua/%s/"
        .. "?/init.lua;;' LUA_CPATH='%s/lib/lua/%s/?.so;;' lua%s -e "
        .. "'print(require(\"rsnapshots\").is_error ~= nil)'"):format(prefix, version, prefix,
        version, prefix, version, version)))
    end
  end)

  it("uninstalls one Lua's, and all with the last one's", function()
    process.write(prefix .. "/share/doc/other", "of somebody else")
    assert.matches("Kept what is shared with [^\n]*/lua/5.4/", uninstall())
    assert.equal("lua5.4", lua_of "rsnapshots")
    assert.is_false(process.exists(prefix .. "/bin/rsnapshots-5.1"))
    assert.is_false(process.exists(prefix .. "/lib/librsnapshots-lua5.1.a"))
    assert.is_true(process.exists(prefix .. "/lib/librsnapshots-lua5.4.a"))
    assert.is_true(process.exists(prefix .. "/share/man/man1/rsnapshots.1"))
    install "5.4"
    uninstall()
    assert.same({ prefix .. "/share/doc/other" }, lines_of(run(("find %s -type f"):format(prefix))))
    assert.same({ prefix, prefix .. "/share", prefix .. "/share/doc" },
      lines_of(run(("find %s -type d | sort"):format(prefix))))
  end)

  it("says that there is nothing to uninstall", function()
    run(("rm -f %s/build/install_manifest.txt"):format(folder))
    local output, status = process.run(("cmake --build %s/build --target uninstall"):format(folder))
    assert.are_not.equal(0, status)
    assert.matches("Nothing was installed from here", output)
  end)

  it("names the package that is missing", function()
    local nowhere = "PKG_CONFIG_LIBDIR=/nowhere PKG_CONFIG_PATH= "
    local function told(settings, options)
      local output, status = process.run(("%s cmake -S . -B %s/missing %s"):format(settings, folder,
        options))
      run(("rm -rf %s/missing"):format(folder))
      assert.are_not.equal(0, status)
      return output
    end
    for version, package in pairs { ["5.1"] = "liblua5.1-0-dev", ["5.2"] = "liblua5.2-dev",
      ["5.3"] = "liblua5.3-dev", ["5.4"] = "liblua5.4-dev", jit = "libluajit-5.1-dev" } do
      local output = told(nowhere, "-DLUA_VERSION=" .. version)
      assert.matches("headers of Lua", output, 1, true)
      assert.matches(package, output, 1, true)
    end
    assert.matches("Fedora%s+libcurl%-devel", told("", "-DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON"))
    assert.matches("Debian, Ubuntu%s+pkg%-config", told("", "-DPKG_CONFIG_EXECUTABLE="))
  end)

  it("has presets that configure", function()
    local presets = run "cmake --list-presets"
    for _, name in ipairs { "release", "debug", "asan", "tsan", "fuzz", "coverage" } do
      assert.matches(('"%s"'):format(name), presets, 1, true)
      run(("cmake --preset %s -B %s/preset-%s"):format(name, folder, name))
    end
    local cache = process.read(folder .. "/preset-asan/CMakeCache.txt")
    assert.matches("RS_SANITIZE:[A-Z]+=address,undefined", cache)
    assert.matches("RS_TESTS:[A-Z]+=ON", cache)
    assert.matches("CMAKE_C_COMPILER:[A-Z]+=%S*clang",
      process.read(folder .. "/preset-fuzz/CMakeCache.txt"))
  end)
end)
