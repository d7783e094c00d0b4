--- Completion for fish, from what the commands declare.
local declared = require "scripts.share.declared"

local function quoted(text)
  return "'" .. text:gsub("([\\'])", "\\%1") .. "'"
end

local function spec(command, name, option)
  local is_long = name:find "^%-%-"
  local line = ("complete -c rsnapshots -n '__fish_seen_subcommand_from %s' %s %s -d %s"):format(
    command.name, is_long and "-l" or "-s", (name:gsub("^%-+", "")), quoted(option.help))
  local values = declared.values(command, option)
  if values then
    return line .. " -x -a " .. quoted(table.concat(values, " "))
  elseif option.value and not option.optional then
    return line .. (declared.is_file(option) and " -r -F" or " -x")
  end
  return line
end

return function()
  local lines = {
    "# fish completion for rsnapshots. Written by scripts/share from what the commands declare.",
    "complete -c rsnapshots -f",
  }
  for _, command in ipairs(declared.commands()) do
    lines[#lines + 1] = ("complete -c rsnapshots -n __fish_use_subcommand -a %s -d %s"):format(
      command.name, quoted(declared.summary(command)))
    for _, pair in ipairs(declared.names(declared.options(command))) do
      lines[#lines + 1] = spec(command, pair[1], pair[2])
    end
    if declared.takes_files(command) then
      lines[#lines + 1] = ("complete -c rsnapshots -n '__fish_seen_subcommand_from %s' -F"):format(
        command.name)
    end
  end
  return table.concat(lines, "\n") .. "\n"
end
