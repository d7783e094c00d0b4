--- What is called wrongly: told before anything is sent, with what was meant.
local command = require "spec.support.command"
local commands = require "rsnapshots.cli.commands"
local common = require "rsnapshots.cli.arguments.common"
local parser = require "rsnapshots.cli.arguments.parser"
local process = require "spec.support.process"

-- In this process, where it goes faster.
local function parse(name, ...)
  return parser.parse(common.declared(commands.get(name)), { ... })
end

describe("arguments", function()
  it("are taken as --option VALUE, --option=VALUE, repeated, and after --", function()
    assert.same({ volume = { "a", "b" }, property = { k = "v=w", l = "" }, wait = true,
      name = "--odd" }, (parse("create", "--volume", "a", "--property=k=v=w", "--wait",
        "--volume=b", "--property", "l=", "--", "--odd")))
    assert.same({ snapshot = { "-", "--wait" }, quiet = true },
      (parse("delete", "-q", "-", "--", "--wait")))
  end)

  it("may stand before the command where every command has them", function()
    assert.equal("list", (parser.split(common.ALWAYS, { "--os-cloud", "x", "list", "--long" })))
    assert.equal("list", (parser.split(common.ALWAYS, { "--os-cloud=x", "-q", "list" })))
    assert.is_nil((parser.split(common.ALWAYS, { "--os-cloud", "list" })))
  end)

  it("that are on by default are turned off by their --no-", function()
    assert.is_false(parse("create", "--volume", "a", "--no-once").once)
    assert.is_true(parse("create", "--volume", "a", "--no-once", "--once").once)
    assert.is_false(parse("set", "x", "--no-hold").hold)
  end)

  it("with a value that may be left out take only what looks like one", function()
    local year = ("%d"):format(os.date "%Y" + 1) -- 5.3 makes a float of it
    assert.equal("forever", parse("set", "--hold", "x").hold)
    assert.equal("forever", parse("set", "x", "--hold").hold)
    assert.equal(year .. "-01-31", parse("set", "--hold", year .. "-01-31", "x").hold)
    assert.equal("forever", parse("set", "x", "--hold=forever").hold)
  end)

  it("of an option are words that are none", function()
    assert.equal("-1", parse("set", "x", "--name", "-1").name)
    assert.equal("", parse("set", "x", "--name", "").name)
  end)

  it("are days and times, in UTC where they do not say", function()
    for given, read in pairs {
      ["2026-11-23"] = "2026-11-23T00:00:00Z", ["2026-11-23 08:00"] = "2026-11-23T08:00:00",
      ["2026-11-23T08:00+01:00"] = "2026-11-23T08:00:00+01:00",
      ["2024-02-29T08:00:30Z"] = "2024-02-29T08:00:30Z",
    } do
      assert.equal(read, parse("list", "--created-after", given).created_after)
    end
  end)

  it("that are wrong are told with the option, and what was meant", function()
    for _, case in ipairs {
      { { "list", "--stats", "x" }, "there is no option '--stats'; did you mean '--status'?" },
      { { "list", "--volum=x" }, "there is no option '--volum'; did you mean '--volume'?" },
      { { "list", "--vol", "x" }, "there is no option '--vol'" },
      { { "list", "-nq" }, "there is no option '-nq'" },
      { { "list", "--limit" }, "--limit needs a value: N" },
      { { "list", "--limit", "--long" }, "--limit needs a value: N" },
      { { "list", "--limit", "0" }, "--limit: must be a whole number of at least 1, not '0'" },
      { { "list", "--limit", "1e3" }, "--limit: must be a whole number of at least 1, not '1e3'" },
      { { "list", "--long=yes" }, "--long takes no value" },
      { { "list", "--name", "" }, "--name: must not be empty" },
      { { "list", "more" }, "'more' is one argument too many" },
      { { "list", "-f", "jsn" }, "-f: must be one of table, json, csv, value, not 'jsn'; did you "
        .. "mean 'json'?" },
      { { "list", "--sort", "nam:asc" }, "--sort: there is no sort key 'nam'; did you mean "
        .. "'name'? There are: created_at, description, id" },
      { { "list", "--sort", "name:up" }, "--sort: 'up' is neither asc nor desc" },
      { { "list", "--sort", "name," }, "--sort: there is no sort key ''" },
      { { "list", "--created-after", "2026-02-30" }, "--created-after: must be a day such as" },
      { { "list", "--created-after", "yesterday" }, "--created-after: must be a day such as" },
      { { "list", "--property", "k" }, "--property: must be KEY=VALUE, not 'k'" },
      { { "list", "--property", "=v" }, "--property: must be KEY=VALUE, not '=v'" },
      { { "list", "--timeout", "0" }, "--timeout: must be a number of seconds from 0.001" },
      { { "list", "--color", "maybe" }, "--color: must be one of auto, always, never" },
      { { "create" }, "--volume VOLUME is missing" },
      { { "delete" }, "SNAPSHOT is missing" },
      { { "set", "x", "--hold", "2020-01-01" }, "--hold: 2020-01-01 is past: nothing would be" },
      { { "set", "x", "--hold=2026-13-01" }, "--hold: must be a day such as" },
    } do
      local words = { (table.unpack or unpack)(case[1], 2) } -- luacheck: ignore
      local options, problem = parser.parse(common.declared(commands.get(case[1][1])), words)
      assert.is_nil(options)
      assert.matches(case[2], problem, 1, true)
    end
  end)
end)

describe("a wrong call", function()
  it("of options that contradict each other is told before anything is sent", function()
    local _, err, status = command.run "delete x --force --remote"
    assert.equal(2, status)
    assert.matches("^rsnapshots delete: %-%-force does not go with %-%-remote", err)
  end)

  it("ends with status 2 and says how to go on, before anything is sent", function()
    for arguments, message in pairs {
      [""] = "a command is missing",
      ["lst"] = "there is no command 'lst'; did you mean 'list'?",
      ["daily"] = "that is one of rsnapshot (without an s at the end)",
      ["help lst"] = "there is no command 'lst'; did you mean 'list'?",
      ["list -c Nam"] = "there is no column 'Nam'; did you mean 'Name'?",
      ["list --sort-column Siz"] = "there is no column 'Siz'; did you mean 'Size'?",
      ["list --stats x"] = "there is no option '--stats'; did you mean '--status'?",
      ["create --volume x -c Nam"] = "there is no column 'Nam'; did you mean 'Name'?",
      ["set x"] = "there is nothing to set: give --name, --property, --hold or another option",
    } do
      local out, err, status = command.run(arguments)
      assert.equal("", out)
      assert.matches(message, err, 1, true)
      assert.equal(2, status, arguments)
    end
  end)

  it("without credentials names what can be given", function()
    local _, err, status = command.run "list"
    assert.matches("rsnapshots list: config: there are no credentials", err, 1, true)
    assert.equal(2, status)
  end)

  it("of a cloud that there is none names it", function()
    local _, err, status = command.run "list --os-cloud nowhere"
    assert.matches("nowhere", err, 1, true)
    assert.equal(2, status)
  end)
end)

describe("every declaration", function()
  it("has help, and no name twice", function()
    for _, name in ipairs(commands.names) do
      local declared, seen = commands.get(name), {}
      assert.equal(name, declared.name)
      assert.matches("^%u.*%.$", commands.summary(name))
      for _, option in ipairs(common.declared(declared).options) do
        assert.matches("^%S.*%.$", option.help, 1)
        for _, word in ipairs(option) do
          assert.is_nil(seen[word], name .. " " .. word)
          assert.matches("^%-%-?%l[%l-]*$", word)
          seen[word] = true
        end
      end
      for _, item in ipairs(declared.arguments or {}) do
        assert.matches("%.$", item.help)
      end
    end
  end)
end)

-- The modules that a command loads, in a process of its own.
local function loaded_by(words, environment)
  local path = os.tmpname()
  process.write(path, [[
    require("rsnapshots.cli").main(arg)
    for name in pairs(package.loaded) do io.stderr:write("LOADED ", name, "\n") end]])
  local output = process.run(("%s\nLUA_PATH=%s LUA_CPATH=%s %s %s %s 2>&1 >/dev/null"):format(
    environment or "", process.quote(package.path), process.quote(package.cpath),
    process.quote(process.interpreter()), path, words))
  os.remove(path)
  local loaded = {}
  for name in output:gmatch "LOADED (%S+)\n" do
    loaded[name] = true
  end
  assert.is_true(loaded["rsnapshots.cli"], output)
  return loaded
end

describe("help", function()
  it("is for all commands, and for each, and goes to standard output", function()
    local out, err, status = command.run "--help"
    assert.same({ "", 0 }, { err, status })
    for _, name in ipairs(commands.names) do
      assert.matches("\n  " .. name .. " ", out, 1, true)
      local own, told, ended = command.run(name .. " --help")
      assert.same({ "", 0 }, { told, ended })
      assert.matches("usage: rsnapshots " .. name, own, 1, true)
      for line in own:gmatch "[^\n]+" do
        assert.is_true(#line <= 84, line) -- 80 columns; an ellipsis is three bytes
      end
    end
    assert.equal(command.run "list --help", (command.run "help list"))
    assert.equal(out, (command.run "help"))
  end)

  it("wins over whatever else is wrong, but not over --", function()
    local _, _, status = command.run "list --nonsense --help"
    assert.equal(0, status)
    local _, err = command.run "list -- --help"
    assert.matches("'--help' is one argument too many", err, 1, true)
  end)

  it("loads no command, or the one that it is of, and nothing of the library", function()
    for _, words in ipairs { "--help", "list --help", "rotate --help" } do
      local loaded = loaded_by(words)
      for _, name in ipairs { "rsnapshots.core", "rsnapshots", "rsnapshots.retention", "cjson",
        "socket" } do
        assert.is_nil(loaded[name], name)
      end
      for _, name in ipairs(commands.names) do
        assert.equal(words:match "^%l+" == name, loaded["rsnapshots.cli." .. name] or false, words)
      end
    end
  end)

  it("names the version", function()
    for _, arguments in ipairs { "--version", "list --version", "--version list" } do
      local out, _, status = command.run(arguments)
      assert.equal("rsnapshots " .. require "rsnapshots.version" .. "\n", out)
      assert.equal(0, status)
    end
  end)
end)

describe("a command", function()
  -- What it has no use for, by the beginning of the modules' names.
  local USELESS = {
    ["list"] = { "rsnapshots.cli.policy", "rsnapshots.cli.rotation", "rsnapshots.retention" },
    ["show x"] = { "rsnapshots.cli.policy", "rsnapshots.retention" },
    ["prune --keep-last 1 --dry-run"] = { "rsnapshots.cli.output.table" },
    ["rotate --volume x --keep-last 1"] = { "rsnapshots.cli.output.table",
      "rsnapshots.cli.output.plan" },
    ["check --volume x"] = { "rsnapshots.cli.output.table", "rsnapshots.cli.rotation" },
    ["timeline"] = { "rsnapshots.cli.output.table", "rsnapshots.cli.picture.html",
      "rsnapshots.retention.plan" },
  }

  it("loads its own modules only", function()
    local cloud = command.cloud()
    finally(function() cloud.stop() end)
    for words, useless in pairs(USELESS) do
      local loaded = loaded_by(words, cloud:environment())
      assert.is_true(loaded["rsnapshots.core"], words)
      local own = words:match "^%l+"
      for name in pairs(loaded) do
        local other = name:match "^rsnapshots%.cli%.(%l+)$"
        assert.is_true(other == nil or other == "commands" or other == own, words .. ": " .. name)
        assert.is_nil(name:find "^rsnapshots%.simulator", words)
        for _, prefix in ipairs(useless) do
          assert.is_nil(name:find(prefix, 1, true), words .. ": " .. name)
        end
      end
    end
  end)
end)
