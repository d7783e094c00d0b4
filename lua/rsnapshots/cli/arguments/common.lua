--- Options that every command has, and those of commands that print.
-- @module rsnapshots.cli.arguments.common

local kinds = require "rsnapshots.cli.arguments.kinds"

local common = {}

--- Every command's.
common.ALWAYS = {
  { "--os-cloud", value = "NAME", kind = kinds.text,
    help = "The cloud of clouds.yaml to use, in place of OS_CLOUD." },
  { "--os-region-name", value = "NAME", kind = kinds.text,
    help = "The region to use, in place of OS_REGION_NAME." },
  { "--timeout", value = "SECONDS", kind = kinds.seconds(0.001, 31536000),
    help = "How long one call may take, its repetitions included (60), and how long to wait "
      .. "where something is waited for (600)." },
  { "-q", "--quiet", help = "Print no progress and no remarks, only failures." },
  { "--debug", help = "Report every request on standard error." },
  { "--color", value = "WHEN", choices = { "auto", "always", "never" },
    help = "Colour what matters: auto (on a terminal, unless NO_COLOR is set), always, never." },
  { "-h", "--help", help = "Explain the command." },
  { "--version", help = "Print the version." },
}

--- Those of commands that print rows or fields.
common.OUTPUT = {
  { "-f", "--format", value = "FORMAT", choices = { "table", "json", "csv", "value" },
    help = "table (default), json, csv, or value: the values alone." },
  { "-c", "--column", value = "COLUMN", many = true, kind = kinds.text,
    help = "Print this column only; repeatable, in the order asked for." },
  { "--sort-column", value = "COLUMN", many = true, kind = kinds.text,
    help = "Sort what is printed by this column; repeatable." },
  { "--noindent", help = "Print JSON on one line." },
  { "--quote", value = "WHEN", choices = { "all", "minimal", "none", "nonnumeric" },
    help = "What CSV puts in quotes: nonnumeric (default), all, minimal, none." },
  { "--max-width", value = "COLUMNS", kind = kinds.whole(0, 100000),
    help = "Fit a table into so many columns; 0 is no limit. Default: the terminal's width, and "
      .. "no limit on a pipe." },
}

--- A list of several lists of options.
function common.join(...)
  local all = {}
  for _, list in ipairs { ... } do
    for _, option in ipairs(list) do
      all[#all + 1] = option
    end
  end
  return all
end

--- All that a command takes, for the parser.
function common.declared(command)
  return { options = common.join(command.options or {}, command.output and common.OUTPUT or {},
    common.ALWAYS), arguments = command.arguments }
end

return common
