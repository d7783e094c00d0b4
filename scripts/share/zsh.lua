--- Completion for zsh, from what the commands declare.
local declared = require "scripts.share.declared"

-- Within single quotes, and within brackets.
local function text(value)
  return (value:gsub("'", "'\\''"):gsub("([%[%]:])", "\\%1"))
end

local function spec(command, name, option)
  local values = declared.values(command, option)
  local tail = ""
  if option.value then
    local action = values and "(" .. table.concat(values, " ") .. ")"
      or declared.is_file(option) and "_files" or " "
    tail = (":%s:%s"):format(text(option.value), action)
  end
  local is_long = name:find "^%-%-" and option.value
  return ("        '%s%s%s[%s]%s' \\"):format(option.many and "*" or option.map and "*" or "", name,
    is_long and (option.optional and "=-" or "=") or "", text(option.help), tail)
end

local function command_of(command)
  local lines = {}
  for _, pair in ipairs(declared.names(declared.options(command))) do
    lines[#lines + 1] = spec(command, pair[1], pair[2])
  end
  return ("    %s)\n        _arguments -s \\\n%s\n        '*: :%s'\n        ;;\n")
    :format(command.name, table.concat(lines, "\n"),
      declared.takes_files(command) and "_files" or "")
end

local HEAD = [=[
#compdef rsnapshots
# zsh completion for rsnapshots. Written by scripts/share from what the commands declare.

_rsnapshots_commands() {
    local -a commands=(
%s
    )
    _describe command commands
}

_rsnapshots() {
    local curcontext=$curcontext state line
    _arguments -C '1:command:_rsnapshots_commands' '*::argument:->arguments'
    [[ $state = arguments ]] || return
    case $line[1] in
]=]

local TAIL = [[
    esac
}

_rsnapshots "$@"
]]

return function()
  local list, lines, parts = declared.commands(), {}, {}
  for i, command in ipairs(list) do
    lines[i] = ("        '%s:%s'"):format(command.name, text(declared.summary(command)))
    parts[i] = command_of(command)
  end
  return HEAD:format(table.concat(lines, "\n")) .. table.concat(parts) .. TAIL
end
