--- `rsnapshots prune`.
-- @module rsnapshots.cli.prune

local common = require "rsnapshots.cli.arguments.common"
local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local policy_options = require "rsnapshots.cli.policy.options"
local status = require "rsnapshots.cli.run.status"

-- ---------------------------------------------------------------- what to plan

local function check(options, context, policy)
  local has_rules = policy_options.has_rules(policy)
  local ways = (options.plan and 1 or 0) + (options.policy and 1 or 0) + (has_rules and 1 or 0)
  if ways == 0 then
    context.fail("say what to keep: give --keep-daily 7 or another rule, --policy or "
      .. "--plan", status.USAGE)
  elseif ways > 1 then
    context.fail("give either rules (--keep-daily …), or --policy, or --plan", status.USAGE)
  elseif options.volume and not has_rules then
    context.fail("--volume does not go with --policy or --plan, which name volumes themselves",
      status.USAGE)
  end
  for _, name in ipairs(options.plan and { "plan_out", "all", "group_by", "utc_offset" } or {}) do
    if options[name] then
      context.fail(("--%s does not go with --plan"):format(name:gsub("_", "-")), status.USAGE)
    end
  end
end

-- What to plan: `rules`, `volumes` (nil: all), `name`. Also the exit status if a volume is missing.
local function jobs_by_options(context, options, policy)
  local retention = require "rsnapshots.retention"
  policy.group_by, policy.all = options.group_by, options.all
  local rules = policy_options.usable(context, retention.read_policy(policy))
  context:connect()
  local volumes, missing = lookup.volumes(context, options.volume or {})
  return { { rules = rules, volumes = options.volume and volumes } }, missing
end

local function jobs_by_file(context, options)
  local policies = policy_options.usable(context,
    require("rsnapshots.cli.policy.file").open(options.policy))
  local targets = require "rsnapshots.cli.policy.targets"
  local retention = require "rsnapshots.retention"
  context:connect()
  local jobs, by_policy = {}, {}
  for i, policy in ipairs(policies) do
    local given = policy.rules_given
    for _, name in ipairs { "all", "group_by", "utc_offset" } do
      given[name] = options[name] or given[name]
    end
    jobs[i] = { rules = policy_options.usable(context, retention.read_policy(given)), volumes = {},
      name = policy.name }
    by_policy[policy] = jobs[i]
  end
  local found, missing = targets.found(context, policies)
  for _, target in ipairs(found) do
    table.insert(by_policy[target.policy].volumes, target.volume)
  end
  return jobs, missing
end

local function snapshots_of(context, job)
  local client = context.client
  if not job.volumes then
    return context.must(client:list():all())
  end
  local all = {}
  for _, volume in ipairs(job.volumes) do
    for _, snapshot in ipairs(context.must(client:list({ volume_id = volume.id }):all())) do
      all[#all + 1] = snapshot
    end
  end
  return all
end

local function make_plans(context, jobs)
  local retention, plans = require "rsnapshots.retention", {}
  for i, job in ipairs(jobs) do
    plans[i] = context.must(retention.plan(snapshots_of(context, job), job.rules))
  end
  return plans
end

-- ------------------------------------------------------------------- applying

local function check_limits(context, plans, options)
  local retention, going = require "rsnapshots.retention", 0
  for _, plan in ipairs(plans) do
    local allowed, count = retention.check_limit(plan, options.max_remove, going)
    context.must(allowed, count)
    going = options.max_remove and count or 0 -- a policy's limit is its own
  end
end

local MOST_LOCKS = 100 -- at a time: each is an open file

-- Applies part of a plan while no other run works on these volumes.
local function apply_part(context, plan, groups, outcome)
  local locking = require "rsnapshots.cli.rotation.locking"
  local removal = require "rsnapshots.cli.rotation.removal"
  local free, locks = locking.take_groups(groups, function(group, err)
    removal.refuse(context, outcome, group, err)
  end)
  local ok, raised = pcall(removal.apply, context, plan:part(free), outcome,
    context.options.max_remove)
  locking.release(locks)
  if not ok then
    error(raised, 0)
  end
end

-- What a group loses, as one group per volume, because volumes are locked.
local function by_volume(group)
  local volumes, found = {}, {}
  for _, entry in ipairs(group.remove) do
    local id = entry.record.volume_id or entry.record.id
    if not found[id] then
      found[id] = { key = group.key, good = group.good, newest = group.newest, keep = {},
        remove = {}, size = { kept = 0, removed = 0 } }
      volumes[#volumes + 1] = found[id]
    end
    table.insert(found[id].remove, entry)
  end
  return volumes
end

-- What a plan removes, in portions of at most MOST_LOCKS volumes.
local function parts_of(plan)
  local parts = {}
  for _, group in ipairs(plan.groups) do
    for _, volume in ipairs(by_volume(group)) do
      local last = parts[#parts]
      if not last or #last == MOST_LOCKS then
        last = {}
        parts[#parts + 1] = last
      end
      last[#last + 1] = volume
    end
  end
  return parts
end

local function apply_all(context, plans)
  local removal = require "rsnapshots.cli.rotation.removal"
  local outcome = removal.outcome()
  for _, plan in ipairs(plans) do
    for _, groups in ipairs(parts_of(plan)) do
      if context:is_stopping() then
        outcome.left = outcome.left + plan:part(groups).counts.removed
      else
        context:changing(apply_part, context, plan, groups, outcome)
      end
    end
  end
  return removal.conclude(context, outcome)
end

local function names_of(context, jobs)
  local names = {}
  for _, job in ipairs(jobs) do
    if not job.volumes then
      return lookup.volume_names(context.client)
    end
    for _, volume in ipairs(job.volumes) do
      names[volume.id] = lookup.name(volume) or false -- it exists, and has no name
    end
  end
  return names
end

local function plans_of_file(context, path)
  local client = context:connect()
  local plans = require("rsnapshots.cli.policy.planfile").read(context, path, client.endpoint)
  return plans, lookup.volume_names(client)
end

local function tell_oddities(context, jobs, plans)
  local removal = require "rsnapshots.cli.rotation.removal"
  local known = {}
  for i, job in ipairs(jobs) do
    known[job.name or ""] = true
    removal.warn(context, plans[i])
  end
  removal.warn_of_orphans(context, plans, known)
end

-- The plans, the names of their volumes, and the exit status if a volume is missing.
local function plans_for(context, options, policy)
  if options.plan then
    return plans_of_file(context, options.plan)
  end
  local jobs, missing
  if options.policy then
    jobs, missing = jobs_by_file(context, options)
  else
    jobs, missing = jobs_by_options(context, options, policy)
  end
  local plans = make_plans(context, jobs)
  tell_oddities(context, jobs, plans)
  return plans, names_of(context, jobs), missing
end

local function removals_of(plans)
  local count, size = 0, 0
  for _, plan in ipairs(plans) do
    count, size = count + plan.counts.removed, size + plan.size.removed
  end
  return count, size
end

-- Prints the plans and carries them out. Returns the exit status.
local function carry_out(context, options, plans, names)
  if not options.quiet or options.dry_run then
    context.out:print(require("rsnapshots.cli.output.plan").text(plans, context, names))
    context.out:flush()
  end
  if options.plan_out then
    require("rsnapshots.cli.policy.planfile").write(context, options.plan_out, plans)
    return status.DONE
  end
  check_limits(context, plans, options)
  local count, size = removals_of(plans)
  if options.dry_run or count == 0 then
    return status.DONE
  elseif not context:confirm(("%d snapshot%s (%.0f GiB) will be removed."):format(count,
    count == 1 and "" or "s", size)) then
    context:note "nothing was removed"
    return status.DONE
  end
  return apply_all(context, plans)
end

local function run(options, context)
  local policy = policy_options.policy(options)
  check(options, context, policy)
  local plans, names, missing = plans_for(context, options, policy)
  if missing and next(names) == nil then
    return missing -- none of the volumes exists
  end
  return lookup.status(missing, 1, carry_out(context, options, plans, names))
end

return {
  name = "prune",
  description = "The rules are those of restic. They apply only to snapshots that a policy of "
    .. "rotate created; --all applies them to all snapshots. A snapshot that is held, part of a "
    .. "group snapshot, not available, or of unknown age always stays. So does a volume's newest "
    .. "good snapshot.\n\nThe command prints the plan, with a reason for each snapshot, and asks. "
    .. "It reads each snapshot again just before it deletes it. A snapshot that has changed stays, "
    .. "and the exit status is 3.",
  options = common.join(policy_options.KEEP, {
    { "--group-by", value = "FIELD", choices = { "volume_id", "project_id", "name", "none" },
      help = "Apply the rules separately to each volume_id (default), project_id or name; none: to "
        .. "all snapshots together." },
    { "--volume", value = "VOLUME", many = true, kind = kinds.text,
      help = "Only snapshots of this volume, by id or name; repeatable." },
    { "--policy", value = "FILE", kind = kinds.text,
      help = "Apply the policies in this file to their volumes." },
    { "--all", help = "Include snapshots that no policy created." },
    { "-n", "--dry-run", help = "Print the plan, and remove nothing." },
    { "--yes", help = "Do not ask." },
    { "--plan-out", value = "FILE", kind = kinds.text,
      help = "Write the plan to this file, and remove nothing." },
    { "--plan", value = "FILE", kind = kinds.text,
      help = "Do exactly what this file says, which --plan-out wrote." },
  }),
  examples = {
    { "rsnapshots prune --volume web --keep-daily 7 --keep-weekly 4 --dry-run",
      "show what would stay of one volume, what would go, and why" },
    { "rsnapshots prune --policy /etc/rsnapshots/policy.lua --yes", "with a policy file, in cron" },
  },
  run = run,
}
