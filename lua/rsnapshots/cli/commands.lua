--- The list of subcommands.
-- @module rsnapshots.cli.commands

local commands = {}

-- In the order of the help. The sentences are here so that the list loads none of the commands.
local COMMANDS = {
  { "create", "Create snapshots of volumes." },
  { "list", "List snapshots." },
  { "show", "Show everything about snapshots." },
  { "set", "Change a snapshot's name, description, properties, hold or status." },
  { "unset", "Remove properties of a snapshot." },
  { "delete", "Delete snapshots." },
  { "wait", "Wait until snapshots are complete, or gone." },
  { "restore", "Create a new volume from a snapshot." },
  { "revert", "Take a volume back to its newest snapshot." },
  { "prune", "Remove snapshots that the rules do not keep." },
  { "rotate", "Create a snapshot of each volume, and remove what the policy no longer keeps." },
  { "check", "Tell monitoring how old the newest good snapshots are." },
  { "timeline", "Draw a calendar of snapshots: a row for each volume, a cell for each day." },
  { "simulate", "Run a simulated cloud on loopback, for trying things out." },
}

--- The names of the commands, in that order. Each has a file in this folder.
commands.names = {}

local SUMMARIES = {}
for i, pair in ipairs(COMMANDS) do
  commands.names[i], SUMMARIES[pair[1]] = pair[1], pair[2]
end

--- Is there a command with this name?
function commands.has(name)
  return SUMMARIES[name] ~= nil
end

--- What a command is for, in one sentence.
function commands.summary(name)
  return SUMMARIES[name]
end

--- What a command's file declares.
function commands.get(name)
  return require("rsnapshots.cli." .. name)
end

return commands
