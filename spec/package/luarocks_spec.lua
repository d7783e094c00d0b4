--- LuaRocks as a new user has it, without a network: a release made by scripts/release, packed,
-- and served from a folder together with lua-cjson; installed from there into an empty tree.
local process = require "spec.support.process"

local VERSION = "0.99.0"
local URL = "https://github.com/rsnapshots/rsnapshots.git"

-- Each with its folder's name, the program, and what LuaRocks must be told of LuaJIT.
local LUAS = {
  { name = "5.4", abi = "5.4", program = "lua5.4" },
  { name = "5.3", abi = "5.3", program = "lua5.3" },
  { name = "5.1", abi = "5.1", program = "lua5.1" },
  { name = "jit", abi = "5.1", program = "luajit", more = [[
lua_interpreter = "luajit"
variables.LUA = "/usr/bin/luajit"
variables.LUA_INCDIR = "/usr/include/luajit-2.1"
]] },
}

describe("LuaRocks #separate #slow", function()
  local folder, release

  -- `$ROCKS` is luarocks for one Lua and one tree, with nothing but our own server.
  local function run(lua, command)
    local environment = ([[
      unset LD_PRELOAD LUA_PATH LUA_CPATH RS_LUA
      export LUAROCKS_CONFIG=FOLDER/config-%s.lua HOME=FOLDER
      export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0='url.file://FOLDER/source.insteadOf'
      export GIT_CONFIG_VALUE_0=%s
      ROCKS='luarocks --lua-version %s --only-server FOLDER/server-%s --tree FOLDER/tree-%s'
      cd FOLDER
    ]]):format(lua.name, URL, lua.abi, lua.abi, lua.name):gsub("FOLDER", folder)
    local output, status = process.run(environment .. command)
    assert(status == 0, command .. "\n" .. output)
    return output
  end

  -- This checkout as it is now, as a repository of its own with a tag.
  local function make_release()
    process.run(("mkdir %s/source && git ls-files -co --exclude-standard -z | "
      .. "xargs -0 cp --parents -t %s/source"):format(folder, folder))
    run(LUAS[1], ("cd source && scripts/release %s && git init -q . && git add -A && "
      .. "git -c user.name=n -c user.email=n@example.com commit -qm release && git tag v%s")
      :format(VERSION, VERSION))
    run(LUAS[1], "luarocks pack source/" .. release .. ".rockspec")
  end

  -- A rock of the lua-cjson that Debian installed.
  local function make_cjson(lua)
    run(lua, ([[
      mkdir -p cjson server-%s && cd cjson && rm -f *
      cp "$(%s -e 'print(package.searchpath("cjson", package.cpath))' 2>/dev/null ||
        echo /usr/lib/*/lua/5.1/cjson.so)" cjson.so
      cat >lua-cjson-2.1.0-1.rockspec <<'END'
package = "lua-cjson"
version = "2.1.0-1"
source = { url = "file:///dev/null" }
build = { type = "builtin", modules = {}, install = { lib = { cjson = "cjson.so" } } }
END
      luarocks --lua-version %s --tree ../cjson-tree make
      luarocks --lua-version %s --tree ../cjson-tree pack lua-cjson
      mv *.rock ../server-%s && cp ../%s.src.rock ../server-%s && rm -r ../cjson-tree
      luarocks-admin --lua-version %s make-manifest ../server-%s]]):format(lua.abi, lua.program,
      lua.abi, lua.abi, lua.abi, release, lua.abi, lua.abi, lua.abi))
  end

  local function write_config(lua)
    process.write(("%s/config-%s.lua"):format(folder, lua.name), [[
rocks_servers = {}
rocks_provided = { busted = "2.1.1-1", luasocket = "3.1.0-1" }
variables = { CFLAGS = "-O0 -fPIC" }
]] .. (lua.more or ""))
  end

  setup(function()
    folder, release = process.directory(), ("rsnapshots-%s-1"):format(VERSION)
    for _, lua in ipairs(LUAS) do
      write_config(lua)
    end
    make_release()
    for _, lua in ipairs { LUAS[1], LUAS[2], LUAS[3] } do
      make_cjson(lua)
    end
  end)

  teardown(function()
    process.run("rm -rf " .. folder)
  end)

  -- A script that has only the tree, and the command.
  local function assert_works(lua, tree)
    local script = [[
      local rsnapshots = require "rsnapshots"
      local sim = require("rsnapshots.simulator").new()
      local client = sim:connect()
      print(rsnapshots._VERSION, client:count())
    ]]
    process.write(folder .. "/use.lua", script)
    assert.equal(VERSION .. "\t0\n", run(lua, ("eval \"$(luarocks --lua-version %s --tree %s "
      .. "path)\" && cd / && %s %s/use.lua"):format(lua.abi, tree, lua.program, folder)))
    assert.equal(("rsnapshots %s\n"):format(VERSION),
      run(lua, ("cd / && %s/%s/bin/rsnapshots --version"):format(folder, tree)))
    local wrapper = process.read(("%s/%s/bin/rsnapshots"):format(folder, tree))
    assert.matches(lua.program, wrapper, 1, true)
  end

  for _, lua in ipairs(LUAS) do
    it("installs into an empty tree for " .. lua.name, function()
      local output = run(lua, "$ROCKS install rsnapshots")
      assert.matches("lua%-cjson", output)
      assert_works(lua, "tree-" .. lua.name)
    end)
  end

  it("brings the docs, the annotations, the man page and the examples", function()
    local rock = ("%s/tree-5.4/lib/luarocks/rocks-5.4/rsnapshots/%s-1/"):format(folder, VERSION)
    for _, path in ipairs { "library/rsnapshots.lua", "docs/connecting.md",
      "share/man/rsnapshots.1", "examples/policy.lua" } do
      assert.is_true(process.exists(rock .. path), path)
    end
  end)

  it("lints both rockspecs, and shows where to ask", function()
    run(LUAS[1], ("luarocks lint source/%s.rockspec && luarocks lint "
      .. "source/rsnapshots-scm-1.rockspec"):format(release))
    local shown = run(LUAS[1], "$ROCKS show rsnapshots")
    assert.matches("Homepage:%s+https://", shown)
    assert.matches("Issues:%s+https://", shown)
    assert.matches("Labels:%s+openstack", shown)
    assert.matches("License:%s+MIT", shown)
  end)

  it("packs a rock without sources, which installs elsewhere", function()
    local file = ("%s.linux-%s.rock"):format(release, run(LUAS[1], "uname -m"):match "%S+")
    run(LUAS[1], "$ROCKS pack rsnapshots")
    run(LUAS[1], ("luarocks --lua-version 5.4 --only-server %s/server-5.4 --tree %s/other "
      .. "install %s"):format(folder, folder, file))
    assert_works(LUAS[1], "other")
  end)

  it("makes from a checkout, and tests what it made", function()
    local output = run(LUAS[1], [[
      cd source && $ROCKS make rsnapshots-scm-1.rockspec
      export LUA_CPATH_5_4="$PWD/../tree-5.4/lib/lua/5.4/?.so;;"
      $ROCKS test rsnapshots-scm-1.rockspec -- spec/parse/snapshot_spec.lua]])
    assert.matches("[1-9]%d* successes / 0 failures / 0 errors", output)
  end)

  it("removes what it installed", function()
    run(LUAS[2], "$ROCKS remove rsnapshots")
    assert.equal("", run(LUAS[2], "find tree-5.3 -name '*rsnapshots*'"))
    assert.is_true(process.exists(folder .. "/tree-5.3/lib/lua/5.3/cjson.so"))
  end)
end)
