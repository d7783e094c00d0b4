--- `rsnapshots list`.
-- @module rsnapshots.cli.list

local columns = require "rsnapshots.cli.output.columns"
local common = require "rsnapshots.cli.arguments.common"
local filters = require "rsnapshots.cli.arguments.filters"
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
  local given = filters.given(options)
  given.volume_id = options.volume and context.must(lookup.volume(client, options.volume))
  given.marker = options.marker and context.must(lookup.snapshot(client, options.marker)).id
  given.sort, given.page_size, given.max = options.sort, options.limit, options.max_items
  return given
end

local function run(options, context)
  local client = context:connect()
  local pager = client:list(filters_of(context, client, options))
  local count = context.printer:rows(function() return pager() end,
    columns.shown(columns.SNAPSHOT, options.long))
  local text, is_doubtful = filters.none(options)
  if count == 0 and (context.is_terminal or is_doubtful) then
    context:note(text)
  end
end

return {
  name = "list",
  description = "The command reads every page. It applies filters that the service does not "
    .. "know, so the result is the same on every service.",
  options = common.join({
    { "--long", help = "Also show creation time, volume, properties, progress and hold." },
  }, filters.OPTIONS, {
    { "--volume", value = "VOLUME", kind = kinds.text, single = true,
      help = "Only snapshots of this volume, by id or name." },
    { "--sort", value = "KEY[:asc|desc],…", kind = sort,
      help = "Sort by these keys: " .. table.concat(SORT_KEYS, ", ") .. "." },
    { "--limit", value = "N", kind = kinds.whole(1),
      help = "Ask for N per request; the command reads all pages anyway." },
    { "--max-items", value = "N", kind = kinds.whole(0), help = "List at most N in all." },
    { "--marker", value = "SNAPSHOT", kind = kinds.text, help = "Begin after this snapshot." },
  }),
  output = "rows",
  columns = columns.SNAPSHOT,
  examples = {
    { "rsnapshots list --volume web --sort created_at:desc --max-items 5",
      "the five newest snapshots of a volume" },
    { "rsnapshots list --status error -f value -c ID", "the ids of the snapshots that failed" },
  },
  run = run,
}
