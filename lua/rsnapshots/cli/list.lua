--- `rsnapshots list`.
-- @module rsnapshots.cli.list

local columns = require "rsnapshots.cli.output.columns"
local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local suggest = require "rsnapshots.support.suggest"

local SORT_KEYS = { "created_at", "description", "id", "name", "size", "status", "updated_at",
  "volume_id" }

local function is_sort_key(key)
  for _, known in ipairs(SORT_KEYS) do
    if key == known then
      return true
    end
  end
  return false
end

-- KEY[:asc|:desc][,…]
local function sort(word)
  for item in (word .. ","):gmatch "([^,]*)," do
    local key, direction = item:match "^([^:]*):?([^:]*)$"
    if not is_sort_key(key) then
      return nil, suggest.unknown("sort key", key or item, SORT_KEYS)
    elseif item:find ":" and direction ~= "asc" and direction ~= "desc" then
      return nil, ("'%s' is neither asc nor desc"):format(direction)
    end
  end
  return word
end

local function filters_of(context, client, options)
  local volume = options.volume and context.must(lookup.volume(client, options.volume))
  local marker = options.marker and context.must(lookup.snapshot(client, options.marker)).id
  return {
    name = options.name, name_like = options.name_like, status = options.status,
    project_id = options.project, all_projects = options.all_projects,
    metadata = options.property, created_after = options.created_after,
    created_before = options.created_before, sort = options.sort, page_size = options.limit,
    max = options.max_items, volume_id = volume, marker = marker,
  }
end

local function run(options, context)
  local client = context:connect()
  local pager = client:list(filters_of(context, client, options))
  local count = context.printer:rows(function() return pager() end,
    columns.shown(columns.SNAPSHOT, options.long))
  if count == 0 and context.is_terminal then
    context:note "there are no such snapshots"
  end
end

return {
  name = "list",
  description = "All of them, however many pages the service makes of them. A filter that the "
    .. "service does not know is applied here, so that the result is the same everywhere.",
  options = {
    { "--long", help = "Also show when they were made, volume, properties, progress and hold." },
    { "--name", value = "NAME", kind = kinds.text, help = "Only those of this name." },
    { "--name-like", value = "PART", kind = kinds.text,
      help = "Only those with this in their name." },
    { "--status", value = "STATUS", kind = kinds.text,
      help = "Only those in this state, such as available or error." },
    { "--volume", value = "VOLUME", kind = kinds.text, help = "Only those of this volume." },
    { "--project", value = "ID", kind = kinds.text,
      help = "Only those of this project; with --all-projects." },
    { "--all-projects", help = "Those of all projects (for administrators)." },
    { "--property", value = "KEY=VALUE", kind = kinds.property, map = true,
      help = "Only those with this property; repeatable." },
    { "--created-after", value = "TIME", kind = kinds.time,
      help = "Only those made after this day or time, such as 2026-11-23." },
    { "--created-before", value = "TIME", kind = kinds.time,
      help = "Only those made before this day or time." },
    { "--sort", value = "KEY[:asc|desc],…", kind = sort,
      help = "In this order, by: " .. table.concat(SORT_KEYS, ", ") .. "." },
    { "--limit", value = "N", kind = kinds.whole(1),
      help = "How many to ask for in one request; all pages are read nevertheless." },
    { "--max-items", value = "N", kind = kinds.whole(0), help = "How many in all." },
    { "--marker", value = "SNAPSHOT", kind = kinds.text, help = "Begin after this one." },
  },
  output = "rows",
  columns = columns.SNAPSHOT,
  examples = {
    { "rsnapshots list --volume web --sort created_at:desc --max-items 5",
      "the five newest of a volume" },
    { "rsnapshots list --status error -f value -c ID", "the ids of those that failed" },
  },
  run = run,
}
