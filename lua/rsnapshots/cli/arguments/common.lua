--- Options that every command has, and those of commands that print.
-- @module rsnapshots.cli.arguments.common

local kinds = require "rsnapshots.cli.arguments.kinds"

local common = {}

common.ALWAYS = {
  { "--os-cloud", value = "NAME", kind = kinds.text,
    help = "Use this cloud of clouds.yaml, whatever OS_CLOUD says." },
  { "--os-region-name", value = "NAME", kind = kinds.text,
    help = "Use this region, whatever OS_REGION_NAME says." },
  { "--timeout", value = "SECONDS", kind = kinds.seconds(0.001, 31536000),
    help = "How long one call may take, including its retries (60), and how long a wait may "
      .. "take (600)." },
  { "-q", "--quiet", help = "Print failures only." },
  { "--debug", help = "Report every request on standard error." },
  { "--color", value = "WHEN", choices = { "auto", "always", "never" },
    help = "Use colours: auto (on a terminal, unless NO_COLOR is set), always, never." },
  { "-h", "--help", help = "Print this help." },
  { "--version", help = "Print the version." },
}

--- Options of commands that print rows or fields.
common.OUTPUT = {
  { "-f", "--format", value = "FORMAT", choices = { "table", "json", "csv", "value" },
    help = "table (default), json, csv, or value (the values only)." },
  { "-c", "--column", value = "COLUMN", many = true, kind = kinds.text,
    help = "Print only this column; repeatable, in the order given." },
  { "--sort-column", value = "COLUMN", many = true, kind = kinds.text,
    help = "Sort the output by this column; repeatable." },
  { "--noindent", help = "Print JSON on one line." },
  { "--quote", value = "WHEN", choices = { "all", "minimal", "none", "nonnumeric" },
    help = "What to quote in CSV: nonnumeric (default), all, minimal, none." },
  { "--max-width", value = "COLUMNS", kind = kinds.whole(0, 100000),
    help = "Fit a table into this many columns; 0: no limit. Default: the terminal's width, or "
      .. "no limit on a pipe." },
}

--- Joins lists of options.
function common.join(...)
  local all = {}
  for _, list in ipairs { ... } do
    for _, option in ipairs(list) do
      all[#all + 1] = option
    end
  end
  return all
end

--- All options that a command takes.
function common.declared(command)
  return { options = common.join(command.options or {}, command.output and common.OUTPUT or {},
    common.ALWAYS), arguments = command.arguments }
end

return common
