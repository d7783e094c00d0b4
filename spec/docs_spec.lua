--- Every code block of README.md and docs/ works as it is printed: Lua blocks on the Lua that the
-- specs run on, shell blocks with the command on a simulated cloud, C blocks by compiling them.
local blocks = require "spec.support.docs.blocks"
local c_stage = require "spec.support.docs.c_stage"
local json = require "cjson"
local lua_stage = require "spec.support.docs.lua_stage"
local process = require "spec.support.process"
local shell_stage = require "spec.support.docs.shell_stage"

-- What no spec can run as it is printed: a file, how its first line begins, and why.
local NOT_RUN = {
  { "README.md", "git clone", "fetches from the network" },
  { "README.md", "sudo apt install", "installs into the system; spec/install_spec.lua installs" },
  { "README.md", "scripts/debian", "builds packages and installs them; its own tests do that" },
  { "README.md", "luarocks", "fetches and installs; spec/install_spec.lua installs" },
  { "README.md", "scripts/test", "runs all tests, this one among them" },
  { "docs/getting-started.md", "sudo apt install", "installs into the system" },
  { "docs/c.md", "cc -o", "needs an installed library; a spec of the C examples does it" },
  { "docs/container.md", "podman build",
    "needs a registry; spec/package/container_spec.lua builds" },
  { "docs/container.md", "podman run", "needs the image" },
  { "docs/container.md", "kubectl create secret", "needs a cluster" },
  { "docs/container.md", "kubectl apply",
    "needs a cluster; spec/package/container_spec.lua reads it" },
  { "docs/container.md", "rsnapshots check", "spec/cli/operators_spec.lua runs it" },
  { "docs/install.md", "sudo apt install", "installs into the system; spec/package does it" },
  { "docs/install.md", "cmake -S . -B build -DLUA", "spec/package/cmake_spec.lua does it" },
  { "docs/install.md", "sudo cmake --build", "removes; spec/package/cmake_spec.lua does it" },
  { "docs/install.md", "luarocks", "fetches; spec/package/luarocks_spec.lua does it" },
  { "docs/install.md", "scripts/debian", "takes minutes, and installs; scripts/test package does" },
  { "docs/hosts.md", "sudo apt install", "installs servers into the system" },
  { "docs/hosts.md", "RS_LUA=5.3", "runs a server until it is stopped; spec/hosts does" },
  { "docs/hosts.md", "RS_LUA=jit scripts/setup\nmkdir", "runs a server; spec/hosts does" },
  { "docs/hosts.md", "RS_LUA=jit scripts/setup\nLUA_PATH", "opens an editor; spec/hosts does" },
  { "docs/hosts.md", "cmake -S . -B build -DRS_EXAMPLES=ON", "builds anew; spec/hosts does" },
  { "docs/operators.md", "apt install", "installs into the system" },
  { "docs/operators.md", "openstack application", "the simulated identity makes none" },
  { "docs/operators.md", "export OS_CLIENT_CONFIG_FILE", "spec/cli/operators_spec.lua runs it" },
  { "docs/operators.md", "cp examples/systemd", "needs systemd; spec/cli/operators_spec.lua does" },
  { "docs/versions.md", "cmake -S . -B build-5.1", "builds anew; scripts/setup test does" },
  { "docs/versions.md", "scripts/setup test", "runs all tests, this one among them" },
}

-- Blocks of these are no code: output, and pictures of folders.
local TEXT = { text = true }

-- The Lua blocks of these pages are the pieces of one script.
local ONE_SCRIPT = { ["docs/getting-started.md"] = true }

local all = blocks.joined(blocks.all(), ONE_SCRIPT)

local function reason_for(block)
  for _, entry in ipairs(NOT_RUN) do
    if entry[1] == block.path and block.text:sub(1, #entry[2]) == entry[2] then
      entry.used = true
      return entry[3]
    end
  end
  return nil
end

-- The clouds.yaml and the secure.yaml that a page shows.
local function clouds_of(path)
  local found = {}
  for _, block in ipairs(all) do
    if block.path == path and block.language == "yaml" then
      local is_secure = block.text:find "^# secure%.yaml" ~= nil
      found[is_secure and "OS_CLIENT_SECURE_FILE" or "OS_CLIENT_CONFIG_FILE"] = block.text
    end
  end
  return found
end

local function check_yaml(block)
  local yaml = require "lyaml"
  assert.is_table(yaml.load(block.text))
end

local RUN = {
  lua = function(block) lua_stage.run(block, clouds_of(block.path)) end,
  sh = shell_stage.run, [""] = shell_stage.run, console = shell_stage.run, c = c_stage.run,
  yaml = check_yaml, json = function(block) assert.is_table(json.decode(block.text)) end,
}

-- These do not depend on the Lua that runs them.
local ELSEWHERE = { sh = true, [""] = true, console = true, c = true, yaml = true, json = true }

local counts, order = {}, {}

local function count(what)
  if not counts[what] then
    order[#order + 1] = what
  end
  counts[what] = (counts[what] or 0) + 1
end

local function define(block)
  local title = ("%s:%d (%s)"):format(block.path, block.line,
    block.language == "" and "sh" or block.language)
  if TEXT[block.language] then
    count "text"
  elseif reason_for(block) then
    count "not run"
  elseif ELSEWHERE[block.language] then
    count(block.language == "" and "sh" or block.language)
    it(title .. " #separate #slow", function() RUN[block.language](block) end)
  else
    count(block.language)
    it(title, function() assert(RUN[block.language], "no such language")(block) end)
  end
end

describe("the blocks of the documentation", function()
  for _, block in ipairs(all) do
    define(block)
  end

  it("are counted", function()
    local parts = {}
    for i, what in ipairs(order) do
      parts[i] = counts[what] .. " " .. what
    end
    print(("# %d blocks in %d files: %s"):format(#all, #blocks.files(), table.concat(parts, ", ")))
    assert.is_true(#all > 100)
  end)

  it("are run but for those with a reason, which are all there", function()
    for _, entry in ipairs(NOT_RUN) do
      assert.is_true(entry.used, ("%s has no block that begins with: %s"):format(entry[1],
        entry[2]))
      assert.is_true(#entry[3] > 10)
    end
  end)

  it("are of languages that are known", function()
    for _, block in ipairs(all) do
      assert.is_true(TEXT[block.language] or RUN[block.language] ~= nil, ("%s:%d: %s"):format(
        block.path, block.line, block.language))
    end
  end)
end)

describe("the links of the documentation #once", function()
  -- The anchors of a file's headings, as the sites that show Markdown make them.
  local function anchors(path)
    local found, text = {}, process.read(path):gsub("\n```.-\n```", "")
    for title in ("\n" .. text):gmatch "\n#+ ([^\n]+)" do
      local anchor = title:lower():gsub("[^%w%s_-]", ""):gsub("%s", "-")
      found[anchor] = true
    end
    return found
  end

  for _, path in ipairs(blocks.files()) do
    it("lead somewhere: " .. path, function()
      local text = process.read(path):gsub("\n```.-\n```", "")
      for target in text:gmatch "%]%(([^)%s]+)%)" do
        local file, anchor = target:match "^([^#]*)#?(.*)$"
        if not target:find "^https?:" and not target:find "^mailto:" then
          local folder = path:match "^(.*/)" or ""
          local there = file == "" and path or folder .. file
          assert.equal(0, select(2, process.run("test -e " .. process.quote(there))), target)
          assert.is_true(anchor == "" or anchors(there)[anchor] == true, target)
        end
      end
    end)
  end
end)

describe("the files that the documentation names #once", function()
  local FOLDERS = { spec = true, examples = true, csrc = true, lua = true, scripts = true,
    bench = true, fuzz = true, torture = true, docs = true, library = true, debian = true }

  for _, path in ipairs(blocks.files()) do
    it("are there: " .. path, function()
      for name in process.read(path):gmatch "`([%w_]+/[%w_./-]*)[^`\n]*`" do
        local is_pattern = name:find "NNN" or name:find "NAME" -- to be filled in
        if FOLDERS[name:match "^[^/]+"] and not is_pattern then
          assert.is_true(process.exists(name), name)
        end
      end
    end)
  end
end)
