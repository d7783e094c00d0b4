--- What the commands declare, as what is written from it needs it.
local commands = require "rsnapshots.cli.commands"
local common = require "rsnapshots.cli.arguments.common"

local declared = {}

--- The commands in order.
function declared.commands()
  local list = {}
  for i, name in ipairs(commands.names) do
    list[i] = commands.get(name)
  end
  return list
end

--- What a command is for.
function declared.summary(command)
  return commands.summary(command.name)
end

--- All options of a command.
function declared.options(command)
  return common.declared(command).options
end

--- Every way of writing options: `{ name, option }`.
function declared.names(options)
  local list = {}
  for _, option in ipairs(options) do
    for _, name in ipairs(option) do
      list[#list + 1] = { name, option }
    end
    if option.negatable then
      local name = option[#option]:gsub("^%-%-", "--no-")
      list[#list + 1] = { name, { help = option.help } }
    end
  end
  return list
end

--- What can follow an option: its choices, or the columns of its command; nil where anything can.
function declared.values(command, option)
  if option.choices then
    return option.choices
  elseif option.value ~= "COLUMN" or not command.output then
    return nil
  end
  local titles = {}
  for i, column in ipairs(command.columns or require("rsnapshots.cli.output.columns").SNAPSHOT) do
    titles[i] = column.key
  end
  return titles
end

--- Is what follows a file? By its name in the usage.
function declared.is_file(option)
  return option.value ~= nil and option.value:find "FILE" ~= nil
end

--- Are a command's arguments files?
function declared.takes_files(command)
  local first = command.arguments and command.arguments[1]
  return first ~= nil and first[1]:find "FILE" ~= nil
end

return declared
