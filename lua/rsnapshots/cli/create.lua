--- `rsnapshots create`.
-- @module rsnapshots.cli.create

local columns = require "rsnapshots.cli.output.columns"
local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local many = require "rsnapshots.cli.run.many"
local status = require "rsnapshots.cli.run.status"
local waiting = require "rsnapshots.cli.run.waiting"

local function create(context, options)
  local client = context:connect()
  if client.api_version == 1 and options.once ~= false and (options.name or "") == "" then
    context.fail("version 1 of the API keeps no metadata, so the name is the mark: give a NAME, or "
      .. "--no-once", status.USAGE)
  end
  return many.each(context, options.volume, function(name)
    local volume, err = lookup.volume(client, name)
    if not volume then
      return nil, err
    end
    return client:create { volume_id = volume, name = options.name,
      description = options.description, force = options.force, metadata = options.property,
      once = options.once ~= false }
  end, { describe = function(name) return "volume " .. name end })
end

local function print_all(context, snapshots)
  if #snapshots == 1 and #context.options.volume == 1 then
    context.printer:fields(snapshots, columns.SNAPSHOT)
  elseif #snapshots > 0 then
    context.printer:rows(snapshots, columns.shown(columns.SNAPSHOT))
  end
end

-- A list without its holes.
local function compact(values, count)
  local list = {}
  for i = 1, count do
    list[#list + 1] = values[i]
  end
  return list
end

local function run(options, context)
  local values, exit_status = create(context, options)
  local snapshots = compact(values, #options.volume)
  if options.wait and not context:is_stopping() then
    local wait_status
    snapshots, wait_status = waiting.complete(context, snapshots)
    exit_status = waiting.worse(exit_status, wait_status)
  end
  print_all(context, snapshots)
  return exit_status
end

return {
  name = "create",
  description = "If the answer to a create is lost, the command looks for the snapshot before it "
    .. "sends the create again, so there are never two. It finds the snapshot by a mark (the "
    .. "property rsnapshots:once). --no-once leaves out the mark; then such a create is never "
    .. "sent again.",
  arguments = {
    { "NAME", optional = true, help = "The snapshot's name; the same for several volumes." },
  },
  options = {
    { "--volume", value = "VOLUME", many = true, required = true, kind = kinds.text,
      help = "The volume, by id or name; repeatable." },
    { "--description", value = "TEXT", help = "The snapshot's description." },
    { "--force", help = "Allow volumes in use (newer services always do)." },
    { "--property", value = "KEY=VALUE", kind = kinds.property, map = true,
      help = "Give it this property; repeatable." },
    { "--once", negatable = true,
      help = "Never create two snapshots if an answer is lost (the default)." },
    { "--wait", help = "Wait until it is complete." },
  },
  output = "fields",
  columns = columns.SNAPSHOT,
  examples = {
    { "rsnapshots create nightly --volume web --volume db --wait",
      "create snapshots of two volumes, and wait until both are complete" },
  },
  run = run,
}
