--- rsnapshots(1), from what the commands declare.
local common = require "rsnapshots.cli.arguments.common"
local declared = require "scripts.share.declared"
local help = require "rsnapshots.cli.arguments.help"
local status = require "rsnapshots.cli.run.status"

-- As roff takes it: a hyphen is a minus, and no line begins with a dot or a quote.
local function roff(text)
  return (text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("^([.'])", "\\&%1")
    :gsub("\n([.'])", "\n\\&%1"))
end

local function term(head, text)
  return (".TP\n\\fB%s\\fR\n%s\n"):format(roff(head), roff(text))
end

local function paragraphs(text)
  return (roff(text):gsub("\n\n", "\n.PP\n"))
end

local function options_of(options)
  local parts = {}
  for i, option in ipairs(options or {}) do
    parts[i] = term(help.term(option), option.help)
  end
  return table.concat(parts)
end

local function command_of(command)
  local parts = { (".SS %s\n\\fB%s\\fR\n.PP\n%s\n"):format(command.name,
    roff(help.usage(command)), roff(declared.summary(command))) }
  if command.description then
    parts[#parts + 1] = ".PP\n" .. paragraphs(command.description) .. "\n"
  end
  for _, item in ipairs(command.arguments or {}) do
    parts[#parts + 1] = term(item[1], item.help)
  end
  parts[#parts + 1] = options_of(command.options)
  if command.output then
    parts[#parts + 1] = ".PP\nThe output options, below, apply as well.\n"
  end
  for _, example in ipairs(command.examples or {}) do
    parts[#parts + 1] = (".PP\n\\fB%s\\fR\n.br\n%s\n"):format(roff(example[1]), roff(example[2]))
  end
  return table.concat(parts)
end

local HEAD = [[
.\" Written by scripts/share from what the commands declare.
.TH RSNAPSHOTS 1 "" "rsnapshots %s" "User Commands"
.SH NAME
rsnapshots \- snapshots of block storage volumes (OpenStack Cinder, Rackspace)
.SH SYNOPSIS
\fBrsnapshots\fR \fICOMMAND\fR [\fIoptions\fR] [\fIarguments\fR]
.SH DESCRIPTION
Creates, lists, prunes and deletes snapshots of volumes. Every command takes ids and names, for
snapshots and for volumes. Options cannot be abbreviated; \fB\-\-option\fR \fIVALUE\fR and
\fB\-\-option=\fR\fIVALUE\fR are the same, and \fB\-\-\fR ends the options.
.PP
The variables OS_* or RS_*, or clouds.yaml, say which cloud to use. No option takes a secret, since
everybody on the machine could read it.
.PP
This is not rsnapshot(1), without the final s. That program copies files.
]]

local TAIL = [[
.SH ENVIRONMENT
.TP
\fBOS_CLOUD\fR, \fBOS_CLIENT_CONFIG_FILE\fR
Which cloud of clouds.yaml to use, and where that file is.
.TP
\fBOS_AUTH_URL\fR, \fBOS_USERNAME\fR, \fBOS_PASSWORD\fR, \fBOS_PROJECT_NAME\fR, ...
The cloud and the credentials, as for other OpenStack commands; \fBRS_USERNAME\fR, \fBRS_API_KEY\fR,
\fBRS_REGION_NAME\fR for Rackspace.
.TP
\fBNO_COLOR\fR
If it is not empty, there are no colours.
.TP
\fBRUNTIME_DIRECTORY\fR, \fBXDG_RUNTIME_DIR\fR
The folder for the locks that keep runs on one host apart; the default is \fI/run/lock\fR.
.SH FILES
.TP
\fI./clouds.yaml\fR, \fI~/.config/openstack/clouds.yaml\fR, \fI/etc/openstack/clouds.yaml\fR
The first of these that exists; \fIsecure.yaml\fR beside it may have the secrets.
.TP
\fIrsnapshots\-VOLUME%2FPOLICY.lock\fR
The locks that \fBrotate\fR and \fBprune\fR hold while they run.
.SH SEE ALSO
openstack(1), crontab(5), systemd.timer(5)
]]

return function()
  local parts = { HEAD:format(require "rsnapshots.version"), ".SH COMMANDS\n" }
  for _, command in ipairs(declared.commands()) do
    parts[#parts + 1] = command_of(command)
  end
  parts[#parts + 1] = ".SH OUTPUT OPTIONS\n" .. options_of(common.OUTPUT)
  parts[#parts + 1] = ".SH COMMON OPTIONS\n" .. options_of(common.ALWAYS)
  parts[#parts + 1] = ".SH EXIT STATUS\n"
  for _, meaning in ipairs(status.MEANINGS) do
    parts[#parts + 1] = term(meaning[1], meaning[2])
  end
  parts[#parts + 1] = ".PP\n\\fBcheck\\fR has the exit statuses of a Nagios plugin: 0 ok, 1 warning, "
    .. "2 critical, 3 unknown.\n"
  parts[#parts + 1] = TAIL
  return table.concat(parts)
end
