-- Kind: `rotate POLICY-FILE`, which takes the name of a file, completed no names of files in any
-- shell: without completion, shells do that by themselves.
local process = require "spec.support.process"
local screen = require "spec.support.screen"

local function has(program)
  return process.run("command -v " .. program) ~= ""
end

describe("the policy file of rotate is completed #once", function()
  for shell, setup_ in pairs {
    ["bash --noprofile --norc"] = ". share/completions/rsnapshots.bash",
    ["fish --no-config"] = "source share/completions/rsnapshots.fish",
    ["zsh -f"] = "fpath=($PWD/share/completions $fpath); autoload -U compinit; compinit -u -D",
  } do
    it("in " .. shell:match "%l+", function()
      if not has(shell:match "%l+") then
        return pending "the shell is not here"
      end
      local folder = process.directory()
      local term = screen.open(100, 30, ("export ZDOTDIR=%s HOME=%s"):format(folder, folder))
      finally(function()
        term:close()
        process.run("rm -rf " .. folder)
      end)
      term:start(shell)
      term:press(setup_, "Enter")
      term:press("clear", "Enter")
      term:press("rsnapshots rotate READ", "Tab")
      term:await "rsnapshots rotate README%.md"
    end)
  end
end)
