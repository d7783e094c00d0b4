--- `rsnapshots restore`.
-- @module rsnapshots.cli.restore

local columns = require "rsnapshots.cli.output.columns"
local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local waiting = require "rsnapshots.cli.run.waiting"

local function run(options, context)
  local client = context:connect()
  local snapshot = context.must(lookup.snapshot(client, options.snapshot))
  local volume = context.must(context:changing(client.restore, client, snapshot, {
    name = options.name, size = options.size, volume_type = options.type,
    availability_zone = options.availability_zone, metadata = options.property }))
  local err
  if options.wait and not context:is_stopping() then
    local ready
    ready, err = waiting.volume(context, volume)
    volume = ready or err.volume or volume
  end
  context.printer:fields({ volume }, columns.VOLUME)
  if context:is_stopping() then
    return context.signal_status()
  end
  return err and context:report(err) or nil
end

return {
  name = "restore",
  arguments = {
    { "SNAPSHOT", kind = kinds.text, help = "Its id or name." },
    { "NAME", optional = true, kind = kinds.text, help = "The volume's name." },
  },
  options = {
    { "--size", value = "GIB", kind = kinds.whole(1),
      help = "The volume's size; at least the snapshot's, which is the default." },
    { "--type", value = "TYPE", kind = kinds.text, help = "The volume's type." },
    { "--availability-zone", value = "ZONE", kind = kinds.text,
      help = "The volume's availability zone." },
    { "--property", value = "KEY=VALUE", kind = kinds.property, map = true,
      help = "Give it this property; repeatable." },
    { "--wait", help = "Wait until it is available." },
  },
  output = "fields",
  columns = columns.VOLUME,
  examples = {
    { "rsnapshots restore nightly web-restored --wait",
      "create a volume, and leave the old one as it is" },
  },
  run = run,
}
