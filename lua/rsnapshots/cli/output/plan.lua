--- A plan for people: per group what stays and why, what goes and what it lost to.
-- @module rsnapshots.cli.output.plan

local cells = require "rsnapshots.cli.output.cells"
local text = require "rsnapshots.cli.output.text"

local plan_text = {}

local RED = "31"

-- When a snapshot was made: on a terminal by the clock of the place, else as received.
local function made(snapshot, context)
  local here = context.is_terminal and cells.moment(snapshot.created_time)
  return here or text.visible(tostring(snapshot.created_at or snapshot.created_time or "unknown"))
end

local function line_of(entry, context)
  local snapshot = entry.snapshot
  local word = entry.keep and "keep  " or "remove"
  if not entry.keep and context.colours then
    word = ("\27[%sm%s\27[0m"):format(RED, word)
  end
  local name = snapshot.name and text.visible(snapshot.name) .. "  " or ""
  return ("  %s  %s  %s  %s(%s)"):format(word, text.visible(snapshot.id),
    made(snapshot, context), name, text.visible(table.concat(entry.reasons, "; ")))
end

local function moment(time, context)
  if not time then
    return "nothing to count from"
  end
  local here = context.is_terminal and cells.moment(time)
    or os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(time))
  return "counting from " .. here
end

local function counted(count, size, what)
  return ("%d %s (%.0f GiB)"):format(count, what, size)
end

local function summary(counts, size)
  return counted(counts.kept, size.kept, "kept") .. ", "
    .. counted(counts.removed, size.removed, "to be removed")
end

-- Those of a group, newest first.
local function entries_of(plan, group)
  local entries = {}
  for _, entry in ipairs(plan) do
    if entry.group == group.key then
      entries[#entries + 1] = entry
    end
  end
  return entries
end

local function heading_of(group, names)
  local name = names[group.key]
  return group.key == "" and "all"
    or text.visible(name and ("%s (%s)"):format(name, group.key) or group.key)
end

local function add_group(lines, plan, group, context, names)
  local name = heading_of(group, names)
  lines[#lines + 1] = ("%s: %s, %s"):format(name, summary({ kept = #group.keep,
    removed = #group.remove }, group.size), moment(group.reference, context))
  for _, entry in ipairs(entries_of(plan, group)) do
    lines[#lines + 1] = line_of(entry, context)
  end
  lines[#lines + 1] = ""
end

--- Writes plans.
-- @tparam {Plan,...} plans
-- @tparam Context context
-- @tparam table names of volumes, by id
-- @treturn string
function plan_text.text(plans, context, names)
  local lines, counts, size = {}, { kept = 0, removed = 0 }, { kept = 0, removed = 0 }
  for _, plan in ipairs(plans) do
    if #plans > 1 and plan.name then
      lines[#lines + 1] = ("policy \"%s\""):format(text.visible(plan.name))
    end
    for _, group in ipairs(plan.groups) do
      add_group(lines, plan, group, context, names)
    end
    for _, part in ipairs { "kept", "removed" } do
      counts[part], size[part] = counts[part] + plan.counts[part], size[part] + plan.size[part]
    end
  end
  lines[#lines + 1] = summary(counts, size)
  return table.concat(lines, "\n") .. "\n"
end

return plan_text
