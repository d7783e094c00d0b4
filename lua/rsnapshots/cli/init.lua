--- The command: reads its arguments and hands over to a subcommand.
--
-- A subcommand is a module named in `COMMANDS` with `name`, `summary`, `define(parser)` (an
-- argparse command to be given its arguments) and `run(options)`, which returns the exit status.
-- @module rsnapshots.cli

local cli = {}

--- Exit statuses.
cli.OK, cli.FAILED, cli.USAGE = 0, 1, 2

-- In the order of the help text.
local COMMANDS = {
  "rsnapshots.cli.simulate",
}

local function complain(message)
  io.stderr:write("rsnapshots: ", message, "\n")
end

-- The parser, and the subcommands by name.
local function make_parser(argparse)
  local parser = argparse("rsnapshots", "Block storage snapshots of OpenStack and Rackspace.")
  parser:require_command(true):command_target("command")
  local commands = {}
  for _, module in ipairs(COMMANDS) do
    local command = require(module)
    commands[command.name] = command
    command.define(parser:command(command.name, command.summary))
  end
  return parser, commands
end

--- Runs the command.
-- @tparam {string,...} args what follows the command's name
-- @treturn int the exit status
function cli.main(args)
  local found, argparse = pcall(require, "argparse")
  if not found then
    complain("the command needs the Lua module argparse (lua-argparse in Debian)")
    return cli.USAGE
  end
  local parser, commands = make_parser(argparse)
  local ok, options = parser:pparse(args)
  if not ok then
    complain(options)
    io.stderr:write(parser:get_usage(), "\n")
    return cli.USAGE
  end
  return commands[options.command].run(options)
end

return cli
