--- Completion for bash, from what the commands declare.
local common = require "rsnapshots.cli.arguments.common"
local declared = require "scripts.share.declared"

local function words(list)
  local names = {}
  for i, item in ipairs(list) do
    names[i] = type(item) == "table" and item[1] or item
  end
  return table.concat(names, " ")
end

local function case_of(names, action)
  return #names > 0 and ("        %s) %s ;;\n"):format(table.concat(names, " | "), action) or ""
end

-- What can follow each option: a case for those with the same choices, for files, for anything.
local function cases(command, options)
  local parts, files, anything = {}, {}, {}
  for _, option in ipairs(options) do
    local values = declared.values(command, option)
    if values then
      parts[#parts + 1] = case_of(option, ("values='%s'"):format(words(values)))
    elseif option.value and not option.optional then
      local list = declared.is_file(option) and files or anything
      list[#list + 1] = table.concat(option, " | ")
    end
  end
  return table.concat(parts) .. case_of(files, "compopt -o default && return")
    .. case_of(anything, "return")
end

local function command_of(command)
  local options = declared.options(command)
  return ([[
    %s)
        options='%s'
        case $before in
%s        esac
%s        ;;
]]):format(command.name, words(declared.names(options)), cases(command, options),
    declared.takes_files(command) and "        compopt -o default\n" or "")
end

local HEAD = [[
# bash completion for rsnapshots. Written by scripts/share from what the commands declare.

_rsnapshots() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' options='%s' values='' i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        %s) command=${COMP_WORDS[i]} && break ;;
        esac
    done
    # bash takes --option=VALUE apart
    if [ "$word" = = ]; then
        word=''
    elif [ "$before" = = ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $command in
    '')
        options+=' %s'
        ;;
]]

local TAIL = [[
    esac
    if [ -n "$values" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    fi
}

complete -F _rsnapshots rsnapshots
]]

return function()
  local list = declared.commands()
  local names = {}
  for i, command in ipairs(list) do
    names[i] = command.name
  end
  local parts = { HEAD:format(words(declared.names(common.ALWAYS)), table.concat(names, " | "),
    table.concat(names, " ") .. " help") }
  for _, command in ipairs(list) do
    parts[#parts + 1] = command_of(command)
  end
  return table.concat(parts) .. TAIL
end
