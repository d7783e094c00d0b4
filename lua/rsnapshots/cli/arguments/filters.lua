--- The options that select snapshots, for commands that list them.
-- @module rsnapshots.cli.arguments.filters

local kinds = require "rsnapshots.cli.arguments.kinds"

local filters = {}

filters.OPTIONS = {
  { "--name", value = "NAME", kind = kinds.text, help = "Only snapshots with this name." },
  { "--name-like", value = "PART", kind = kinds.text,
    help = "Only snapshots with this text in their name." },
  { "--status", value = "STATUS", kind = kinds.text,
    help = "Only snapshots with this status, such as available or error." },
  { "--project", value = "ID", kind = kinds.text,
    help = "Only snapshots of this project (for administrators)." },
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

return filters
