--- What a person sees on a terminal: tables that fit, progress, questions, Ctrl-C.
local command = require "spec.support.command"
local process = require "spec.support.process"
local screen = require "spec.support.screen"

describe("on a terminal", function()
  local cloud, term

  setup(function()
    cloud = command.cloud()
    term = screen.open(90, 24, cloud:environment() .. "\nR=" .. process.quote(command.PROGRAM))
    cloud:create("nightly",
      { description = "of the web server, before the upgrade to version 12" })
    cloud:create("漢字", { description = "ü" })
  end)

  teardown(function()
    term:close()
    cloud.stop()
  end)

  local function shown(line)
    return command.normal(term:run(line))
  end

  it("a list is a table that fits: the description is cut first", function()
    assert.equal([[
+--------------------------------------+---------+----------------+-----------+------+
| ID                                   | Name    | Description    | Status    | Size |
+--------------------------------------+---------+----------------+-----------+------+
| 00000000-0000-0000-0000-000000000000 | 漢字    | ü              | available |    1 |
| 00000000-0000-0000-0000-000000000000 | nightly | of the web se… | available |    1 |
+--------------------------------------+---------+----------------+-----------+------+]],
      (shown "$R list --max-width 86"))
    for line in term:run("$R list"):gmatch "[^\n]+" do
      assert.is_true(#line:gsub("[\128-\191]", "") <= 90, line)
    end
  end)

  it("a long list that cannot fit is written below each other, with local times", function()
    local text = shown "TZ=Asia/Kolkata $R list --long --name nightly"
    assert.equal([[
ID:          00000000-0000-0000-0000-000000000000
Name:        nightly
Description: of the web server, before the upgrade to version 12
Status:      available
Size:        1
Created At:  HERE
Volume:      00000000-0000-0000-0000-000000000000
Properties:  rsnapshots:once='00000000000000000000000000000000'
Progress:    100%
Held:]], (text:gsub("%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d %+05:30", "HERE")))
  end)

  it("nothing is fitted on a pipe", function()
    assert.matches("version 12 |", shown "$R list | cat", 1, true)
  end)

  it("colours are where they mean something, unless they are not wanted", function()
    local id = cloud:create "broken"
    cloud:admin(("set %s --state error"):format(id))
    local wanted = "\27%[31merror"
    term:run "$R list --name broken"
    assert.matches(wanted, term:colours())
    term:run "$R list --name broken --color never"
    assert.is_nil(term:colours():find(wanted))
    term:run "NO_COLOR=1 $R list --name broken"
    assert.is_nil(term:colours():find(wanted))
    term:run "NO_COLOR=1 $R list --name broken --color always"
    assert.matches(wanted, term:colours())
    term:run "TERM=dumb $R list --name broken"
    assert.is_nil(term:colours():find(wanted))
    cloud:run("delete " .. id)
  end)

  it("a name does nothing to the terminal", function()
    cloud:create "evil\27[2J\nname"
    assert.matches("| evil\\e[2J\\nname |", term:run "$R list -c name", 1, true)
    cloud:run "delete \"$(printf 'evil\\033[2J\\nname')\""
  end)

  it("a wait shows how far it is, and leaves nothing behind", function()
    cloud:create "slow"
    term:start "$R wait slow --deleted; echo status $?"
    assert.equal("slow: available 100%", (term:await "slow: available 100%%"
      :match "[^\n]*$"))
    cloud:run "delete slow"
    assert.equal("status 0", term:finish())
  end)

  it("a wait without a terminal, or with --quiet, shows nothing", function()
    cloud:create "slow"
    local _, err = cloud:run "wait slow --deleted --timeout 0.2"
    assert.is_nil(err:find "\27")
    term:start "$R wait slow -q --deleted --timeout 0.2"
    assert.matches("^rsnapshots wait: timeout: ", term:finish())
    cloud:run "delete slow"
  end)

  it("Ctrl-C ends a wait at once, with status 130 and a clean line", function()
    cloud:create "kept"
    term:start "$R wait kept --deleted; echo status $?"
    term:await "kept: available 100%%"
    term:press "C-c"
    assert.equal("rsnapshots wait: interrupted while waiting for kept\nstatus 130",
      (term:finish():gsub("^%^C\n?", "")))
    assert.equal("echo: on", (term:run "stty -a | grep -q ' echo ' && echo 'echo: on'"))
  end)

  it("a question is asked, and only yes is yes", function()
    cloud:create "point"
    for _, answer in ipairs { "n", "", "nope", "Y E S" } do
      term:start "$R revert point; echo status $?"
      assert.matches("\nVolume %x+%-%S+ goes back to point\nof %d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d "
        .. "%+00:00. What was written since then is lost.\nGo on%? %[y/N%]$", term:await "%[y/N%]")
      term:press(answer, "Enter")
      assert.matches("rsnapshots revert: nothing was changed\nstatus 0", term:finish(), 1, true)
    end
    term:start "$R revert point --wait; echo status $?"
    term:await "%[y/N%]"
    term:press("y", "Enter")
    assert.matches("status 0$", term:finish())
  end)

  it("a question ends with Ctrl-C and Ctrl-D", function()
    term:start "$R revert point; echo status $?"
    term:await "%[y/N%]"
    term:press "C-c"
    assert.matches("rsnapshots revert: interrupted\nstatus 130$", term:finish())
    term:start "$R revert point; echo status $?"
    term:await "%[y/N%]"
    term:press "C-d"
    assert.matches("nothing was changed\nstatus 0$", term:finish())
  end)
end)
