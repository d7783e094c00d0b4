--- `rsnapshots rotate`.
-- @module rsnapshots.cli.rotate

local common = require "rsnapshots.cli.arguments.common"
local kinds = require "rsnapshots.cli.arguments.kinds"
local many = require "rsnapshots.cli.run.many"
local policy_options = require "rsnapshots.cli.policy.options"
local status = require "rsnapshots.cli.run.status"

-- ------------------------------------------------------------------- policies

local ALONE = { "volume", "volume_property", "name_format", "policy_name", "slot" }

-- The policy that the options describe, in the form of a policy from a file.
local function policy_of(context, options, rules)
  local slots = require "rsnapshots.cli.rotation.slot"
  if not (options.volume or options.volume_property) then
    context.fail("name the volumes: give --volume or --volume-property, or a "
      .. "policy file", status.USAGE)
  elseif options.volume and options.volume_property then
    context.fail("give either --volume or --volume-property", status.USAGE)
  elseif options.name_format and slots.problem_of(options.name_format) then
    context.fail("--name-format: " .. slots.problem_of(options.name_format), status.USAGE)
  end
  rules.name = options.policy_name or "rotate"
  return { name = rules.name, slot = options.slot or "hour", name_format = options.name_format,
    volumes = options.volume, volume_property = options.volume_property,
    rules = policy_options.usable(context, require("rsnapshots.retention").read_policy(rules)) }
end

local function policies_of(context, options)
  local rules = policy_options.policy(options)
  if not options.policy_file then
    return { policy_of(context, options, rules) }
  end
  for _, name in ipairs(ALONE) do
    if options[name] ~= nil then
      context.fail(("--%s does not go with a policy file, which says that itself"):format(
        name:gsub("_", "-")), status.USAGE)
    end
  end
  if policy_options.has_rules(rules) or rules.utc_offset then
    context.fail("give either a policy file or --keep-… options", status.USAGE)
  end
  return policy_options.usable(context,
    require("rsnapshots.cli.policy.file").open(options.policy_file))
end

-- ---------------------------------------------------------------------- turns

-- A turn for each volume. If the volume was not found, its turn has an error.
local function turns_of(context, policies, options)
  local slots = require "rsnapshots.cli.rotation.slot"
  local targets = require "rsnapshots.cli.policy.targets"
  local now, turns, all, going = os.time(), {}, { count = 0 }, {}
  for i, target in ipairs(targets.of(context, policies)) do
    local policy = target.policy
    going[policy] = going[policy] or options.max_remove and all or { count = 0 }
    turns[i] = { policy = policy, going = going[policy], volume = target.volume, err = target.err,
      label = target.label, slot = slots.at(policy, now),
      keeps_metadata = context.client.api_version > 1, max_remove = options.max_remove }
  end
  return turns
end

local NEW = "~" -- stands for the id of a snapshot that would be made

-- The volumes whose slot has no snapshot yet, and all snapshots by volume.
local function volumes_to_do(turns, snapshots)
  local slots = require "rsnapshots.cli.rotation.slot"
  local by_volume, volumes = {}, {}
  for _, snapshot in ipairs(snapshots) do
    local list = by_volume[snapshot.volume_id or ""] or {}
    list[#list + 1] = snapshot
    by_volume[snapshot.volume_id or ""] = list
  end
  for _, turn in ipairs(turns) do
    local there = turn.volume and by_volume[turn.volume.id] or {}
    turn.found = turn.volume and slots.best(slots.found(there, turn.policy, turn.slot))
    volumes[#volumes + 1] = not turn.found and turn.volume or nil
  end
  return volumes, by_volume
end

-- Warns if a quota is too small. The service decides.
local function forecast(context, volumes)
  local limits = #volumes > 0 and context.client:limits()
  if limits then
    local quota = require "rsnapshots.cli.rotation.quota"
    for _, shortage in ipairs(quota.shortages(limits, volumes)) do
      context:note("warning: " .. shortage)
    end
  end
end

-- -------------------------------------------------------------------- the dry run

-- The snapshot that a real run would make.
local function new_of(turn)
  local slots = require "rsnapshots.cli.rotation.slot"
  local new = slots.options(turn.policy, turn.volume, turn.slot, turn.keeps_metadata)
  return { id = NEW, name = new.name, metadata = new.metadata, status = "AVAILABLE",
    created_time = os.time(), volume_id = turn.volume.id }
end

-- What the turn would remove and why, a line for each.
local function losses_of(context, plan)
  for _, entry in ipairs(plan:removals()) do
    for i, reason in ipairs(entry.reasons) do
      entry.reasons[i] = reason:gsub("%f[%S]" .. NEW .. " is newer$", "the new one is newer")
    end
  end
  return require("rsnapshots.cli.output.plan").removals(plan, context)
end

-- What the turn would do, and whether it would be refused.
local function what_would_be(context, turn, snapshots)
  local retention = require "rsnapshots.retention"
  local slots = require "rsnapshots.cli.rotation.slot"
  local stays = turn.found or new_of(turn)
  table.insert(snapshots, stays) -- one that is there twice counts once
  local plan = context.must(retention.plan(snapshots, slots.rules(turn.policy, stays)))
  table.remove(snapshots) -- the turn of another policy makes its own
  local allowed, count = retention.check_limit(plan, turn.max_remove, turn.going.count)
  turn.going.count = allowed and count or turn.going.count
  return ("%s, %d kept, %d removed%s\n%s"):format(turn.found and "found one for "
    .. turn.slot.name or "would make one for " .. turn.slot.name, plan.counts.kept,
    plan.counts.removed, allowed and "" or "; refused: " .. count.message,
    losses_of(context, plan)), not allowed
end

-- Prints what each turn would do. Returns the exit status, which is an error if volumes were not
-- found, or if they would lose too many snapshots.
local function print_dry_run(context, turns, by_volume)
  local text = require "rsnapshots.cli.output.text"
  local failed, exit_status = 0, status.DONE
  for _, turn in ipairs(turns) do
    if turn.err then
      failed, exit_status = failed + 1, context:report(turn.err, turn.label)
    else
      local outlook, is_refused = what_would_be(context, turn, by_volume[turn.volume.id] or {})
      context.out:print(("%s: %s"):format(text.visible(turn.label), outlook))
      if is_refused then
        failed, exit_status = failed + 1, status.FAILED
      end
    end
  end
  return failed > 0 and failed < #turns and status.SOME or exit_status
end

-- --------------------------------------------------------------------- the run

local function line_of(turn)
  local lookup = require "rsnapshots.cli.run.lookup"
  local text = require "rsnapshots.cli.output.text"
  local snapshot, plan = turn.snapshot, turn.plan
  local subject = snapshot and ("%s %s"):format(turn.was_there and "found" or "made",
    text.visible(lookup.label(snapshot))) or "nothing made"
  if not turn.is_pruned then
    return ("%s: %s, nothing removed, failed\n"):format(text.visible(turn.label), subject)
  end
  local outcome = turn.outcome
  return ("%s: %s, %d kept, %d removed%s%s\n"):format(text.visible(turn.label), subject,
    plan.counts.kept + outcome.failed + outcome.left, outcome.removed,
    outcome.failed > 0 and (", %d could not be"):format(outcome.failed) or "",
    require("rsnapshots.cli.rotation.removal").unfinished(outcome))
end

local function print_sum(context, turns)
  local done, removed = 0, 0
  for _, turn in ipairs(turns) do
    if not context.options.quiet then
      context.out:print(line_of(turn))
    end
    done = done + (turn.is_done and 1 or 0)
    removed = removed + (turn.outcome and turn.outcome.removed or 0)
  end
  if not context.options.quiet then
    context.out:print(("%d of %d volume%s done, %d snapshot%s removed\n"):format(done, #turns,
      #turns == 1 and "" or "s", removed, removed == 1 and "" or "s"))
  end
end

-- Failures in pruning were reported already; they count here.
local function exit_status_of(turns, exit_status)
  local removal = require "rsnapshots.cli.rotation.removal"
  local worst = exit_status
  for _, turn in ipairs(turns) do
    if turn.is_pruned and turn.outcome.failed > 0 and worst == status.DONE then
      worst = #turns > 1 and status.SOME or removal.status(turn.outcome)
    end
  end
  return worst
end

local function warn_of_orphans(context, turns)
  local plans, known = {}, {}
  for _, turn in ipairs(turns) do
    plans[#plans + 1], known[turn.policy.name] = turn.plan, true
  end
  require("rsnapshots.cli.rotation.removal").warn_of_orphans(context, plans, known)
end

local function take_turns(context, turns)
  local volume_turn = require "rsnapshots.cli.rotation.volume"
  local _, exit_status = many.each(context, turns, function(turn)
    if turn.err then
      return nil, turn.err
    end
    local ok, err = volume_turn.take(context, turn)
    turn.is_done = ok
    return ok, err
  end, {
    describe = function(turn) return turn.label end,
    key = function(turn) return turn.volume and turn.volume.id end,
  })
  warn_of_orphans(context, turns)
  print_sum(context, turns)
  return context:is_stopping() and context.signal_status() or exit_status_of(turns, exit_status)
end

local function run(options, context)
  local policies = policies_of(context, options)
  local client = context:connect()
  for _, policy in ipairs(policies) do
    if policy.name_format and client.api_version == 1 then
      context.fail("version 1 of the API keeps no metadata, so the name marks a snapshot as the "
        .. "policy's: you cannot choose it", status.USAGE)
    end
  end
  local turns = turns_of(context, policies, options)
  local snapshots, err = client:list():all()
  if options.dry_run then
    context.must(snapshots, err)
  end
  local volumes, by_volume = volumes_to_do(turns, snapshots or {})
  forecast(context, snapshots and volumes or {}) -- if it fails, that stops nothing
  return (options.dry_run and print_dry_run or take_turns)(context, turns, by_volume)
end

return {
  name = "rotate",
  description = "This is for cron and timers. Each policy gives each volume one good snapshot per "
    .. "hour (or day). The command waits until the snapshot is complete, and only then prunes the "
    .. "volume by the policy. If a run was killed, the next one finishes its work. Two runs at "
    .. "once do no harm.\n\nA policy file is a table in Lua, or a list of such tables: "
    .. 'return { name = "nightly", volumes = { "web" }, keep_daily = 7 }',
  arguments = {
    { "POLICY-FILE", optional = true, kind = kinds.text,
      help = "A file that says what to create and what to keep; or use the options below." },
  },
  options = common.join(policy_options.VOLUMES, policy_options.KEEP, {
    { "--policy-name", value = "NAME", kind = kinds.text,
      help = "The policy's name; only its own snapshots are pruned. Default: rotate." },
    { "--slot", value = "SLOT", choices = { "hour", "day" },
      help = "One good snapshot per hour (default) or day." },
    { "--name-format", value = "FORMAT", kind = kinds.text,
      help = "The snapshots' names, with {policy}, {slot}, {volume}, {volume_id}; default "
        .. "{policy}-{slot}." },
    { "-n", "--dry-run",
      help = "Print what would be made and removed, and why; change nothing." },
  }),
  examples = {
    { "rsnapshots rotate /etc/rsnapshots/policy.lua", "run this from cron, every night" },
    { "rsnapshots rotate --volume-property backup=nightly --keep-daily 7",
      "the volumes whose owners ask for it" },
  },
  run = run,
}
