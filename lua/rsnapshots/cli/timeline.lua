--- `rsnapshots timeline`.
-- @module rsnapshots.cli.timeline

local common = require "rsnapshots.cli.arguments.common"
local filters = require "rsnapshots.cli.arguments.filters"
local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local parser = require "rsnapshots.cli.arguments.parser"
local policy_options = require "rsnapshots.cli.policy.options"
local status = require "rsnapshots.cli.run.status"

local DAYS, MOST = 30, 1000

-- The options that select snapshots if there is no policy.
local FILTERS = common.join({
  { "--volume", value = "VOLUME", many = true, kind = kinds.text,
    help = "Only snapshots of this volume, by id or name; repeatable." },
}, filters.OPTIONS)

-- ------------------------------------------------------------------------ rows

local function list(context, given)
  return context.must(context.client:list(given):all())
end

-- Without a policy, all snapshots stay.
local function as_entries(snapshots)
  table.sort(snapshots, function(a, b) return (a.created_time or 0) > (b.created_time or 0) end)
  local entries = {}
  for i, snapshot in ipairs(snapshots) do
    entries[i] = { snapshot = snapshot, keep = true, reasons = {} }
  end
  return entries
end

-- A row for each volume, with the snapshots that pass the filters.
local function rows_by_filters(context, options)
  local given, by_volume, rows = filters.given(options), {}, {}
  local names = lookup.volume_names(context.client, { all_projects = given.all_projects })
  local function row_of(id)
    if not by_volume[id] then
      by_volume[id] = { id = id, name = names[id], snapshots = {} }
      rows[#rows + 1] = by_volume[id]
    end
    return by_volume[id]
  end
  local volumes, missing = lookup.volumes(context, options.volume or {})
  for _, volume in ipairs(volumes) do
    row_of(volume.id)
  end
  for i = 1, options.volume and #volumes or 1 do
    given.volume_id = volumes[i] and volumes[i].id
    for _, snapshot in ipairs(list(context, given)) do
      table.insert(row_of(snapshot.volume_id or "unknown").snapshots, snapshot)
    end
  end
  for _, row in ipairs(rows) do
    row.entries = as_entries(row.snapshots)
  end
  table.sort(rows, function(a, b) return (a.name or a.id) < (b.name or b.id) end)
  return rows, missing
end

-- A row for each volume of a policy, with what would happen to its snapshots.
local function rows_by_policies(context, policies)
  local retention = require "rsnapshots.retention"
  local targets = require "rsnapshots.cli.policy.targets"
  local rows = {}
  local found, missing = targets.found(context, policies)
  for i, target in ipairs(found) do
    local volume = target.volume
    local plan = context.must(retention.plan(list(context, { volume_id = volume.id }),
      retention.at(target.policy.rules)))
    rows[i] = { id = volume.id, name = target.label, entries = plan }
  end
  return rows, missing
end

-- --------------------------------------------------------------------- drawing

local function is_utf8()
  local locale = os.getenv "LC_ALL" or ""
  locale = locale ~= "" and locale or os.getenv "LC_CTYPE" or ""
  locale = locale ~= "" and locale or os.getenv "LANG" or ""
  return locale:find "[Uu][Tt][Ff]%-?8" ~= nil
end

local function view_of(context)
  local terminal = require "rsnapshots.terminal"
  local text = require "rsnapshots.cli.output.text"
  return { columns = context:columns(),
    colours = context.colours, ascii = not is_utf8(), visible = text.visible, cut = text.cut,
    width = terminal.width }
end

-- The model of the picture. Its days begin by the first policy's offset.
local function picture_of(rows, policies, days)
  local model = require "rsnapshots.cli.picture.model"
  local offset = policies and policies[1].rules.utc_offset or 0
  return model.build(rows, { now = os.time(), days = days, offset = offset })
end

local function policy_names(policies)
  local names = {}
  for i, policy in ipairs(policies or {}) do
    names[i] = policy.name
  end
  return #names > 0 and table.concat(names, ", ") or nil
end

local function write_page(context, picture, policies, path)
  local names = policy_names(policies)
  local page = require("rsnapshots.cli.picture.html").page(picture,
    { title = names and "Snapshots of " .. names or "Snapshots", policy = names })
  local ok, problem = require("rsnapshots.cli.output.file").replace(path, page)
  if not ok then
    context.fail("the page cannot be written: " .. problem)
  end
end

local function draw(context, rows, policies, options)
  local text, view = require "rsnapshots.cli.picture.text", view_of(context)
  local days = options.days or DAYS
  if view.columns then
    days = text.days_for(view.columns, days)
  end
  context.out:print(text.draw(picture_of(rows, policies, days), view))
end

local function policies_of(context, options)
  if not options.policy then
    return nil
  end
  for _, option in ipairs(FILTERS) do
    if options[parser.field(option)] ~= nil then
      context.fail(option[1] .. " does not go with --policy", status.USAGE)
    end
  end
  return policy_options.usable(context,
    require("rsnapshots.cli.policy.file").open(options.policy))
end

-- Draws the rows, or writes a page.
local function show(context, rows, policies, options)
  if options.html then
    write_page(context, picture_of(rows, policies, options.days or DAYS), policies, options.html)
  elseif #rows == 0 then
    context:note((filters.none(options)))
  else
    draw(context, rows, policies, options)
  end
end

local function run(options, context)
  local policies = policies_of(context, options)
  context:connect()
  local rows, missing
  if policies then
    rows, missing = rows_by_policies(context, policies)
  else
    rows, missing = rows_by_filters(context, options)
  end
  if not missing or #rows > 0 then
    show(context, rows, policies, options)
  end
  return lookup.status(missing, #rows)
end

return {
  name = "timeline",
  description = "With --policy, the calendar also shows which snapshots stay and which would go. "
    .. "If any snapshot of a day failed, the cell of that day shows it.",
  options = common.join({
    { "--policy", value = "FILE", kind = kinds.text,
      help = "Show the volumes of the policies in this file, and what the policies keep." },
    { "--days", value = "N", kind = kinds.whole(1, MOST),
      help = "How many days to show (30; on a terminal as many as fit)." },
    { "--html", value = "FILE", kind = kinds.text,
      help = "Write a single HTML page instead, with every snapshot and reason." },
  }, FILTERS),
  examples = {
    { "rsnapshots timeline --policy policy.lua --days 60 --html timeline.html",
      "write a page that shows what the policy keeps" },
  },
  run = run,
}
