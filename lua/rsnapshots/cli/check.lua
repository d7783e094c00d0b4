--- `rsnapshots check`.
-- @module rsnapshots.cli.check

local ascii = require "rsnapshots.support.ascii"
local common = require "rsnapshots.cli.arguments.common"
local kinds = require "rsnapshots.cli.arguments.kinds"
local policy_options = require "rsnapshots.cli.policy.options"
local status = require "rsnapshots.cli.run.status"

local WARNING, CRITICAL = 26 * 3600, 50 * 3600

local function age(word)
  return require("rsnapshots.cli.freshness.age").read(word)
end

-- The policies to check. One that comes from options has no name.
local function policies_of(context, options)
  local ways = (options.policy and 1 or 0) + (options.volume and 1 or 0)
    + (options.volume_property and 1 or 0)
  if ways == 0 then
    context.fail("name the volumes: give --volume, --volume-property or --policy",
      status.USAGE)
  elseif ways > 1 then
    context.fail("give one of --volume, --volume-property and --policy", status.USAGE)
  elseif not options.policy then
    return { { volumes = options.volume, volume_property = options.volume_property } }
  end
  return policy_options.usable(context,
    require("rsnapshots.cli.policy.file").open(options.policy))
end

local function verdict_on(context, target, limits)
  local verdict = require "rsnapshots.cli.freshness.verdict"
  local policy = target.policy.name
  if target.err then
    return verdict.unknown({ id = target.name }, policy, target.err.message)
  end
  local snapshots, err = context.client:list({ volume_id = target.volume.id }):all()
  if not snapshots then
    return verdict.unknown(target.volume, policy, err.message)
  end
  return verdict.of(target.volume, snapshots, { warning = limits.warning,
    critical = limits.critical, now = limits.now, policy = policy })
end

local function examine(context, policies, limits)
  local targets = require "rsnapshots.cli.policy.targets"
  local verdict = require "rsnapshots.cli.freshness.verdict"
  context:connect()
  local verdicts = {}
  for i, target in ipairs(targets.of(context, policies)) do
    verdicts[i] = verdict_on(context, target, limits)
    verdicts[i].label = target.label
  end
  return verdict.sum(verdicts, limits)
end

local function shown(sum, format, file)
  local report = require "rsnapshots.cli.freshness.report"
  if format == "json" then
    local json = require "rsnapshots.cli.output.json"
    local document = report.document(sum)
    document.volumes = json.list(document.volumes)
    return json.encode(document, true) .. "\n"
  end
  return (format == "prometheus" and report.prometheus or report.nagios)(sum, file)
end

-- With --quiet, the words for people that all is well are not printed.
local function print_or_write(context, options, sum)
  local format = options.format or "nagios"
  if options.output then
    return require("rsnapshots.cli.output.file").replace(options.output,
      shown(sum, format, options.output))
  elseif not (options.quiet and format == "nagios" and sum.level == "ok") then
    context.out:print(shown(sum, format))
  end
  return true
end

-- Tells monitoring that the state is unknown. An output file stays as it is: its age shows that.
local function unknown(context, options, message)
  if options.output or (options.format or "nagios") ~= "nagios" then
    context:warn(message)
  else
    context.out:print(("SNAPSHOTS UNKNOWN - %s\n"):format(ascii.one_line((message:gsub("|", "/")))))
  end
  return 3
end

local function run(options, context)
  local limits = { warning = options.warning or WARNING, critical = options.critical or CRITICAL,
    now = os.time() }
  if limits.warning > limits.critical then
    context.fail("--warning must not be greater than --critical", status.USAGE)
  end
  local policies = policies_of(context, options)
  local ok, sum = pcall(examine, context, policies, limits)
  if not ok then
    if type(sum) ~= "table" or not sum.kind then
      error(sum, 0)
    end
    return unknown(context, options, tostring(sum))
  end
  local written, problem = print_or_write(context, options, sum)
  if not written then
    return unknown(context, { output = true }, "the output cannot be written: " .. problem)
  end
  return require("rsnapshots.cli.freshness.verdict").STATUS[sum.level]
end

return {
  name = "check",
  description = "What counts is the age of each volume's newest available snapshot. A volume "
    .. "without one is critical. With --policy, only snapshots that the policy created count.\n\n"
    .. "The exit status is that of a Nagios plugin: 0 ok, 1 warning, 2 critical, 3 unknown.",
  options = common.join(policy_options.VOLUMES, {
    { "--policy", value = "FILE", kind = kinds.text,
      help = "Check the volumes of the policies in this file." },
    { "--warning", value = "AGE", kind = age,
      help = "Warn if the newest good snapshot is older than this; default 26h." },
    { "--critical", value = "AGE", kind = age,
      help = "Critical if it is older than this; default 50h." },
    { "-f", "--format", value = "FORMAT", choices = { "nagios", "prometheus", "json" },
      help = "nagios (default), prometheus (for the textfile collector), json." },
    { "--output", value = "FILE", kind = kinds.text,
      help = "Write to this file, which is replaced in one step." },
  }),
  examples = {
    { "rsnapshots check --policy /etc/rsnapshots/policy.lua", "run this as a Nagios plugin" },
    { "rsnapshots check --volume web -f prometheus --output /run/rsnapshots.prom",
      "for Prometheus' node exporter, from cron" },
  },
  run = run,
}
