--- The options that select snapshots, for commands that list them.
-- @module rsnapshots.cli.arguments.filters

local ascii = require "rsnapshots.support.ascii"
local kinds = require "rsnapshots.cli.arguments.kinds"
local suggest = require "rsnapshots.support.suggest"

local filters = {}

-- Services may have others, so no other is refused.
local STATUSES = { "available", "backing-up", "creating", "deleted", "deleting", "error",
  "error_deleting", "restoring", "unmanaging" }

-- `single`: of two values, the first would be forgotten silently.
filters.OPTIONS = {
  { "--name", value = "NAME", kind = kinds.text, single = true,
    help = "Only snapshots with this name." },
  { "--name-like", value = "PART", kind = kinds.text, single = true,
    help = "Only snapshots with this text in their name." },
  { "--status", value = "STATUS", kind = kinds.text, single = true,
    help = "Only snapshots with this status, such as available or error." },
  { "--project", value = "ID", kind = kinds.text, single = true,
    help = "Only snapshots of the project with this id (for administrators)." },
  { "--all-projects", help = "Include other projects (for administrators)." },
  { "--property", value = "KEY=VALUE", kind = kinds.property, map = true,
    help = "Only snapshots with this property; repeatable." },
  { "--created-after", value = "TIME", kind = kinds.time,
    help = "Only snapshots created after this day or time, such as 2026-11-23." },
  { "--created-before", value = "TIME", kind = kinds.time,
    help = "Only snapshots created before this day or time." },
}

--- The filters for client:list.
-- @tparam table options
-- @treturn table
function filters.given(options)
  return { name = options.name, name_like = options.name_like, status = options.status,
    project_id = options.project,
    all_projects = options.project and true or options.all_projects,
    metadata = options.property, created_after = options.created_after,
    created_before = options.created_before }
end

--- What to say if nothing was found, and whether a mistyped status may be the reason.
function filters.none(options)
  local text, given = "there are no such snapshots", ascii.lower(options.status or "")
  local meant = suggest.of(given, STATUSES)
  if not meant or meant == given then
    return text, false
  end
  return ("%s; did you mean --status %s?"):format(text, meant), true
end

return filters
