--- The command: finds the subcommand, reads the arguments, and runs it.
--
-- A subcommand is a file, `lua/rsnapshots/cli/NAME.lua`, and an entry in the list of
-- `rsnapshots.cli.commands`, with a sentence that says what it is for. The file returns a table:
--
--     return {
--       name = "show",
--       description = "More of it, …",               -- optional, in its help and the man page
--       arguments = {                                -- what is not an option, in order
--         { "SNAPSHOT", many = true, help = "…" },   -- optional = true if it can be left out
--       },
--       options = {
--         { "--long", help = "…" },                                      -- a flag
--         { "-n", "--dry-run", help = "…" },                             -- by two names
--         { "--size", value = "GIB", kind = kinds.whole(1), help = "…" }, -- takes a value
--         { "--volume", value = "VOLUME", many = true, help = "…" },     -- a list of them
--         { "--property", value = "KEY=VALUE", kind = kinds.property, map = true, help = "…" },
--         { "--once", negatable = true, help = "…" },                    -- there is --no-once
--         { "--state", value = "STATE", choices = { "available", "error" }, help = "…" },
--       },
--       output = "fields",                           -- or "rows": takes -f, -c, --max-width …
--       columns = columns.SNAPSHOT,                  -- what -c may name; see output/columns.lua
--       examples = { { "rsnapshots show nightly", "what it does" }, },
--       run = function(options, context) … return status end,
--     }
--
-- `options` has a field for every argument and option that was given: its name in lower case with
-- `_` for `-` (`options.dry_run`; for `--once`, true or false). `context` has what a command needs
-- from the world: connecting, output, questions, signals (rsnapshots.cli.run.context). `run`
-- returns the exit status (nil: 0), or raises an error of the library, whose kind decides the
-- status. To work on several things, use rsnapshots.cli.run.many, which says what failed.
--
-- The top of such a file requires only light modules, so that `--help` answers at once. Modules
-- that need the core, which loads libcurl, are required within `run`. The declaration gives the
-- checks, the help, the man page and the completions (scripts/share/write writes the last two; a
-- spec fails when they are out of date).
-- @module rsnapshots.cli

local commands = require "rsnapshots.cli.commands"
local common = require "rsnapshots.cli.arguments.common"
local parser = require "rsnapshots.cli.arguments.parser"
local suggest = require "rsnapshots.support.suggest"

local cli = {}

-- Commands of Debian's rsnapshot, which copies files.
local RSNAPSHOT = { hourly = true, daily = true, weekly = true, monthly = true, yearly = true,
  alpha = true, beta = true, gamma = true, sync = true, configtest = true, du = true }

-- What cinder, restic and other commands call the same.
local ELSEWHERE = { ["snapshot-create"] = "create", ["snapshot-list"] = "list",
  ["snapshot-show"] = "show", ["snapshot-rename"] = "set", ["snapshot-delete"] = "delete",
  ["revert-to-snapshot"] = "revert", backup = "create", snapshots = "list", ls = "list",
  get = "show", tag = "set", rm = "delete", remove = "delete", forget = "prune" }

local function unknown_command(word)
  if RSNAPSHOT[word] then
    return ("there is no command '%s': that is one of rsnapshot (without an s at the end), which "
      .. "copies files; this is rsnapshots, for snapshots of volumes"):format(word)
  end
  local hint = ELSEWHERE[word] and ("; did you mean '%s'?"):format(ELSEWHERE[word])
  return ("there is no command '%s'%s"):format(word, hint or suggest.hint(word, commands.names))
end

local function usage(context, message, name)
  context:warn(message)
  context:warn(("see 'rsnapshots%s --help'"):format(name and " " .. name or ""))
  return 2
end

local function print_help(context, command)
  local help = require "rsnapshots.cli.arguments.help"
  context.out:print(command and help.of_command(command) or help.of_all())
  return 0
end

-- A call without a subcommand: help, the version, or an error.
local function run_bare(context, rest)
  local options, problem = parser.parse({ options = common.ALWAYS }, rest)
  if parser.asks_for_help(rest) then
    return print_help(context)
  elseif not options then
    return usage(context, problem)
  elseif options.version then
    context.out:print("rsnapshots " .. require "rsnapshots.version" .. "\n")
    return 0
  end
  return usage(context, "a command is missing")
end

-- `help` and `help COMMAND`.
local function help_of(context, rest)
  local name = rest[1]
  if name == nil then
    return print_help(context)
  elseif not commands.has(name) then
    return usage(context, unknown_command(name))
  end
  return print_help(context, commands.get(name))
end

local function run_command(context, name, rest)
  local command = commands.get(name)
  context.name = name
  if parser.asks_for_help(rest) then
    return print_help(context, command)
  end
  local declared = common.declared(command)
  local options, problem = parser.parse(declared, rest)
  if not options then
    return usage(context, problem, name)
  elseif options.version then
    return run_bare(context, { "--version" })
  end
  problem = context:begin(command, options)
  if problem then
    return usage(context, problem, name)
  end
  return command.run(options, context) or 0
end

local function run(context, words)
  local name, rest = parser.split(common.ALWAYS, words)
  if name == nil then
    return run_bare(context, rest)
  elseif name == "help" then
    return help_of(context, rest)
  elseif not commands.has(name) then
    return usage(context, unknown_command(name))
  end
  return run_command(context, name, rest)
end

--- Runs the command.
-- @tparam {string,...} words what follows the command's name
-- @treturn int the exit status
function cli.main(words)
  local context = require("rsnapshots.cli.run.context").new()
  return context:guard(run, words)
end

return cli
