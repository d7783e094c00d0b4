--- `rsnapshots revert`.
-- @module rsnapshots.cli.revert

local cells = require "rsnapshots.cli.output.cells"
local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local text = require "rsnapshots.cli.output.text"
local waiting = require "rsnapshots.cli.run.waiting"

local function run(options, context)
  local client = context:connect()
  local snapshot = context.must(lookup.snapshot(client, options.snapshot))
  local yes = context:confirm(("Volume %s goes back to %s\nof %s. What was written since then is "
    .. "lost."):format(tostring(snapshot.volume_id), text.visible(lookup.label(snapshot)),
      cells.moment(snapshot.created_time) or "an unknown time"))
  if not yes then
    context:note "nothing was changed"
    return 0
  end
  context.must(context:changing(client.revert, client, snapshot))
  if options.wait and not context:is_stopping() then
    context.must(waiting.volume(context, snapshot.volume_id))
  end
  return context:is_stopping() and context.signal_status() or nil
end

return {
  name = "revert",
  description = "What was written to the volume since then is lost, so the command asks first. "
    .. "The service reverts only to a volume's newest snapshot, and only if the volume is not in "
    .. "use.",
  arguments = {
    { "SNAPSHOT", kind = kinds.text, help = "Its id or name." },
  },
  options = {
    { "--wait", help = "Wait until the volume is available again." },
    { "--yes", help = "Do not ask." },
  },
  run = run,
}
