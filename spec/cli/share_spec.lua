--- The man page and the completions are what the commands declare, and work.
local commands = require "rsnapshots.cli.commands"
local declared = require "scripts.share.declared"
local process = require "spec.support.process"
local screen = require "spec.support.screen"

local FILES = {
  manual = "share/man/rsnapshots.1", bash = "share/completions/rsnapshots.bash",
  zsh = "share/completions/_rsnapshots", fish = "share/completions/rsnapshots.fish",
}

local function has(program)
  local _, status = process.run("command -v " .. program)
  return status == 0
end

describe("what scripts/share/write writes", function()
  for generator, path in pairs(FILES) do
    it(path .. " is up to date", function()
      assert.equal(require("scripts.share." .. generator)(), process.read(path))
    end)
  end

  it("docs/command.md has the reference, up to date", function()
    local text = process.read "docs/command.md"
    assert.equal("\n\n" .. require("scripts.share.reference")() .. "\n",
      text:match "<!%-%- begin reference[^\n]*%-%->(.-)<!%-%- end reference")
  end)

  it("names every command and option", function()
    for _, path in pairs(FILES) do
      local text = process.read(path):gsub("\\%-", "-")
      for _, command in ipairs(declared.commands()) do
        assert.matches(command.name, text, 1, true)
        for _, pair in ipairs(declared.names(declared.options(command))) do
          local name = path:find "fish$" and pair[1]:gsub("^%-+", " ") or pair[1]
          assert.is_truthy(text:find(name, 1, true), path .. ": " .. pair[1])
        end
      end
    end
  end)
end)

describe("the man page #once", function()
  it("is such that man has nothing to say of it", function()
    if not has "man" or not has "groff" then
      return pending "no man here"
    end
    local output, status = process.run(
      "man --warnings -E UTF-8 -l -Tutf8 -Z share/man/rsnapshots.1 2>&1 >/dev/null")
    assert.same({ "", 0 }, { output, status })
    assert.matches("EXIT STATUS\n +0 +Done", process.run
      "MANWIDTH=80 man -l share/man/rsnapshots.1 | col -b", 1)
  end)
end)

-- What bash offers for a line that ends where the cursor is.
local function bash(...)
  local words = { ... }
  local quoted = {}
  for i, word in ipairs(words) do
    quoted[i] = process.quote(word)
  end
  local output = process.run(([[bash --noprofile --norc -c '
    . share/completions/rsnapshots.bash
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _rsnapshots 2>&1
    echo "${COMPREPLY[*]}"' bash rsnapshots %s]]):format(table.concat(quoted, " ")))
  return (output:gsub("\n$", ""))
end

describe("completion in bash #once", function()
  it("offers commands, options, and what an option takes", function()
    assert.equal("create", bash "cr")
    assert.equal(table.concat(commands.names, " ") .. " help",
      (bash "":gsub("^.*%-%-version ", "")))
    assert.equal("--created-after --created-before", bash("list", "--cr"))
    assert.equal("table json csv value", bash("list", "-f", ""))
    assert.equal("json", bash("list", "--format", "=", "j"))
    assert.equal("table json csv value", bash("list", "--format", "="))
    assert.equal("volume_id", bash("--os-cloud", "x", "list", "-c", "vol"))
    assert.equal("--no-once --noindent", bash("create", "--no"))
    assert.equal("", bash("list", "--name", ""))
    assert.equal("", bash("list", "nonsense"))
  end)
end)

describe("completion in fish #once", function()
  it("offers commands, options, and what an option takes", function()
    if not has "fish" then
      return pending "no fish here"
    end
    local home = process.directory()
    finally(function() process.run("rm -rf " .. home) end)
    local function fish(line)
      return (process.run(("HOME=%s fish --no-config -c %s"):format(home, process.quote(
        "source share/completions/rsnapshots.fish; complete -C " .. process.quote(line))))
        :gsub("\t[^\n]*", ""))
    end
    assert.equal("create\n", fish "rsnapshots cr")
    assert.equal("--created-after\n--created-before\n", fish "rsnapshots list --created-")
    assert.equal("csv\n", fish "rsnapshots list -f c")
  end)
end)

describe("completion in zsh #once", function()
  it("offers commands, options, and what an option takes", function()
    if not has "zsh" then
      return pending "no zsh here"
    end
    local folder = process.directory()
    local term = screen.open(100, 30, "export ZDOTDIR=" .. folder)
    finally(function()
      term:close()
      process.run("rm -rf " .. folder)
    end)
    term:start "zsh -f"
    term:press("PS1='z '; fpath=($PWD/share/completions $fpath); autoload -U compinit", "Enter")
    term:press("compinit -u -D; clear", "Enter")
    term:await "^z *$"
    term:press("rsnapshots cr", "Tab")
    term:await "z rsnapshots create *$"
    term:press("--desc", "Tab", "Tab") -- the first one lists
    term:await "create %-%-description=%s"
    term:press("x -f j", "Tab")
    term:await "x %-f json"
  end)
end)
