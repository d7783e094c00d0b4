--- A plan for people: what stays in each group and why, and what goes and why.
-- @module rsnapshots.cli.output.plan

local cells = require "rsnapshots.cli.output.cells"
local tables = require "rsnapshots.support.tables"
local terminal = require "rsnapshots.terminal"
local text = require "rsnapshots.cli.output.text"

local plan_text = {}

local RED = "31"

-- A snapshot's time: by the local clock on a terminal, otherwise as received.
local function time_of(snapshot, context)
  local here = context.is_terminal and cells.moment(snapshot.created_time)
  return here or text.visible(tostring(snapshot.created_at or snapshot.created_time or "unknown"))
end

-- Puts two parts on one line, or below each other if the terminal is too narrow.
local function join(first, second, columns, indent)
  local line = first .. second
  if not columns or terminal.width(line) <= columns then
    return line
  end
  local lines = text.wrap(second, columns - indent)
  table.insert(lines, 1, (first:gsub(" +$", "")))
  return table.concat(lines, "\n" .. (" "):rep(indent))
end

local KEEP, REMOVE = "  keep    ", "  remove  "

local function line_of(entry, context)
  local snapshot = entry.snapshot
  local first = ("%s%s  %s  "):format(entry.keep and KEEP or REMOVE, text.visible(snapshot.id),
    time_of(snapshot, context))
  local name = snapshot.name and text.visible(snapshot.name) .. "  " or ""
  local line = join(first, ("%s(%s)"):format(name, text.visible(table.concat(entry.reasons, "; "))),
    context:columns(), #KEEP)
  if not entry.keep and context.colours then
    line = line:gsub("remove", ("\27[%sm%%0\27[0m"):format(RED), 1)
  end
  return line
end

--- What a plan removes and why, a line for each.
-- @tparam Plan plan
-- @tparam Context context
-- @treturn string
function plan_text.removals(plan, context)
  local lines = {}
  for i, entry in ipairs(plan:removals()) do
    lines[i] = line_of(entry, context) .. "\n"
  end
  return table.concat(lines)
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

-- The entries of a group, newest first.
local function entries_of(plan, group)
  return tables.select(plan, function(entry) return entry.group == group.key end)
end

local function heading_of(group, names)
  local name = names[group.key]
  return group.key == "" and "all"
    or text.visible(name and ("%s (%s)"):format(name, group.key) or group.key)
end

local function add_group(lines, plan, group, context, names)
  local name = heading_of(group, names)
  lines[#lines + 1] = join(name .. ": ", ("%s, %s"):format(summary({ kept = #group.keep,
    removed = #group.remove }, group.size), moment(group.reference, context)), context:columns(), 2)
  for _, entry in ipairs(entries_of(plan, group)) do
    lines[#lines + 1] = line_of(entry, context)
  end
  lines[#lines + 1] = ""
end

-- Sorts groups by the names that are printed.
local function in_order(groups, names)
  local sorted = {}
  for i, group in ipairs(groups) do
    sorted[i] = group
  end
  table.sort(sorted, function(a, b)
    local one, other = names[a.key] or a.key, names[b.key] or b.key
    return one < other or one == other and a.key < b.key
  end)
  return sorted
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
    for _, group in ipairs(in_order(plan.groups, names)) do
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
