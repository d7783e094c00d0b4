--- The reference in docs/command.md, from what the commands declare.
local common = require "rsnapshots.cli.arguments.common"
local declared = require "scripts.share.declared"
local help = require "rsnapshots.cli.arguments.help"
local status = require "rsnapshots.cli.run.status"

-- Within a cell of a table.
local function cell(text)
  return (text:gsub("|", "\\|"))
end

local function rows_of(items, term)
  local lines = {}
  for _, item in ipairs(items or {}) do
    lines[#lines + 1] = ("| `%s` | %s |\n"):format(cell(term(item)), cell(item.help))
  end
  return table.concat(lines)
end

local function argument(item)
  return item[1]
end

local function table_of(rows)
  return rows ~= "" and "\n| | |\n|---|---|\n" .. rows or ""
end

local function command_of(command)
  local parts = { ("### %s\n\n```text\n%s\n```\n\n%s\n"):format(command.name,
    help.usage(command), declared.summary(command)) }
  if command.description then
    parts[#parts + 1] = "\n" .. command.description .. "\n"
  end
  parts[#parts + 1] = table_of(rows_of(command.arguments, argument)
    .. rows_of(command.options, help.term))
  for _, example in ipairs(command.examples or {}) do
    parts[#parts + 1] = ("\n```sh\n%s\n```\n\n%s%s.\n"):format(example[1], example[2]:sub(1, 1):upper(),
      example[2]:sub(2))
  end
  return table.concat(parts)
end

return function()
  local parts = {}
  for i, command in ipairs(declared.commands()) do
    parts[i] = command_of(command)
  end
  parts[#parts + 1] = "### Output options\n\nThese are for the commands that print rows or fields.\n"
    .. table_of(rows_of(common.OUTPUT, help.term))
  parts[#parts + 1] = "### Common options\n" .. table_of(rows_of(common.ALWAYS, help.term))
  local meanings = {}
  for i, meaning in ipairs(status.MEANINGS) do
    meanings[i] = ("| %s | %s |\n"):format(meaning[1], meaning[2])
  end
  parts[#parts + 1] = "### Exit statuses\n\n| | |\n|---|---|\n" .. table.concat(meanings)
  return table.concat(parts, "\n")
end
