--- The subcommands there are.
-- @module rsnapshots.cli.commands

local commands = {}

--- Their names, in the order of the help; each is a file of this folder.
commands.names = {
  "create", "list", "show", "set", "unset", "delete", "wait", "restore", "revert", "prune",
  "rotate", "check", "timeline", "simulate",
}

--- Is there a command of that name?
function commands.has(name)
  for _, known in ipairs(commands.names) do
    if known == name then
      return true
    end
  end
  return false
end

--- What the command's file declares.
function commands.get(name)
  return require("rsnapshots.cli." .. name)
end

return commands
