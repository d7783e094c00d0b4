--- `rsnapshots wait`.
-- @module rsnapshots.cli.wait

local kinds = require "rsnapshots.cli.arguments.kinds"
local lookup = require "rsnapshots.cli.run.lookup"
local status = require "rsnapshots.cli.run.status"
local waiting = require "rsnapshots.cli.run.waiting"

local function run(options, context)
  context:connect()
  local found, missing = lookup.snapshots(context, options.snapshot, options.deleted)
  local waited
  if options.deleted then
    waited = waiting.gone(context, found)
  else
    waited = select(2, waiting.complete(context, found))
  end
  return waiting.worse(missing or status.DONE, waited)
end

return {
  name = "wait",
  description = "The exit status is 0 when all are. The wait for a snapshot ends at once if the "
    .. "snapshot fails. --timeout limits the wait (600 seconds by default).",
  arguments = {
    { "SNAPSHOT", many = true, kind = kinds.text, help = "Its id or name." },
  },
  options = {
    { "--deleted", help = "Wait until they are gone; one that does not exist counts as gone." },
  },
  examples = {
    { "rsnapshots wait nightly --timeout 3600", "wait for an hour at most" },
  },
  run = run,
}
